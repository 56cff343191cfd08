import { isMap, isSet } from '../kinds';
import { describeBuiltin, describeThrown, labelOf, tagOf } from './section-builtins';
import type { SectionValue } from './model';

/** How much of a value a report keeps. */
export interface SectionValueLimits {
  /** Levels of objects and arrays. Default 8. */
  readonly maxDepth: number;
  /** Entries of one object, array, Map or Set. Default 1000. */
  readonly maxEntries: number;
  /** Values in all. Default 10,000. */
  readonly maxValues: number;
  /** Characters of one string. Default 8192. */
  readonly maxStringLength: number;
  /** Characters of all strings together. Default 1,048,576. */
  readonly maxCharacters: number;
  /** Called with each string that is to be cut, before it is: half a secret could not be told any more. */
  readonly prepare: (text: string) => string;
}

const DEFAULT_LIMITS: SectionValueLimits = {
  maxDepth: 8,
  maxEntries: 1000,
  maxValues: 10_000,
  maxStringLength: 8192,
  maxCharacters: 1_048_576,
  prepare: (text) => text,
};

/** How much more than what is kept `prepare` gets to see. */
const PREPARED_LENGTH = 8192;

/**
 * Turns any JavaScript value into plain bounded data that survives `JSON.stringify`. Never throws.
 *
 * What cannot be data becomes a short text in brackets: `[circular]`, `[threw: message]`, `[function name]`,
 * `[Promise]`. BigInts become `123n`, dates ISO-8601, Maps objects, Sets arrays, errors their stack. Whatever is cut
 * is replaced by a text that says how much.
 *
 * Getters and proxy traps do run, as for every reader of the value; `toJSON` and `toString` of the value do not.
 */
export function toSectionValue(value: unknown, limits?: Partial<SectionValueLimits>): SectionValue {
  try {
    return new Converter({ ...DEFAULT_LIMITS, ...limits }).convert(value);
  } catch (error) {
    return describeThrown(error);
  }
}

/** One conversion: the limits and what is left of them. */
class Converter {
  private readonly limits: SectionValueLimits;
  private valuesLeft: number;
  private charactersLeft: number;
  /** Objects between the root and the current value: meeting one again is a cycle, not a repetition. */
  private readonly ancestors = new Set<object>();

  constructor(limits: SectionValueLimits) {
    this.limits = limits;
    this.valuesLeft = limits.maxValues;
    this.charactersLeft = limits.maxCharacters;
  }

