/*
 * Values that do not simply follow their sign: lists in brackets without quotes, values in braces that protect a
 * semicolon, comments between a name and its value, and parts of a form.
 */
import { skipBlanks } from './name-context';
import type { Lines, Value } from './assigned-values';

/** The items of `[aB3dE5, x7]` and `{ x7 }`, as YAML has them without quotes; null where names or quotes are in it. */
export function flowItems(
  text: string,
  bracket: number,
): { readonly items: readonly string[]; readonly value: Value } | null {
  const close = text.charAt(bracket) === '[' ? ']' : '}';
  const end = text.slice(bracket, bracket + LONGEST_LIST).indexOf(close);
  if (end < 2) return null;
  const inside = text.slice(bracket + 1, bracket + end);
  if (/["'`[\]{}:=\n\\]/.test(inside)) return null;
  const items = inside.split(',').map((item) => item.trim());
  // Words alone may be the names of secrets.
  if (items.some((item) => item.includes(' ')) || !items.some((item) => /[0-9]/.test(item))) return null;
  return { items, value: { start: bracket + 1, end: bracket + end } };
}

const LONGEST_LIST = 400;

/** Where `{a;b}` ends, in which ODBC has values with semicolons; -1 when this is none. A brace inside is doubled. */
export function endOfBraces(text: string, start: number, limit: number): number {
  if (text.charAt(start) !== '{') return -1;
  for (let end = start + 1; end < limit; end++) {
    if (text.charAt(end) !== '}') continue;
    if (text.charAt(end + 1) !== '}')
      return text.charAt(end + 1) === ';' || end + 1 >= text.length ? end + 1 : -1;
    end++;
  }
  return -1;
}

/** True for `# comment` where a value could stand. */
export function isComment(text: string, start: number): boolean {
  return text.startsWith('# ', start) && ' \t'.includes(text.charAt(start - 1));
}

/** The body of a part of a form: `name="password"`, perhaps other headers, an empty line, the value. */
export function bodyOfPart(text: string, end: number, lines: Lines): Value | null {
  if (text.charAt(end) !== '"') return null;
  const head = HEAD_OF_PART.exec(text.slice(end, end + LONGEST_HEAD))?.[0];
  if (head === undefined) return null;
  const start = end + head.length;
  const stop = lines.endOf(start);
  return { start, end: text.charAt(stop - 1) === '\r' ? stop - 1 : stop };
}

const HEAD_OF_PART =
  /^"(?:; filename="[^"\r\n]{0,100}"){0,1}\r?\n(?:Content-[A-Za-z-]{1,40}: [^\r\n]{0,100}\r?\n){0,4}\r?\n/;
const LONGEST_HEAD = 600;

/** The bytes of `<Buffer 68 75 6e>`; null when this is none. */
export function bufferAt(text: string, start: number): Value | null {
  if (!text.startsWith('<Buffer ', start)) return null;
  const end = text.indexOf('>', start);
  return end < 0 || end - start > LONGEST_LIST ? null : { start: skipBlanks(text, start + 7, 2), end };
}
