/** How one option is checked. `check` throws a sentence that begins with what was expected. */
export interface Rule<Value> {
  readonly check: (value: unknown) => Value;
  /** Makes a value for `check` out of the text of the variable. */
  readonly parse?: (text: string) => unknown;
}

/** A value for an error message: short, and never a secret's length of text. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}...` : value}'`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

/** An integer in decimal digits, within limits. */
export function integerRule(least: number, most: number): Rule<number> {
  return {
    parse: (text) => (isDecimal(text) ? Number(text) : text),
    check: (value) => {
      if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
        return value as number;
      }
      throw new Error(`expected an integer from ${least} to ${most}, got ${describe(value)}`);
    },
  };
}

/** True or false; as a text also yes, no, on, off, 1 and 0. */
export function booleanRule(): Rule<boolean> {
  return {
    parse: (text) => BOOLEAN_WORDS.get(text.toLowerCase()) ?? text,
    check: (value) => {
      if (typeof value === 'boolean') return value;
      throw new Error(`expected true or false, got ${describe(value)}`);
    },
  };
}

/** What a text says of a claim. */
export const BOOLEAN_WORDS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['on', true],
  ['0', false],
  ['false', false],
  ['no', false],
  ['off', false],
]);

/** Digits only: `Number` alone would take '0x10', ' 5 ' and '1e3'. */
function isDecimal(text: string): boolean {
  return text.length <= 9 && /^[0-9]+$/.test(text);
}
