/*
 * Sizes in UTF-8. The formatter's isolate has no encoder.
 */

/** Bytes of a text. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // Two halves of a pair are four bytes.
    if (code >= 0x80) bytes += code >= 0x800 && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/**
 * The end of the longest piece of `text` from `begin` on that has at most `room` bytes as part of a JSON string. Never
 * splits a surrogate pair. At least one character, so that a caller who has too little room does not wait forever.
 */
export function endOfPiece(text: string, begin: number, room: number): number {
  let left = room;
  let end = begin;
  while (end < text.length) {
    const isPair = isHighSurrogate(text.charCodeAt(end)) && end + 1 < text.length;
    left -= isPair ? 4 : bytesInJson(text.charCodeAt(end));
    if (left < 0 && end > begin) break;
    end += isPair ? 2 : 1;
  }
  return end;
}

function bytesInJson(code: number): number {
  // A quotation mark and a backslash get a backslash.
  if (code === 0x22 || code === 0x5c) return 2;
  if (code < 0x20) return 6;
  if (code < 0x80) return 1;
  return code < 0x800 ? 2 : 3;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
