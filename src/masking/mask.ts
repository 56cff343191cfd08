import { MASK } from '../mark';
import type { MaskOptions } from '../options';
import { isCommandLine, isTexts, programOf } from './data-of-commands';
import { maskAssignments } from './finding/mask-assignments';
import { maskCommandLines } from './finding/mask-command-lines';
import { maskPasswordLines } from './finding/mask-password-lines';
import { maskTokens } from './finding/mask-tokens';
import { maskUrls } from './finding/mask-urls';
import { isIdentifier, NAMING, VALUES, WEB_KEY_SECRETS, withoutSplitKey } from './finding/names-apart';
import { isHarmless, saysQuantity, SERVICES } from './judging/harmless-values';
import type { Judge } from './judging/judge';
import type { MaskableRecord, MaskableValue } from './judging/maskable';
import { areNumbers, areSecret, wholeName } from './judging/nested-numbers';
import { readName, wordsOf, type NameReading, type Suspicion } from './judging/secret-names';
import { isPlainName, isRandom } from './judging/shapes';
import { maskArguments } from './mask-arguments';

export type { MaskableValue } from './judging/maskable';

/**
 * Takes the secrets out of what a report shows: values under names that say secret, and secrets that are known by their
 * form, wherever they stand.
 *
 * Pure, and it needs nothing of Node. Takes time linear in what it is given, but for regular expressions of the user.
 */
export class Masker {
  private readonly keys: readonly string[];
  private readonly allowed: ReadonlySet<string>;
  private readonly values: readonly (string | RegExp)[];
  private readonly off: boolean;
  private readonly readings = new Map<string, Reading>();
  private readonly judge: Judge = {
    suspicion: (name) => this.suspicion(name),
    hides: (name, value) => this.hides(name, value),
    hidesParameter: (name, value, inQuery) => this.hides(name, value) || this.signs(name, value, inQuery),
  };

  constructor(options: MaskOptions | false) {
    const { keys = [], allow = [], values = [] } = options === false ? {} : options;
    this.off = options === false;
    this.keys = keys.map(joinedWords);
    this.allowed = new Set(allow.map(joinedWords));
    this.values = values.map((value) => (typeof value === 'string' ? value : everyMatchOf(value)));
  }

  /** How clearly this name says that its value is a secret. */
  suspicion(name: string): Suspicion {
    return this.off ? 'none' : this.read(name).suspicion;
  }

  /** True when a value must not be shown under this name, whatever its form. */
  hides(name: string, value: string | number | boolean | null): boolean {
    if (this.off) return false;
    const reading = this.read(name);
    return reading.suspicion !== 'none' && hidesIn(reading, value);
  }

  private hidesUnder(words: readonly string[], value: string | number | boolean | null): boolean {
    const reading = this.readWords(words);
    return reading.suspicion !== 'none' && hidesIn(reading, value);
  }

  /** Caches the result, because names repeat. */
  private read(name: string): Reading {
    const known = this.readings.get(name);
    if (known !== undefined) return known;
    const reading = this.readWords(wordsOf(name));
    if (this.readings.size >= MOST_READINGS) this.readings.clear();
    this.readings.set(name, reading);
    return reading;
  }

  private readWords(words: readonly string[]): Reading {
    const own = words.length === 0 ? null : this.ownRule(words);
    if (own !== null) return { words, suspicion: own, restAt: words.length, isOwn: true };
    return { ...readName(words), isOwn: false };
  }

  /** The verdict of the user's `keys` and `allow`; null when neither applies. */
  private ownRule(words: readonly string[]): 'none' | 'certain' | null {
    if (this.keys.length === 0 && this.allowed.size === 0) return null;
    const joined = ` ${words.join(' ')} `;
    if (this.allowed.has(joined)) return 'none';
    return this.keys.some((key) => joined.includes(key)) ? 'certain' : null;
  }

  /** True when the user has said that what has this name may be read as it is. */
  allows(name: string): boolean {
    return this.off || (this.allowed.size > 0 && this.allowed.has(joinedWords(name)));
  }

  /** Parameters that are secrets in a text, but not as keys of an object. */
  private signs(name: string, value: string, inQuery: boolean): boolean {
    const lower = name.toLowerCase();
    if (this.off || this.allows(name)) return false;
    if (SIGNATURES.has(lower)) return value.length >= 6 && !/^SIG[A-Z0-9]{2,8}$/.test(value);
    if (DIGESTS.has(lower)) return value.length <= 128 && isDigest(value);
    return inQuery && QUERY_KEYS.has(lower) && isRandom(value);
  }

  /** A text without the secrets that are known by their form, or by the name in front of them. */
  text(text: string): string {
    if (this.off) return text;
    let masked = text;
    for (const value of this.values) {
      masked = typeof value === 'string' ? masked.split(value).join(MASK) : replaceMatches(masked, value);
    }
    if (masked.length < SHORTEST_SECRET) return masked;
    masked = this.document(masked) ?? masked;
    masked = maskUrls(masked);
    if (this.suspicion('password') !== 'none') masked = maskPasswordLines(maskCommandLines(masked));
    masked = maskAssignments(masked, this.judge);
    return maskTokens(masked, (json) => maskAssignments(json, this.judge) !== json);
  }

