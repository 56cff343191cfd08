/*
 * What is said of a password instead of the password: `expired`, `rotated 3 days ago`, `must be at least 12 characters`.
 *
 * A passphrase may have any words in it, also `missing` or `wrong`. So every word has to be one of this vocabulary, in
 * which no sentence about anything else can be written.
 */
import { wordSet } from './name-words';
import {
  ACCOUNT_LINE,
  isAddress,
  isDate,
  isPath,
  isTerm,
  QUANTIFYING,
  REPORTED,
  REPORTING,
  SOURCES,
} from './shapes';

export function isStatusPhrase(text: string): boolean {
  if (text.length > 160) return false;
  if (ACCOUNT_LINE.test(text)) return true;
  const words = text.trim().split(/\s+/, MOST_WORDS + 1);
  if (words.length > MOST_WORDS) return false;
  const bare = words.map((word) => word.toLowerCase().replace(/^[('"]|[.,;:!?)'"]{1,2}$/g, ''));
  if (words.length === 1) return REPORTING.has(bare[0] ?? '') || bare[0] === 'set';
  const first = bare[0] ?? '';
  if (!OPENING.has(first) && !REPORTING.has(first) && !isMeasure(first)) return false;
  return (
    bare.every((word, index) => isSaid(word) || isMeasure(word) || isActor(bare, index)) &&
    bare.some((word) => REPORTING.has(word) || QUANTIFYING.has(word) || JUDGING.has(word)) &&
    // States alone may be words that chance has put together.
    bare.some((word) => LINKING.has(word) || REPORTED.has(word) || isMeasure(word))
  );
}

/** Fewer than a mnemonic has. */
const MOST_WORDS = 11;

function isSaid(word: string): boolean {
  return (
    REPORTING.has(word) ||
    REPORTED.has(word) ||
    QUANTIFYING.has(word) ||
    SOURCES.has(word) ||
    JUDGING.has(word) ||
    LINKING.has(word) ||
    NOUNS.has(word)
  );
}

/** `rotated by ann` */
function isActor(words: readonly string[], index: number): boolean {
  return index === 2 && words[1] === 'by' && REPORTING.has(words[0] ?? '');
}

/** `3`, `30s`, `2026-11-29`, `sha-256`, `https://id.example`, `/run/secrets/db` */
function isMeasure(word: string): boolean {
  return (
    /^[0-9]{1,4}[a-z%]{0,3}$/.test(word) ||
    isDate(word) ||
    (/[0-9]/.test(word) && isTerm(word)) ||
    isAddress(word) ||
    isPath(word)
  );
}

/** No noun and no article: `the empty house` is a phrase that somebody may have chosen. */
const OPENING: ReadonlySet<string> = wordSet(`
  is are was were must may should shall can cannot could has have had does do did needs needed not no too at using from
  all min max password
`);
const JUDGING: ReadonlySet<string> = wordSet(`
  match matches matched matching differ differs needed short long weak strong same different set compromised
  used reused confirmed entered given allowed permitted expected ready identical provided
`);
const LINKING: ReadonlySet<string> = wordSet(`
  is are was were be been being must may should shall can cannot could has have had does do did will not no too yet
  and or but if when while because so that than also both either only again already still
  all a an the its to with for of in on by at from into using via
`);
const NOUNS: ReadonlySet<string> = wordSet(`
  value values field string text type number numbers letter symbol symbols uppercase lowercase case
  special sign signs digit password passwords confirmation account user request argument parameter option
  contain contains include includes meet meets policy requirements criteria exceed equal
  authentication token tokens today yesterday week month months year years old key code url score path variable secret
`);
