/*
 * Secrets that stand in a text behind their name: connection strings (`Server=db;Password=x`), queries of URLs, headers,
 * lines of configuration files, JSON.
 *
 * The texts are hostile: each character is looked at a bounded number of times, and no regular expression is used.
 */
import { MaskedCopy } from './mark';

/** Tells by name and value whether the value is a secret. */
export type Hides = (name: string, value: string) => boolean;

/** The value of one assignment; `end` is behind its last character. */
interface Value {
  readonly start: number;
  readonly end: number;
}

/** Text with `***` for the value of each assignment that `hides` claims. */
export function maskAssignments(text: string, hides: Hides): string {
  const masked = new MaskedCopy(text);
  const lines = new Lines(text);
  for (let index = 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code !== EQUALS && code !== COLON) continue;
    // A value must be read before it can be told; most names tell enough.
    const name = nameBefore(text, index);
    if (name === '' || !hides(name, ANY_VALUE)) continue;
    const value = code === EQUALS ? afterEquals(text, index, lines) : afterColon(text, index, name, lines);
    if (value === null || value.end <= value.start) continue;
    if (!hides(name, text.slice(value.start, Math.min(value.end, value.start + LONGEST_JUDGED)))) continue;
    masked.hide(value.start, value.end);
    index = value.end - 1;
  }
  return masked.toString();
}

const EQUALS = 0x3d;
const COLON = 0x3a;
const LONGEST_JUDGED = 300;
const LONGEST_NAME = 64;
/** Stands for a value that nobody would let pass. */
const ANY_VALUE = 'a1'.repeat(12);

/** Remembers the line that it was asked for last, since each line is asked for many times. */
class Lines {
  private readonly text: string;
  private start = 0;
  private end = -1;
  private semicolons = false;

  constructor(text: string) {
    this.text = text;
  }

  endOf(index: number): number {
    this.seek(index);
    return this.end;
  }

  /** True for connection strings: only a semicolon ends a value there. */
  hasSemicolons(index: number): boolean {
    this.seek(index);
    return this.semicolons;
  }

  private seek(index: number): void {
    if (index <= this.end && index >= this.start) return;
    this.start = index;
    const found = this.text.indexOf('\n', index);
    this.end = found < 0 ? this.text.length : found;
    // From the line before on is far enough: what stands there was the same line, or another one.
    this.semicolons = this.text.slice(index, this.end).includes(';') || this.precededBySemicolon(index);
  }

  private precededBySemicolon(index: number): boolean {
    for (let at = index - 1; at >= 0 && index - at < LOOKED_BACK; at--) {
      const character = this.text.charAt(at);
      if (character === '\n') return false;
      if (character === ';') return true;
    }
    return false;
  }
}

const LOOKED_BACK = 1000;

/** The name that ends before an `=` or `:`, without its quotes; empty when there is none. */
function nameBefore(text: string, index: number): string {
  let end = index;
  while (end > 0 && index - end < 2 && text.charAt(end - 1) === ' ') end--;
  if (isQuote(text.charAt(end - 1))) end--;
  if (text.charAt(end - 1) === '\\') end--;
  let start = end;
  while (start > 0 && end - start < LONGEST_NAME && isNameCharacter(text.charCodeAt(start - 1))) start--;
  // `Api Key: x`, `Access Key = x`
  if (SECOND_WORDS.has(text.slice(start, end).toLowerCase()) && text.charAt(start - 1) === ' ') {
    start--;
    while (start > 0 && end - start < LONGEST_NAME && isNameCharacter(text.charCodeAt(start - 1))) start--;
  }
  return text.slice(start, end);
}

const SECOND_WORDS: ReadonlySet<string> = new Set(['key', 'keys', 'phrase', 'code', 'word', 'string']);

