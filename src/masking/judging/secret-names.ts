import {
  CERTAIN_ENDINGS,
  CERTAIN_NAMES,
  CERTAIN_PAIRS,
  CERTAIN_WORDS,
  LIKELY_ENDINGS,
  LIKELY_PAIRS,
  LIKELY_WORDS,
  OTHER_MEANINGS,
  PASS_ENDS,
  PASS_OWNERS,
  POSSIBLE_PAIRS,
  wordSet,
} from './name-words';

/** How clearly a name says that its value is a secret. */
export type Suspicion = 'none' | 'possible' | 'likely' | 'certain';

/** The verdict on a name, and the position of the last word that it is based on. */
export interface NameReading {
  readonly words: readonly string[];
  readonly suspicion: Suspicion;
  /** Index of the word after the last secret word; the number of words when nothing follows. */
  readonly restAt: number;
}

/**
 * True when the name (of a key, an option or a variable) says that its value is a secret.
 *
 * Names are compared by words, so `author`, `keyboard`, `monkey` and `tokenizer` stay readable while `dbPassword`,
 * `DB_PASSWORD` and `db-password` do not.
 */
export function isSecretName(name: string): boolean {
  return readName(wordsOf(name)).suspicion !== 'none';
}

/** The same in detail, for a name that {@link wordsOf} has split. */
export function readName(words: readonly string[]): NameReading {
  let suspicion: Suspicion = 'none';
  let restAt = 0;
  words.forEach((word, index) => {
    const next = words[index + 1] ?? '';
    const found = suspicionOf(words, index);
    if (found === 'none') return;
    if (RANK[found] > RANK[suspicion]) suspicion = found;
    const isOfTwo = [CERTAIN_PAIRS, LIKELY_PAIRS, POSSIBLE_PAIRS].some((pairs) => isPair(pairs, word, next));
    restAt = index + (isOfTwo ? 2 : 1);
  });
  return { words, suspicion, restAt };
}

const RANK: Readonly<Record<Suspicion, number>> = { none: 0, possible: 1, likely: 2, certain: 3 };

function suspicionOf(words: readonly string[], index: number): Suspicion {
  const word = words[index] ?? '';
  const next = words[index + 1] ?? '';
  if (isPair(CERTAIN_PAIRS, word, next) || isCertainWord(word)) return 'certain';
  if (words.length === 1 && CERTAIN_NAMES.has(word)) return 'certain';
  if (word === 'pass' && isOwner(words[index - 1] ?? '') && !isPair(OTHER_MEANINGS, word, next))
    return 'certain';
  if (isPair(LIKELY_PAIRS, word, next) || isLikelyWord(word, next)) return 'likely';
  return isPair(POSSIBLE_PAIRS, word, next) || POSSIBLE_ENDINGS.some((ending) => word === ending)
    ? 'possible'
    : 'none';
}

const POSSIBLE_ENDINGS: readonly string[] = ['appkey', 'routingkey', 'writekey', 'subscriptionkey'];

function isPair(pairs: ReadonlyMap<string, ReadonlySet<string>>, word: string, next: string): boolean {
  return pairs.get(word)?.has(next) === true;
}

function isCertainWord(word: string): boolean {
  if (CERTAIN_WORDS.has(word)) return true;
  if (word.length < SHORTEST_ENDING) return false;
  return CERTAIN_ENDINGS.some((ending) => word.endsWith(ending)) || isOwnedPass(word) || isForeign(word);
}

function isLikelyWord(word: string, next: string): boolean {
  if (isPair(OTHER_MEANINGS, word, next)) return false;
  if (LIKELY_WORDS.has(word)) return true;
  return word.length >= SHORTEST_ENDING && LIKELY_ENDINGS.some((ending) => word.endsWith(ending));
}

/** `dbpass`, `rootpw` */
function isOwnedPass(word: string): boolean {
  return PASS_ENDS.some((end) => word.endsWith(end) && PASS_OWNERS.has(word.slice(0, -end.length)));
}

/** `DB_PASS`. Tests pass as well, and `proxy_pass` is an address. */
function isOwner(word: string): boolean {
  return PASS_OWNERS.has(word) && !OTHER_OWNERS.has(word);
}

const OTHER_OWNERS: ReadonlySet<string> = wordSet('test ci http https proxy');

/** Languages that write without spaces between words. */
function isForeign(word: string): boolean {
  return (
    word.charCodeAt(0) >= 0x3000 &&
    [...CERTAIN_WORDS].some((known) => word.endsWith(known) && known.charCodeAt(0) >= 0x3000)
  );
}

const MAX_NAME_LENGTH = 256;
const SHORTEST_ENDING = 4;

/** Lower-case words of a name in any of the usual spellings. */
export function wordsOf(text: string): string[] {
  // What a service calls a setting is short. The end of a longer text is the part that names a value.
  const name = text.length > MAX_NAME_LENGTH ? text.slice(-MAX_NAME_LENGTH) : text;
  const words: string[] = [];
  let start = 0;
  for (let index = 0; index <= name.length; index++) {
    const kind = kindAt(name, index);
    if (kind !== 'other' && !beginsWord(name, index)) continue;
    if (index > start) words.push(name.slice(start, index).toLowerCase());
    start = kind === 'other' ? index + 1 : index;
  }
  return words;
}

/** True between `db` and `Password`, and between `API` and `Key`. */
function beginsWord(name: string, index: number): boolean {
  if (kindAt(name, index) !== 'upper') return false;
  const before = kindAt(name, index - 1);
  return before === 'lower' || (before === 'upper' && kindAt(name, index + 1) === 'lower');
}

/** Letters outside of ASCII count as lower case: they never separate words. Digits and signs do. */
function kindAt(name: string, index: number): 'upper' | 'lower' | 'other' {
  const code = index < 0 || index >= name.length ? 0 : name.charCodeAt(index);
  if (code >= 0x41 && code <= 0x5a) return 'upper';
  return (code >= 0x61 && code <= 0x7a) || code >= 0x80 ? 'lower' : 'other';
}