  /** Masks a JSON document as data; null when the text is not JSON or has no secret. */
  private document(text: string): string | null {
    if (text.length > LONGEST_DOCUMENT || !isBracketed(text)) return null;
    try {
      const data = JSON.parse(text) as MaskableValue;
      const masked = JSON.stringify(this.under(data, []));
      return masked === JSON.stringify(data) ? null : masked;
    } catch {
      // Not JSON, or nested too deeply for the stack: it is masked as text.
      return null;
    }
  }

  /** What is shown of the text that has this name: a variable of the environment, a line `name=value`. */
  named(name: string, value: string): string {
    if (this.allows(name)) return value;
    return this.hides(name, value) ? MASK : this.text(value);
  }

  /**
   * The same data without its secrets.
   *
   * Booleans, null and empty strings stay, since `auth: true` and `password: ''` tell something and hide nothing.
   */
  value(value: MaskableValue): MaskableValue {
    return this.off ? value : this.under(value, []);
  }

  /** `names` are the words of the secret name that applies to the value or to an object around it; may be empty. */
  private under(value: MaskableValue, names: readonly string[]): MaskableValue {
    if (Array.isArray(value)) return this.list(value as readonly MaskableValue[], names);
    if (typeof value === 'object' && value !== null) return this.record(value as MaskableRecord, names);
    if (names.length > 0 && this.hidesUnder(names, value)) return MASK;
    return typeof value === 'string' ? this.text(value) : value;
  }

  private list(list: readonly MaskableValue[], names: readonly string[]): MaskableValue {
    if (names.length > 0 && areNumbers(list) && this.hidesNumbers(list, names)) return MASK;
    if (names.length === 0 && isCommandLine(list)) return maskArguments(list, this);
    const areEntries = list.every(isEntry);
    return list.map((item, index) => {
      const before = list[index - 1];
      // `[['password', 'x'], ['user', 'y']]`
      if (areEntries && isEntry(item) && this.isEntryOfSecret(item))
        return [item[0], this.under(item[1], wordsOf(item[0]))];
      // `[['password', 'x']]`, `['X-Api-Key', 'x']`
      if (typeof before === 'string' && this.isNameOf(before, item, list, index))
        return this.under(item, wordsOf(before));
      return this.under(item, names);
    });
  }

  private isEntryOfSecret([name, value]: Entry): boolean {
    return (
      isIdentifier(name) &&
      name.length <= LONGEST_NAME &&
      this.suspicion(name) === 'certain' &&
      (typeof value !== 'string' || this.suspicion(value) === 'none')
    );
  }

  /** True when an item of a list is the name of the next item. */
  private isNameOf(
    name: string,
    value: MaskableValue,
    list: readonly MaskableValue[],
    index: number,
  ): boolean {
    if (!isIdentifier(name) || name.length > LONGEST_NAME || this.suspicion(name) === 'none') return false;
    if (list.length === 2) return typeof value !== 'string' || !isPlainWord(value) || isHeaderLike(name);
    // Names and values alternate, as in `rawHeaders`.
    return (
      index % 2 === 1 &&
      list.length % 2 === 0 &&
      isHeaderLike(name) &&
      typeof value === 'string' &&
      !(isHeaderLike(value) && this.suspicion(value) !== 'none')
    );
  }

