/*
 * JSON in base64 (`GOOGLE_CREDENTIALS_B64`, `.dockerconfigjson`): its secrets are recognised by their names inside. There is
 * no decoder in the formatter's isolate.
 */

/** How much of the text is read. Service accounts and Docker configurations are shorter. */
const MAX_ENCODED = 16_384;
const SHORTEST = 16;

/**
 * True when the base64 text between `start` and `end` is JSON in which `finds` finds a secret. The first letters show
 * whether it begins with a brace or a bracket; nothing else is decoded.
 */
export function hidesInBase64(
  text: string,
  start: number,
  end: number,
  finds: (json: string) => boolean,
): boolean {
  if (end - start < SHORTEST || !JSON_BEGINS.some((begin) => text.startsWith(begin, start))) return false;
  return finds(decode(text.slice(start, Math.min(end, start + MAX_ENCODED))));
}

/** `{"`, `{ `, `{\n`, `{\r`, `[{`, `["` in base64, as far as their letters depend on nothing else. */
const JSON_BEGINS: readonly string[] = ['eyJ', 'eyA', 'ewo', 'ewk', 'ew0', 'W3s', 'WyJ'];

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES: ReadonlyMap<string, number> = new Map(
  ALPHABET.split('')
    .map((letter, index) => [letter, index] as const)
    .concat([
      ['-', 62],
      ['_', 63],
    ]),
);

/** One character for each byte: names and braces are ASCII. */
function decode(encoded: string): string {
  let text = '';
  let bits = 0;
  let have = 0;
  for (const letter of encoded) {
    const value = VALUES.get(letter);
    if (value === undefined) continue;
    bits = ((bits << 6) | value) & 0xffff;
    have += 6;
    if (have >= 8) {
      have -= 8;
      text += String.fromCharCode((bits >> have) & 0xff);
    }
  }
  return text;
}
