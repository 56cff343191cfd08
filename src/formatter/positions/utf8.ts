const UNITS_AT_ONCE = 8192;

// oxlint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\u0000-\u007f]*$/;

/**
 * Decodes UTF-8 that is given as a string of bytes, one character for each. In this form a source map takes half of the
 * memory, and most of it is never decoded. What is not UTF-8 becomes U+FFFD.
 */
export function decodeUtf8(bytes: string): string {
  if (ASCII.test(bytes)) return bytes;
  const parts: string[] = [];
  let units: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    pushCodePoint(units, length === 0 ? 0xfffd : codePoint(bytes, at, length));
    at += Math.max(1, length);
    if (units.length < UNITS_AT_ONCE) continue;
    parts.push(String.fromCharCode(...units));
    units = [];
  }
  return parts.join('') + String.fromCharCode(...units);
}

/** Bytes of the character that begins here; 0 when it is none. */
function sequenceLength(bytes: string, at: number): number {
  const first = bytes.charCodeAt(at);
  const length = first < 0x80 ? 1 : first >> 5 === 6 ? 2 : first >> 4 === 14 ? 3 : first >> 3 === 30 ? 4 : 0;
  for (let index = at + 1; index < at + length; index++) {
    if (bytes.charCodeAt(index) >> 6 !== 2) return 0;
  }
  return length;
}

function codePoint(bytes: string, at: number, length: number): number {
  const first = bytes.charCodeAt(at);
  if (length === 1) return first;
  let value = first & (0xff >> (length + 1));
  for (let index = at + 1; index < at + length; index++)
    value = (value << 6) | (bytes.charCodeAt(index) & 0x3f);
  return value > 0x10ffff ? 0xfffd : value;
}

function pushCodePoint(units: number[], value: number): void {
  if (value < 0x10000) units.push(value);
  else units.push(0xd800 + ((value - 0x10000) >> 10), 0xdc00 + ((value - 0x10000) & 0x3ff));
}