  private record(record: MaskableRecord, names: readonly string[]): MaskableValue {
    const masked: Record<string, MaskableValue> = {};
    const apart = this.nameApart(record);
    const isKey = typeof record['kty'] === 'string';
    const program = programOf(record);
    for (const [key, item] of Object.entries(record)) {
      const shown =
        isKey && WEB_KEY_SECRETS.has(key)
          ? hiddenText(item)
          : program !== '' && isTexts(item) && names.length === 0 && !this.isSecret(wordsOf(key))
            ? maskArguments([program, ...item], this).slice(1)
            : this.member(key, item, names, apart);
      // A key may be a secret too; and `__proto__` must become a key, not a prototype.
      Object.defineProperty(masked, freeKey(masked, this.text(key)), {
        value: shown,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return masked;
  }

  /** The words of the secret name in `{ name: 'DB_PASSWORD', value: 'x' }`; none when there is no such name. */
  private nameApart(record: MaskableRecord): readonly string[] {
    for (const [key, item] of Object.entries(record)) {
      if (typeof item !== 'string' || item.length > LONGEST_NAME || !isIdentifier(item)) continue;
      const lower = key.toLowerCase().replace(/[@_-]/g, '');
      const names = NAMING.has(lower) || (lower === 'type' && this.suspicion(item) === 'certain');
      if (names && this.suspicion(item) !== 'none') return wordsOf(item);
    }
    return [];
  }

  private member(
    key: string,
    item: MaskableValue,
    names: readonly string[],
    apart: readonly string[],
  ): MaskableValue {
    if (this.allows(key)) return typeof item === 'object' && item !== null ? this.under(item, []) : item;
    if (apart.length > 0 && VALUES.has(key.toLowerCase().replace(/[@_-]/g, '')))
      return this.under(item, apart);
    const own = wordsOf(key);
    if (typeof item === 'object' && item !== null)
      return this.under(withoutSplitKey(own, item), this.inherited(own, names));
    if (this.isSecret(own)) return this.under(item, own);
    // What a number under `password` is, its own name has to say.
    if (
      typeof item === 'number' &&
      item !== 0 &&
      item !== 1 &&
      !saysQuantity(own) &&
      this.hidesNumbers([item], names)
    )
      return MASK;
    return this.under(item, names.length === 0 ? [] : isService(own) ? names : [...names, ...own]);
  }

  /** True for numbers in an object or a list under this name. */
  private hidesNumbers(numbers: readonly number[], names: readonly string[]): boolean {
    const reading = this.readWords(names);
    return reading.suspicion !== 'none' && hidesIn(reading, ANY_SECRET) && areSecret(numbers, reading);
  }

  /** Under `auth: { ... }`, members without a telling name of their own are secrets as well. */
  private inherited(own: readonly string[], names: readonly string[]): readonly string[] {
    if (this.isSecret(own)) return this.hidesUnder(own, ANY_SECRET) ? wholeName(own) : [];
    if (names.length === 0) return [];
    // Their keys are names: `basicAuth: { users: { ann: 'x' } }`.
    if (isService(own) || (own.length === 1 && HOLDERS.has(own[0] ?? ''))) return names;
    const all = [...names, ...own].slice(-MOST_WORDS);
    return this.hidesUnder(all, ANY_SECRET) ? all : [];
  }

  private isSecret(words: readonly string[]): boolean {
    return this.readWords(words).suspicion !== 'none';
  }
}

/** The verdict on a name, by the user's rules (`isOwn`) or by ours. */
interface Reading extends NameReading {
  readonly isOwn: boolean;
}

function hidesIn(reading: Reading, value: string | number | boolean | null): boolean {
  // A key that the user names hides everything, including numbers, except empty values.
  return reading.isOwn ? isWorthHiding(value) : !isHarmless(reading, value);
}

const MOST_READINGS = 500;
/** `a://u:p@h` and `pwd=x` have more. */
const SHORTEST_SECRET = 5;
const LONGEST_NAME = 80;
const LONGEST_DOCUMENT = 262_144;
const MOST_WORDS = 12;
/** A sample value that every rule hides, unless the name only describes a secret. */
const ANY_SECRET = 'pl41n-s3cret';
function isService(own: readonly string[]): boolean {
  return own.length === 1 && SERVICES.has(own[0] ?? '');
}

const HOLDERS: ReadonlySet<string> = new Set(['users', 'accounts', 'clients', 'services']);
const SIGNATURES: ReadonlySet<string> = new Set(['sig', 'signature', 'x-amz-signature', 'x-goog-signature']);
/** Of the schemes Digest and Hawk. */
const DIGESTS: ReadonlySet<string> = new Set(['response', 'mac', 'rspauth']);
const QUERY_KEYS: ReadonlySet<string> = new Set(['key', 'code']);

/** In hexadecimal or base64; it may be cut. */
function isDigest(value: string): boolean {
  return (
    (/^[0-9a-f]{16,128}$/i.test(value) && /[0-9]/.test(value) && /[a-f]/i.test(value)) ||
    (/^[\w+/]{22,88}={1,2}$/.test(value) && isRandom(value))
  );
}

function hiddenText(item: MaskableValue): MaskableValue {
  return item === null || item === '' ? item : MASK;
}

type Entry = readonly [string, MaskableValue];

function isEntry(value: MaskableValue): value is Entry {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

function isPlainWord(text: string): boolean {
  return !text.includes(' ') && isPlainName(text);
}

function isBracketed(text: string): boolean {
  const trimmed = text.trim();
  return (
    (trimmed.startsWith('{') && trimmed.endsWith('}')) || (trimmed.startsWith('[') && trimmed.endsWith(']'))
  );
}

/** `X-Api-Key`, `authorization` */
function isHeaderLike(name: string): boolean {
  const lower = name.toLowerCase();
  return name.includes('-') || /^[A-Z][a-z]+$/.test(name) || lower === 'authorization' || lower === 'cookie';
}

function isWorthHiding(value: string | number | boolean | null): boolean {
  return value !== null && typeof value !== 'boolean' && value !== '' && value !== MASK;
}

/** Words with a blank on each side, so that one text can be looked for in another by whole words. */
function joinedWords(name: string): string {
  return ` ${wordsOf(name).join(' ')} `;
}

/** A copy of the user's expression: one with `g` or `y` remembers where it was. */
function everyMatchOf(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`);
}

function replaceMatches(text: string, pattern: RegExp): string {
  return text.replace(pattern, (match: string) => (match === '' ? '' : MASK));
}

/** Two keys may look the same without their secrets; neither may hide the other. */
function freeKey(record: Readonly<Record<string, MaskableValue>>, key: string): string {
  let free = key;
  for (let copy = 2; Object.hasOwn(record, free); copy++) free = `${key} (${copy})`;
  return free;
}
