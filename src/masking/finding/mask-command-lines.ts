/*
 * Command lines in the middle of a text: `Command failed: mysqldump -psecret shop`, `spawnargs: [ '-p', 'secret' ]`.
 * Only options of well-known programs are looked for here; options with a telling name are found as assignments.
 */
import { MaskedCopy } from '../../mark';
import { isQuote } from './assigned-names';
import { endOfWord } from './assigned-values';
import { ShortOptionScan } from './short-options';

/** Text without the passwords that well-known programs take by an option of one letter. Takes linear time. */
export function maskCommandLines(text: string): string {
  if (!text.includes('-') && !text.includes('/p:')) return text;
  const masked = new MaskedCopy(text);
  const scan = new ShortOptionScan();
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (ENDS.has(character) && !continues(text, index)) scan.reset();
    if (SEPARATORS.has(character)) continue;
    const end = endOfArgument(text, index, scan.awaits);
    const word = text.slice(index, Math.min(end, index + LONGEST_READ));
    const reading = scan.next(word);
    // `[-a password]` describes an option.
    const isUsage = text.charAt(end) === ']' && /^[a-z_]+$/i.test(word) && !isQuote(text.charAt(index - 1));
    if (typeof reading === 'number' && index + reading < end && !isUsage) masked.hide(index + reading, end);
    index = end - 1;
  }
  return masked.toString();
}

/** A line that ends with a comma, a bracket or a backslash goes on. */
function continues(text: string, index: number): boolean {
  let before = index - 1;
  while (before > 0 && index - before < 8 && ' \t\r'.includes(text.charAt(before))) before--;
  return ',[{\\'.includes(text.charAt(before)) && before >= 0;
}

const LONGEST_READ = 400;
const ENDS: ReadonlySet<string> = new Set(['\n', '\r', ';', '|']);
const SEPARATORS: ReadonlySet<string> = new Set(' \t\n\r"\'`,;|()[]{}:\\');

/** A word ends at a blank; in quotes at their like, where what is awaited may have blanks in it. */
function endOfArgument(text: string, start: number, awaits: boolean): number {
  const quote = text.charAt(start - 1);
  if (!isQuote(quote)) return Math.max(beforeQuoted(text, start, endOfWord(text, start)), start + 1);
  const limit = Math.min(text.length, start + LONGEST_QUOTED);
  for (let end = start; end < limit; end++) {
    const character = text.charAt(end);
    if (character === quote || character === '\n' || (character === ' ' && !awaits)) {
      const escaped = character === quote && text.charAt(end - 1) === '\\' ? end - 1 : end;
      return Math.max(escaped, start + 1);
    }
  }
  return Math.max(endOfWord(text, start), start + 1);
}

const LONGEST_QUOTED = 400;

/** `a1="-px"`: what is in the quotes is a word of its own. */
function beforeQuoted(text: string, start: number, end: number): number {
  const found = /^[\w.-]{1,40}=["']/.exec(text.slice(start, Math.min(end, start + 42)))?.[0];
  return found === undefined ? end : start + found.length - 1;
}
