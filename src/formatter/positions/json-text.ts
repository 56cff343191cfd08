import { MapBudget, MapFailure, UNREADABLE_REASON } from './budget';
import { decodeUtf8 } from './utf8';

/** Part of a string. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
/** Longer names of members are not those of a source map. */
const MAX_KEY_LENGTH = 40;
/** Numbers, `true`, `false` and `null`. */
const MAX_WORD_LENGTH = 64;

/**
 * Finds parts of a JSON document, given as bytes, without building objects of all of it: most of a source map is text of files that no
 * frame is in, and parsing it would take several times its size in memory. Methods throw {@link MapFailure} for what is
 * not JSON.
 */
export class JsonText {
  readonly text: string;
  private readonly budget: MapBudget;

  constructor(text: string, budget: MapBudget) {
    this.text = text;
    this.budget = budget;
  }

  /** Where the values of the wanted members of an object are; of members with the same name, the last one. */
  members(object: Range, wanted: ReadonlySet<string>): Map<string, Range> {
    const found = new Map<string, Range>();
    let at = this.skipBlanks(object.from);
    if (this.text[at] !== '{') throw new MapFailure(UNREADABLE_REASON);
    at = this.skipBlanks(at + 1);
    while (this.text[at] !== '}') {
      const keyEnd = this.endOfString(at);
      const key = keyEnd - at > MAX_KEY_LENGTH ? '' : this.text.slice(at + 1, keyEnd - 1);
      const colon = this.skipBlanks(keyEnd);
      if (this.text.charCodeAt(colon) !== COLON) throw new MapFailure(UNREADABLE_REASON);
      const from = this.skipBlanks(colon + 1);
      const to = this.endOfValue(from);
      if (wanted.has(key)) found.set(key, { from, to });
      this.budget.tick();
      at = this.afterValue(to, '}');
    }
    return found;
  }

  /** Calls `visit` with the index and the place of each element of an array, until it returns false. */
  elements(array: Range, visit: (index: number, element: Range) => boolean): void {
    let at = this.skipBlanks(array.from);
    if (this.text[at] !== '[') throw new MapFailure(UNREADABLE_REASON);
    at = this.skipBlanks(at + 1);
    for (let index = 0; this.text[at] !== ']'; index++) {
      const to = this.endOfValue(at);
      if (!visit(index, { from: at, to })) return;
      this.budget.tick();
      at = this.afterValue(to, ']');
    }
  }

  /** The elements with these indexes, as far as they are there and no longer than `maxLength` characters. */
  pick(array: Range | undefined, indexes: ReadonlySet<number>, maxLength: number): Map<number, unknown> {
    const picked = new Map<number, unknown>();
    if (array === undefined || indexes.size === 0) return picked;
    const last = Math.max(...indexes);
    this.elements(array, (index, element) => {
      const length = element.to - element.from;
      if (indexes.has(index) && length <= maxLength) {
        // Parsed, it may take two bytes for each character.
        this.budget.takeBytes(2 * length);
        this.budget.check();
        picked.set(index, this.value(element, maxLength));
      }
      return index < last;
    });
    return picked;
  }

  /** The value there, parsed. What is longer than `maxLength` is not: its objects could take any amount of memory. */
  value({ from, to }: Range, maxLength: number): unknown {
    if (to - from > maxLength) throw new MapFailure(UNREADABLE_REASON);
    try {
      return JSON.parse(decodeUtf8(this.text.slice(from, to))) as unknown;
    } catch {
      throw new MapFailure(UNREADABLE_REASON);
    }
  }

  /** Behind the comma after a value; at `close` when it is the last one. */
  private afterValue(end: number, close: string): number {
    const at = this.skipBlanks(end);
    if (this.text.charCodeAt(at) === COMMA) return this.skipBlanks(at + 1);
    if (this.text[at] === close) return at;
    throw new MapFailure(UNREADABLE_REASON);
  }

  private skipBlanks(from: number): number {
    let at = from;
    while (isBlank(this.text.charCodeAt(at))) {
      at += 1;
      if (at % 4096 === 0) this.budget.tick();
    }
    return at;
  }

  private endOfValue(from: number): number {
    const first = this.text[from];
    if (first === '"') return this.endOfString(from);
    if (first === '{' || first === '[') return this.endOfNested(from);
    let at = from;
    while (at - from <= MAX_WORD_LENGTH && /[\w.+-]/.test(this.text[at] ?? '')) at += 1;
    if (at === from || at - from > MAX_WORD_LENGTH) throw new MapFailure(UNREADABLE_REASON);
    return at;
  }

  private endOfNested(from: number): number {
    const { text } = this;
    let depth = 0;
    let at = from;
    for (let steps = 1; ; steps++) {
      if (steps % 1024 === 0) this.budget.tick();
      const code = text.charCodeAt(at);
      if (Number.isNaN(code)) throw new MapFailure(UNREADABLE_REASON);
      if (code === QUOTE) {
        at = this.endOfString(at);
        continue;
      }
      if (code === 0x7b || code === 0x5b) depth += 1;
      else if (code === 0x7d || code === 0x5d) depth -= 1;
      at += 1;
      if (depth === 0) return at;
    }
  }

  private endOfString(from: number): number {
    const { text } = this;
    if (text.charCodeAt(from) !== QUOTE) throw new MapFailure(UNREADABLE_REASON);
    let at = from + 1;
    for (let quotes = 1; ; quotes++) {
      const quote = text.indexOf('"', at);
      if (quote === -1) throw new MapFailure(UNREADABLE_REASON);
      let before = quote - 1;
      while (text.charCodeAt(before) === BACKSLASH) before -= 1;
      if ((quote - before) % 2 === 1) return quote + 1;
      at = quote + 1;
      if (quotes % 128 === 0) this.budget.tick();
    }
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}
