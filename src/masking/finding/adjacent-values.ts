import type { Suspicion } from '../judging/secret-names';
import { isPlainName, isRandom } from '../judging/shapes';
import { isBlank, type NameAt } from './assigned-names';
import { endOfWord, isPlainWord } from './assigned-values';

/** What follows a colon, and whether both stand in braces. */
export interface AdjacentValue {
  readonly at: NameAt;
  readonly start: number;
  readonly inBraces: boolean;
}

/**
 * True when what follows the colon behind the name without a blank is its value: `Password:x`, `/password:x`,
 * `spring.datasource.password:x7`, but not `redis-session:6379`, `cache:token:expired` or `auth.js:12:3`.
 */
export function isAdjacentValue(
  text: string,
  { at, start, inBraces }: AdjacentValue,
  suspicion: (name: string) => Suspicion,
): boolean {
  const end = endOfWord(text, start, Math.min(start + LONGEST, text.length));
  const shown = text.slice(start, end);
  if (isRandom(shown)) return true;
  const isPosition = shown.length < 16 && shown.replace(/[0-9:]/g, '').length <= 1;
  const before = text.charAt(at.start - 1);
  // `net use /password:x`
  const isOption = before === '/' && beginsWord(text, at.start - 1) && /^[A-Za-z]+$/.test(at.name);
  const isOfMany = before === ':' || (before === '/' && !isOption) || at.name.includes('.');
  if (at.name.includes('.') && before !== ':' && before !== '/') {
    const last = at.name.slice(at.name.lastIndexOf('.') + 1);
    const isSecret = suspicion(last) === 'certain' || last.toLowerCase() === 'pass';
    return isSecret && !isPosition && !isPlainName(shown) && /[0-9A-Z!#$%^&*~+]/.test(shown);
  }
  if (isOfMany || suspicion(at.name) !== 'certain') {
    const isHeader =
      at.name.includes('-') &&
      (before === '' || ' \n\t\'"'.includes(before)) &&
      !isPosition &&
      !isPlainName(shown);
    if (isHeader && !isOfMany) return true;
    // `pass:x`, as OpenSSL has it.
    return at.name.toLowerCase() === 'pass' && !isOfMany && !isPosition && !isPlainWord(text, start, end);
  }
  const isName = isPlainWord(text, start, end) && isLower(at.name) && !inBraces && before !== '{';
  return !isName && !(isPosition && before !== '' && !isBlank(before) && before !== '{' && !isOption);
}

/** How much of a value that directly follows its sign is needed to judge it. */
const LONGEST = 80;

function beginsWord(text: string, start: number): boolean {
  return start === 0 || ' \t\n"\'`'.includes(text.charAt(start - 1));
}

function isLower(name: string): boolean {
  return name === name.toLowerCase();
}
