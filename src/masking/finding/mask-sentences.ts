/*
 * Secrets in sentences: `the password is x7`, `New password for bob: x7`, `invalid token "x7"`, `"password" with value
 * "x7"`, `Invalid value "x7" for environment variable API_KEY`.
 *
 * Behind the noun, a bounded number of words is read. A secret is only what no word of prose looks like.
 */
import type { Judge } from '../judging/judge';
import {
  isCall,
  isPlaceholder,
  isPlainName,
  isRandom,
  isReference,
  isReferenceOrPath,
  isTerm,
  isUuid,
} from '../judging/shapes';
import { isBlank, isNameCharacter, isQuote, quotedValue } from './assigned-names';
import { endOfWord, type Value } from './assigned-values';

/** The secret that is said behind the noun that ends before `at`; null when none is. */
export function saidValue(
  text: string,
  noun: { readonly start: number; readonly end: number },
  at: number,
  judge: Judge,
): Value | null {
  const word = text.slice(noun.start, noun.end);
  if (!NOUN_END.test(word)) return VALUE_WORDS.has(word.toLowerCase()) ? namedBehind(text, at, judge) : null;
  const sure = surenessOf(text, word, noun.start, judge);
  if (sure === null) return null;
  return new Sentence(text, sure, isIdentifier(word)).valueFrom(at) ?? receivedValue(text, noun.end, at);
}

