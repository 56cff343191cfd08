import { isRegExp } from './kinds';
import type { MaskOptions } from './options';

const LISTS: readonly (keyof MaskOptions)[] = ['keys', 'values', 'allow'];
const MAX_ENTRIES = 1000;
/** Shorter texts occur everywhere, and a report full of `***` tells nothing. */
const SHORTEST_VALUE = 4;

/**
 * Option `mask`.
 *
 * @throws Error when the value is none. What it holds is never in the message: it may be a secret.
 */
export function checkMask(value: unknown): MaskOptions | false {
  if (value === false) return false;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`expected false or an object with '${LISTS.join("', '")}', got ${kindOf(value)}`);
  }
  for (const [name, list] of Object.entries(value)) {
    if (!LISTS.includes(name as keyof MaskOptions)) {
      throw new Error(`expected '${LISTS.join("', '")}', got '${name.slice(0, 60)}'`);
    }
    if (list !== undefined) checkList(name as keyof MaskOptions, list);
  }
  // A copy, so that what was checked is what is used.
  const { keys = [], values = [], allow = [] } = value as MaskOptions;
  return { keys: [...keys], values: [...values], allow: [...allow] };
}

/** `GMR_MASK`: a word for on or off, or the option as JSON. */
export function parseMask(text: string, words: ReadonlyMap<string, boolean>): unknown {
  const word = text === 'none' ? false : words.get(text.toLowerCase());
  if (word !== undefined) return word ? {} : false;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error("expected 'on', 'off' or an object in JSON, got something else");
  }
}

function checkList(name: keyof MaskOptions, list: unknown): void {
  if (!Array.isArray(list) || list.length > MAX_ENTRIES) {
    throw new Error(`expected '${name}' to be an array of at most ${MAX_ENTRIES} entries`);
  }
  list.forEach((entry: unknown, index) => {
    if (name === 'values' && isRegExp(entry)) return;
    const least = name === 'values' ? SHORTEST_VALUE : 1;
    if (typeof entry === 'string' && entry.trim().length >= least) return;
    const expected =
      name === 'values' ? `a regular expression or a text of at least ${least} characters` : 'a name';
    throw new Error(`expected '${name}[${index}]' to be ${expected}`);
  });
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'an array' : value === null ? 'null' : `something of type ${typeof value}`;
}