function isNameCharacter(code: number): boolean {
  const isDigit = code >= 0x30 && code <= 0x39;
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code >= 0x80;
  return isDigit || isLetter || code === 0x5f || code === 0x2d || code === 0x2e || code === 0x24;
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'" || character === '`';
}

function afterEquals(text: string, index: number, lines: Lines): Value | null {
  const next = text.charAt(index + 1);
  // Comparisons and arrows of a program's text.
  if (next === '=' || next === '>' || text.charAt(index - 1) === '!') return null;
  let start = index + 1;
  if (text.charAt(index - 1) === ' ') while (start - index < 3 && text.charAt(start) === ' ') start++;
  const quoted = quotedValue(text, start);
  if (quoted !== null) return quoted;
  if (lines.hasSemicolons(start)) return { start, end: untilSemicolon(text, start, lines.endOf(start)) };
  return { start, end: endOfWord(text, start) };
}

function afterColon(text: string, index: number, name: string, lines: Lines): Value | null {
  const next = text.charAt(index + 1);
  const isMember = isQuote(text.charAt(index - 1));
  if (next !== ' ' && !isQuote(next) && !(next === '\\' && isMember) && !isMember) return null;
  let start = index + 1;
  while (start - index < 9 && text.charAt(start) === ' ') start++;
  const quoted = quotedValue(text, start);
  if (quoted !== null) return quoted;
  // What is in there has names of its own.
  if (text.charAt(start) === '{' || text.charAt(start) === '[') return null;
  if (isMember) return { start, end: endOfWord(text, start) };
  if (HEADERS.has(name.toLowerCase()) || beginsLine(text, index))
    return { start, end: endOfHeader(text, start, lines.endOf(start)) };
  const end = endOfWord(text, start);
  // A word of prose is none: "wrong password: must be longer".
  return isPlainWord(text, start, end) ? null : { start, end };
}

/** Their values have blanks in them: `Bearer x`, `a=b; c=d`. */
const HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
]);

/** What a quote begins ends with the same quote, escaped as often as the first one was. */
function quotedValue(text: string, at: number): Value | null {
  const escaped = text.charAt(at) === '\\';
  const quote = text.charAt(escaped ? at + 1 : at);
  if (!isQuote(quote)) return null;
  const start = at + (escaped ? 2 : 1);
  for (let index = start; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '\\') {
      if (escaped && text.charAt(index + 1) === quote) return { start, end: index };
      index++;
    } else if (character === quote) return { start, end: index };
  }
  return { start, end: text.length };
}

function untilSemicolon(text: string, start: number, limit: number): number {
  let end = start;
  while (end < limit && text.charAt(end) !== ';') end++;
  // The quote of the text around it, where it is the last one.
  return end > start && isQuote(text.charAt(end - 1)) ? end - 1 : end;
}

/** Where an unquoted value ends: at a blank, at the next assignment, or at a bracket or quote that closes. */
function endOfWord(text: string, start: number): number {
  let end = start;
  for (; end < text.length; end++) {
    const character = text.charAt(end);
    if (BLANKS.has(character)) return end;
    if (SEPARATORS.has(character) && beginsAssignment(text, end + 1)) return end;
    if (CLOSERS.has(character) && AFTER_CLOSERS.has(text.charAt(end + 1))) return end;
  }
  return end;
}

const BLANKS: ReadonlySet<string> = new Set([' ', '\t', '\n', '\r']);
const SEPARATORS: ReadonlySet<string> = new Set(['&', ',']);
const CLOSERS: ReadonlySet<string> = new Set(['"', "'", '`', ')', ']', '}', '>', '\\']);
const AFTER_CLOSERS: ReadonlySet<string> = new Set([
  '',
  ' ',
  '\n',
  '\r',
  ',',
  ';',
  ':',
  ')',
  ']',
  '}',
  '"',
  "'",
  '.',
]);

/** `&name=`, `,name=`, `,"name":`, and `&name&`. */
function beginsAssignment(text: string, start: number): boolean {
  let index = start;
  if (isQuote(text.charAt(index))) return true;
  while (index - start < LONGEST_NAME && isNameCharacter(text.charCodeAt(index))) index++;
  const next = text.charAt(index);
  return index > start && (next === '=' || next === '&');
}

/** A header ends with its line, or with the quote around it: `-H 'Cookie: a=b' http://...`. */
function endOfHeader(text: string, start: number, limit: number): number {
  for (let end = start; end < limit; end++) {
    if (isQuote(text.charAt(end)) && AFTER_CLOSERS.has(text.charAt(end + 1))) return end;
  }
  return text.charAt(limit - 1) === '\r' ? limit - 1 : limit;
}

/** True when nothing but blanks, a list's dash or a quote stands before the name. */
function beginsLine(text: string, colon: number): boolean {
  let index = colon - 1;
  while (index >= 0 && colon - index < LONGEST_NAME && isNameCharacter(text.charCodeAt(index))) index--;
  const least = index - MOST_INDENTED;
  while (index >= 0 && index > least && (text.charAt(index) === ' ' || text.charAt(index) === '\t')) index--;
  return index < 0 || text.charAt(index) === '\n' || isQuote(text.charAt(index));
}

const MOST_INDENTED = 40;

/** Small letters only, but for the punctuation behind them. */
function isPlainWord(text: string, start: number, end: number): boolean {
  let last = end;
  while (last > start && '.,;:!?)'.includes(text.charAt(last - 1))) last--;
  for (let index = start; index < last; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x61 || code > 0x7a) return false;
  }
  return true;
}
