/*
 * Private keys in PEM whose beginning was cut: lines of base64 in front of `-----END PRIVATE KEY-----`.
 */
import { MaskedCopy } from '../../mark';
import { TOKEN68, isOneOf } from './token-forms';

export function maskCutKeys(text: string): string {
  let end = text.indexOf(END);
  if (end < 0) return text;
  const masked = new MaskedCopy(text);
  let least = 0;
  for (; end >= 0; end = text.indexOf(END, least)) {
    const isPrivate =
      text
        .slice(end, end + LONGEST_LABEL)
        .split('-----', 2)[1]
        ?.includes('PRIVATE KEY') === true;
    const start = isPrivate ? startOfLines(text, end, least) : end;
    if (start < end) masked.hide(start, end);
    least = end + END.length;
  }
  return masked.toString();
}

const END = '-----END ';
const LONGEST_LABEL = 64;

/** Where the lines of base64 begin that end at `end`; `end` if there are none, or if they have their beginning. */
function startOfLines(text: string, end: number, least: number): number {
  let start = end;
  for (let index = beforeBreak(text, end, least); ; index = beforeBreak(text, start, least)) {
    let begin = index;
    while (
      begin > least &&
      isOneOf(text.charCodeAt(begin - 1), TOKEN68) &&
      text.charCodeAt(begin - 1) !== DASH
    )
      begin--;
    // In an escaped break, the letter behind the backslash is none of the line's.
    if (text.charAt(begin - 1) === '\\' && 'nr'.includes(text.charAt(begin))) begin++;
    // The last line is short; a word of another sentence is not a line.
    if (index - begin < (start === end ? 4 : SHORTEST_LINE)) return isBegun(text, index) ? end : start;
    if (begin === start) return start;
    start = begin;
  }
}

const DASH = 0x2d;
const SHORTEST_LINE = 16;

/** True for the line `-----BEGIN PRIVATE KEY-----`: it is not cut. */
function isBegun(text: string, lineEnd: number): boolean {
  return text.startsWith('-----', lineEnd - 5);
}

/** The index in front of line breaks, also escaped ones. */
function beforeBreak(text: string, from: number, least: number): number {
  let index = from;
  while (index > least) {
    if ('\n\r \t'.includes(text.charAt(index - 1))) index--;
    else if (index - 2 >= least && (text.startsWith('\\n', index - 2) || text.startsWith('\\r', index - 2)))
      index -= 2;
    else break;
  }
  return index;
}
