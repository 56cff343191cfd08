import type { MaskOptions } from '../options';
import { isHarmless } from './harmless-values';
import { MASK } from './mark';
import { maskAssignments, type Hides } from './mask-assignments';
import { maskTokens } from './mask-tokens';
import { maskUrls } from './mask-urls';
import { saySecret, wordsOf } from './secret-names';

/** Plain data, as `toSectionValue` makes it. */
export type MaskableValue =
  string | number | boolean | null | readonly MaskableValue[] | { readonly [key: string]: MaskableValue };

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
  private readonly knowsNames: boolean;
  /** Names of parameters that are secrets in a text, but not as keys of an object. */
  private readonly hidesInText: Hides = (name, value) =>
    this.hides(name, value) || (value.length >= 8 && TEXT_NAMES.has(name.toLowerCase()));

  constructor(options: MaskOptions | false) {
    const { keys = [], allow = [], values = [] } = options === false ? {} : options;
    this.off = options === false;
    this.knowsNames = keys.length > 0 || allow.length > 0;
    this.keys = keys.map(joinedWords);
    this.allowed = new Set(allow.map(joinedWords));
    this.values = values.map((value) => (typeof value === 'string' ? value : everyMatchOf(value)));
  }

  /** True when a value must not be shown under this name, whatever its form. */
  hides(name: string, value: string | number | boolean | null): boolean {
    if (this.off) return false;
    const words = wordsOf(name);
    if (words.length === 0) return false;
    if (this.knowsNames) {
      const joined = ` ${words.join(' ')} `;
      if (this.allowed.has(joined)) return false;
      // Whoever names a key wants it hidden, numbers included; only what is nothing stays.
      if (this.keys.some((key) => joined.includes(key))) return isWorthHiding(value);
    }
    return saySecret(words) && !isHarmless(words, value);
  }

  /** True when the user has said that what has this name may be read as it is. */
  allows(name: string): boolean {
    return this.off || (this.allowed.size > 0 && this.allowed.has(joinedWords(name)));
  }

  /** A text without the secrets that are known by their form, or by the name in front of them. */
  text(text: string): string {
    if (this.off) return text;
    let masked = text;
    for (const value of this.values) {
      masked = typeof value === 'string' ? masked.split(value).join(MASK) : replaceMatches(masked, value);
    }
    if (masked.length < SHORTEST_SECRET) return masked;
    masked = maskUrls(masked);
    if (masked.includes('=') || masked.includes(':')) masked = maskAssignments(masked, this.hidesInText);
    return maskTokens(masked);
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
    if (this.off) return value;
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item: MaskableValue) => this.value(item));
    const masked: Record<string, MaskableValue> = {};
    for (const [key, item] of Object.entries(value as { readonly [key: string]: MaskableValue })) {
      // A key may be a secret too; and `__proto__` must become a key, not a prototype.
      Object.defineProperty(masked, freeKey(masked, this.text(key)), {
        value: this.member(key, item),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return masked;
  }

  private member(key: string, item: MaskableValue): MaskableValue {
    if (typeof item === 'object' && item !== null) {
      return this.hides(key, WHOLE_OBJECT) ? MASK : this.value(item);
    }
    if (this.allows(key)) return item;
    return this.hides(key, item) ? MASK : this.value(item);
  }
}

/** `a://u:p@h` and `pwd=x` have more. */
const SHORTEST_SECRET = 5;
/** Stands for what an object holds. It is read like a text: `sessionStore` has members that tell something. */
const WHOLE_OBJECT = 'object';
const TEXT_NAMES: ReadonlySet<string> = new Set([
  'sig',
  'signature',
  'x-amz-signature',
  'x-amz-security-token',
  'x-goog-signature',
]);

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