  convert(value: unknown): SectionValue {
    this.valuesLeft--;
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'object') return this.guarded(value);
    return this.text(labelOf(value));
  }

  private guarded(value: object): SectionValue {
    if (this.ancestors.has(value)) return '[circular]';
    this.ancestors.add(value);
    try {
      return this.object(value);
    } catch (error) {
      return this.text(describeThrown(error));
    } finally {
      this.ancestors.delete(value);
    }
  }

  private object(value: object): SectionValue {
    const tag = tagOf(value);
    const builtin = describeBuiltin(value, tag);
    if (builtin !== null) return this.text(builtin);
    if (this.ancestors.size > this.limits.maxDepth) {
      return `[${labelOf(value).slice(1, -1)}: deeper than ${this.limits.maxDepth} levels]`;
    }
    if (Array.isArray(value)) return this.array(value);
    if (tag === 'Map' && isMap(value)) return this.map(value);
    if (tag === 'Set' && isSet(value)) return this.set(value);
    if (tag === 'Error' || value instanceof Error) return this.error(value as Error);
    return this.record(value);
  }

  private array(value: readonly unknown[]): SectionValue {
    const items: SectionValue[] = [];
    const length = value.length;
    for (let index = 0; index < length; index++) {
      if (this.full(items.length)) return [...items, leftOut(length - index)];
      items.push(this.read(value, index));
    }
    return items;
  }

  private set(value: Set<unknown>): SectionValue {
    const items: SectionValue[] = [];
    // The intrinsic iterator: a subclass may have its own, which may never end.
    for (const item of Set.prototype.values.call(value)) {
      if (this.full(items.length)) return [...items, leftOut(setSize(value) - items.length)];
      items.push(this.convert(item));
    }
    return items;
  }

  private map(value: Map<unknown, unknown>): SectionValue {
    const record: Record<string, SectionValue> = {};
    let count = 0;
    for (const [key, item] of Map.prototype.entries.call(value) as Iterable<[unknown, unknown]>) {
      if (this.full(count)) {
        define(record, '...', leftOut(mapSize(value) - count));
        break;
      }
      define(record, freeKey(record, this.text(labelOf(key))), this.convert(item));
      count++;
    }
    return record;
  }

  private error(error: Error): SectionValue {
    const stack = this.read(error, 'stack');
    const text = typeof stack === 'string' && stack !== '' ? stack : '[Error without stack]';
    const hasMore = Object.keys(error).length > 0 || Object.hasOwn(error, 'cause');
    if (!hasMore) return text;
    const record: Record<string, SectionValue> = { stack: text };
    this.addEntries(record, error);
    if (Object.hasOwn(error, 'cause')) define(record, 'cause', this.read(error, 'cause'));
    return record;
  }

  private record(value: object): SectionValue {
    const record: Record<string, SectionValue> = {};
    const filled = this.addEntries(record, value);
    const label = filled === 0 ? labelOf(value) : '';
    // An instance that shows nothing of itself is at least named; a plain empty object stays one.
    return label === '' || label === '[Object]' ? record : this.text(label);
  }

  private addEntries(record: Record<string, SectionValue>, value: object): number {
    const keys = Object.keys(value);
    for (let index = 0; index < keys.length; index++) {
      if (this.full(index)) {
        define(record, '...', leftOut(keys.length - index));
        break;
      }
      const key = keys[index] as string;
      define(record, this.text(key), this.read(value, key));
    }
    return keys.length;
  }

  /** One property: a getter or trap that throws costs that property only. */
  private read(value: object, key: string | number): SectionValue {
    let item: unknown;
    try {
      item = (value as Record<string | number, unknown>)[key];
    } catch (error) {
      this.valuesLeft--;
      return this.text(describeThrown(error));
    }
    return this.convert(item);
  }

  private full(entries: number): boolean {
    return entries >= this.limits.maxEntries || this.valuesLeft <= 0 || this.charactersLeft <= 0;
  }

  private text(text: string): string {
    const room = Math.max(0, Math.min(this.limits.maxStringLength, this.charactersLeft));
    this.charactersLeft -= Math.min(text.length, room);
    return text.length <= room ? text : this.cut(text, room);
  }

  private cut(text: string, room: number): string {
    const seen = text.slice(0, room + PREPARED_LENGTH);
    const prepared = this.limits.prepare(seen);
    return prepared === seen ? cutString(text, room) : cutString(prepared, room, text.length - seen.length);
  }
}

/** Keeps the first `length` characters and says how many are missing; never splits a surrogate pair. */
function cutString(text: string, length: number, more = 0): string {
  if (text.length + more <= length) return text;
  const last = text.charCodeAt(length - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
  return `${text.slice(0, end)}... [${Math.max(0, text.length - end) + more} characters omitted]`;
}

function leftOut(count: number): string {
  return `[${count} more omitted]`;
}

function setSize(value: Set<unknown>): number {
  const size: unknown = Reflect.get(Set.prototype, 'size', value);
  return Number(size);
}

function mapSize(value: Map<unknown, unknown>): number {
  const size: unknown = Reflect.get(Map.prototype, 'size', value);
  return Number(size);
}

/** Keys 1 and '1' of a Map have the same text; neither may hide the other. */
function freeKey(record: Record<string, SectionValue>, key: string): string {
  let free = key;
  for (let copy = 2; Object.hasOwn(record, free); copy++) free = `${key} (${copy})`;
  return free;
}

/** Plain assignment to `__proto__` would set the prototype instead of making a key. */
function define(record: Record<string, SectionValue>, key: string, value: SectionValue): void {
  if (key !== '__proto__') record[key] = value;
  else Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
}