/** `"password" must be a number, got "x7"` */
function receivedValue(text: string, nounEnd: number, at: number): Value | null {
  if (!isQuote(text.charAt(nounEnd))) return null;
  // No quotation mark may stand between the name and the value, so that the text between them is one rule.
  const rule = /^[^"'`\\\n]{1,160}/.exec(text.slice(at, at + LONGEST_RULE))?.[0] ?? '';
  if (!RULE.test(rule.slice(0, 10)) || !RECEIVED.test(rule.slice(-12))) return null;
  const value = quotedValue(text.slice(at, at + LONGEST), rule.length);
  if (value === null) return null;
  const shown = text.slice(at + value.start, at + value.end);
  return isPlainName(shown) || isPlaceholder(shown) || isTerm(shown)
    ? null
    : { start: at + value.start, end: at + value.end };
}

const LONGEST_RULE = 200;
const RULE = /^(?:must|should|has to|is|was|expected|does)\b/;
const RECEIVED = /\b(?:got|received|found|invalid|but was)[: ]{1,2}$/;

/** `API_KEY`, `jwt.secret`, `npmAuthToken`: no word of prose, so what follows is its value rather than the next word. */
function isIdentifier(word: string): boolean {
  return /[a-z0-9][_.][a-z]/i.test(word) || /[a-z][A-Z][a-z]/.test(word);
}

/** What introduces a new password, in front of the noun: `Generated admin password: swordfish`. */
export function isIntroduced(text: string, noun: number, value: Value): boolean {
  return (
    endsLine(text, value.end) &&
    INTRODUCTION.test(text.slice(Math.max(0, noun - 60), noun)) &&
    !isStatus(text.slice(value.start, value.end))
  );
}

const INTRODUCING =
  'generated|temporary|initial|new|admin|root|default|your|the|user|database|db|master|random|one-time|client';
const INTRODUCTION = new RegExp(`(?:^|[\\n>\\]-] {0,4})(?:(?:${INTRODUCING}) ){1,4}$`, 'i');

/** Cheap to ask of every word. */
const NOUN_END =
  /(?:word|words|passwort|passwd|phrase|code|codes|secret|token|key|pin|otp|psk|pwd|pass|passkey|credentials?|creds)$/i;
const VALUE_WORDS: ReadonlySet<string> = new Set(['value', 'entry', 'argument']);
/** Longer than names and keywords; a longer secret is random, and is seen to be so. */
const LONGEST = 600;
const MOST_WORDS = 9;

/** How sure the noun is that a secret follows: `password`, or `API key`, of which there are many that are none. */
function surenessOf(text: string, word: string, start: number, judge: Judge): 'certain' | 'likely' | null {
  const alone = judge.suspicion(word);
  let from = start - 1;
  while (from > 0 && start - from < 40 && isNameCharacter(text.charCodeAt(from - 1))) from--;
  const before = isBlank(text.charAt(start - 1)) ? text.slice(from, start - 1) : '';
  if (before.toLowerCase() === 'unexpected') return null;
  const both = before === '' ? 'none' : judge.suspicion(`${before} ${word}`);
  const most = alone === 'certain' || both === 'certain' ? 'certain' : alone === 'none' ? both : alone;
  if (most === 'certain') return 'certain';
  return most === 'likely' ? 'likely' : null;
}

/** Reads on behind the noun. */
class Sentence {
  private readonly text: string;
  private readonly sure: 'certain' | 'likely';
  /** The last word says that the value comes next: `is`, `to`, a colon. */
  private connected = false;
  private colon = false;
  /** The last word says that a name comes next: `for user`. */
  private naming = false;

  private readonly named: boolean;

  constructor(text: string, sure: 'certain' | 'likely', named: boolean) {
    this.text = text;
    this.sure = sure;
    this.named = named;
  }

  valueFrom(at: number): Value | null {
    let index = at;
    for (let words = 0; words < MOST_WORDS; words++) {
      while (isBlank(this.text.charAt(index)) && index - at < LONGEST) index++;
      const next = this.step(index, words === 0);
      if (typeof next !== 'number') return next;
      index = next;
    }
    return null;
  }

  /** Where the next word begins; or the secret; or null: it is some other sentence. */
  private step(index: number, isFirst: boolean): number | Value | null {
    const { text } = this;
    const character = text.charAt(index);
    if (character === '' || character === '\n' || character === '\r') return null;
    // Path `password` (`x`)
    if (character === '(' && isQuote(text.charAt(index + 1)))
      return this.quoted(this.connect(index + 1, false), true);
    if (character === '(' && text.charAt(index + 1) !== '/') return this.connect(index + 1, false);
    if (isQuote(character) || (character === '\\' && isQuote(text.charAt(index + 1))))
      return this.quoted(index, isFirst);
    const sign = SIGN.exec(text.slice(index, index + 3))?.[0].trimEnd();
    if (sign !== undefined) return this.connect(index + sign.length, sign === ':');
    const limit = Math.min(text.length, index + LONGEST);
    const end = endOfWord(text, index, limit);
    if (end <= index) return null;
    const word = text.slice(index, end);
    const lower = word.toLowerCase();
    if (CONNECTING.has(lower)) return this.connect(end, false);
    if (NEUTRAL.has(lower)) return end;
    if (
      lower.endsWith(':') &&
      (/^[0-9]{1,2}:$/.test(lower) ||
        this.naming ||
        FILLING.has(lower.slice(0, -1)) ||
        CONNECTING.has(lower.slice(0, -1)))
    )
      return this.connect(end, true);
    if (FILLING.has(lower)) {
      this.naming = NAMING.has(lower);
      this.connected = false;
      return end;
    }
    if (this.naming) {
      this.naming = false;
      return end;
    }
    return this.connected || isFirst ? this.plain(index, end, isFirst) : null;
  }

  private connect(end: number, colon: boolean): number {
    this.connected = true;
    this.naming = false;
    this.colon = colon;
    return end;
  }

  private quoted(index: number, isFirst: boolean): number | Value | null {
    const { text, sure } = this;
    const found = quotedValue(text.slice(index, index + LONGEST), 0);
    if (found === null) return null;
    const value = { start: index + found.start, end: index + found.end };
    const shown = text.slice(value.start, value.end);
    // `PASSWORD FOR 'bob'@'%' = 'x'`
    if (this.naming) {
      this.naming = false;
      const end = endOfWord(text, value.end, Math.min(text.length, value.end + LONGEST));
      const rest = isQuote(text.charAt(end)) ? end + 1 : end;
      if (text.charAt(rest - 1) === ':') return this.connect(rest, true);
      return Math.max(rest, value.end + 1);
    }
    if (!this.connected && !isFirst) return null;
    if (shown === '' || shown.includes(' ') || isNoSecret(shown)) return null;
    const isPlain = /^[a-z]{1,24}$/i.test(shown) || isPlainName(shown);
    if (sure === 'certain') return isPlain && (!this.connected || isStatus(shown)) ? null : value;
    return isPlain || shown.length < MIN_LIKELY || !isChosen(shown) ? null : value;
  }

  private plain(start: number, end: number, isFirst: boolean): Value | null {
    const { text, sure } = this;
    let stop = end;
    while (stop > start && '.,;:?)'.includes(text.charAt(stop - 1))) stop--;
    const shown = text.slice(start, stop);
    const value = { start, end: stop };
    if (shown.length < 4 || isNoSecret(shown)) return null;
    // The long form of a key's number, as GnuPG prints it.
    if (isFirst && /^[0-9A-F]{16}$/.test(shown)) return null;
    if (isRandom(shown) || isUuid(shown)) return value;
    if (!endsClause(text, end)) return null;
    // `Your password is: swordfish`, and nothing behind it.
    if (this.colon && sure === 'certain' && endsLine(text, end) && !isStatus(shown)) return value;
    if (isFirst && !this.connected) return isNextTo(shown, sure, this.named) ? value : null;
    if (/^[0-9]{4,12}$/.test(shown)) return sure === 'certain' ? value : null;
    return isChosen(shown) && (sure === 'certain' || shown.length >= MIN_LIKELY) ? value : null;
  }
}

const MIN_LIKELY = 8;
const SIGN = /^(?::=|:|=>|->|→|=|\|)(?= |$)/;
const CONNECTING: ReadonlySet<string> = new Set(['is', 'are', 'was', 'to', 'be', 'as', 'equals', 'value']);
const NEUTRAL: ReadonlySet<string> = new Set([
  'now',
  'currently',
  'just',
  'simply',
  'still',
  'the',
  'a',
  'been',
]);
const NAMING: ReadonlySet<string> = new Set(['for', 'of', 'user', 'account', 'role', 'by', 'on']);
const FILLING: ReadonlySet<string> = new Set(
  `
    for of user account role by on in at with from has have had your this that my our initial temporary new old
    current default generated created set reset changed updated rotated issued assigned stored admin root
    administrator service client login following given provided received sent used using actual expected
`
    .trim()
    .split(/\s+/),
);

/** Stands where a secret could and is none. */
function isNoSecret(shown: string): boolean {
  return (
    isPlaceholder(shown) ||
    isReferenceOrPath(shown) ||
    (isTerm(shown) && !/^[0-9]+$/.test(shown)) ||
    isReference(shown) ||
    isCall(shown) ||
    shown.includes('://') ||
    // A place in a source file.
    /:[0-9]{1,9}:[0-9]{1,9}$/.test(shown) ||
    /[(){}<>[\]]/.test(shown) ||
    !/[A-Za-z0-9]/.test(shown)
  );
}

/** Letters with digits, or with signs that no word of prose has. */
function isChosen(shown: string): boolean {
  if (isRandom(shown) || isUuid(shown)) return true;
  if (/^[A-Z0-9_]{2,64}$/.test(shown) && !/[0-9]{3}/.test(shown)) return false;
  return /[A-Za-z]/.test(shown) && /[0-9!#$%^&*~+]/.test(shown) && !/^[a-z]+-[0-9]{1,3}$/.test(shown);
}

function isNextTo(shown: string, sure: 'certain' | 'likely', named: boolean): boolean {
  if (sure === 'certain' && (named ? /^[0-9]{4,64}$/ : /^[0-9]{6,64}$/).test(shown)) return true;
  if (named) return shown.length >= 6 && isChosen(shown);
  return sure === 'certain' && isPicked(shown);
}

/** The same for a word that follows the noun directly, which more often is a number or an identifier. */
function isPicked(shown: string): boolean {
  return shown.length >= 7 && isChosen(shown) && !/^[a-z]+[0-9]{1,2}$|^v?[0-9]+\w?$/i.test(shown);
}

function isStatus(shown: string): boolean {
  return /^[a-z]{3,20}(?:ed|ing|ired|id|en|own|ent|ong|ort)$|^[a-z]{1,3}$/.test(shown);
}

function endsLine(text: string, end: number): boolean {
  return /^[\s"'`]{0,40}$|^[ \t"'`]{0,10}[\r\n]/.test(text.slice(end, end + 40));
}

/** What follows cannot belong to the value, as in `the key is 2048bit long`. */
function endsClause(text: string, end: number): boolean {
  if ('.,;:?)'.includes(text.charAt(end - 1))) return true;
  return /^[\s"'`\\)\]}]{0,8}(?:$|[\r\n(,;.\-|–\]})]|(?:and|or|for|on|at|in|as|but|which|please|now)\b)/.test(
    text.slice(end, end + 24),
  );
}

/** `value "x" for environment variable API_KEY` */
function namedBehind(text: string, at: number, judge: Judge): Value | null {
  if (!isQuote(text.charAt(at))) return null;
  const found = quotedValue(text.slice(at, at + LONGEST), 0);
  if (found === null) return null;
  const value = { start: at + found.start, end: at + found.end };
  const name = NAME_BEHIND.exec(text.slice(value.end, value.end + 120))?.[1];
  const shown = text.slice(value.start, value.end);
  if (name === undefined || shown === '' || judge.suspicion(name) === 'none' || isPlaceholder(shown))
    return null;
  return judge.hides(name, shown) ? value : null;
}

const KINDS_OF_NAMES =
  'the|environment|env|variable|option|parameter|field|header|setting|property|config|configuration|key|attribute|flag|argument|path';
/** Behind the quote: `for`, what kind of name it is, and the name. */
const NAME_BEHIND = new RegExp(
  '^["\'`\\\\]{1,4} (?:\\(type [A-Za-z]{1,20}\\) ){0,1}(?:(?:is|was) [a-z ]{1,30} |provided ){0,1}(?:for|of|in|at) ' +
    `(?:(?:${KINDS_OF_NAMES}) ){0,4}["'\`\\\\]{0,4}-{0,2}([A-Za-z][\\w.-]{2,63})`,
);
