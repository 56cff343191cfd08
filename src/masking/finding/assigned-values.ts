/*
 * Finds where the value of an assignment in a text ends: at a quote, a semicolon, the end of the line or of a block.
 */
import { isBlank, isNameCharacter, isQuote } from './assigned-names';

/** The value of one assignment; `end` is behind its last character. */
export interface Value {
  readonly start: number;
  readonly end: number;
}

const LONGEST_NAME = 64;
const LOOKED_BACK = 1000;
const MOST_INDENTED = 40;

/** Keeps the line that was looked up last, because each line is looked up many times. */
export class Lines {
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

export function untilSemicolon(text: string, start: number, limit: number): number {
  let end = start;
  while (end < limit && text.charAt(end) !== ';') end++;
  // Possibly the closing quote of the surrounding text.
  return end > start && isQuote(text.charAt(end - 1)) ? end - 1 : end;
}

/** The word behind `Bearer `, which is a part of the value. */
export function behindScheme(text: string, start: number): number {
  return start + (SCHEME.exec(text.slice(start, start + 16))?.[0].length ?? 0);
}

const SCHEME = /^\[{0,1}(?:bearer|basic|token|apikey|digest|negotiate|ssws) (?=\S)/i;

/** `env('APP_SECRET')`: a call with a name. */
export function isGetter(text: string, start: number): boolean {
  return /^[A-Za-z_$][\w$.]{0,60}\(["'`][A-Za-z_.-]{1,60}["'`]\)/.test(text.slice(start, start + 140));
}

/** Where an unquoted value ends: at a blank, at the next assignment, or at a bracket or quote that closes. */
export function endOfWord(text: string, start: number, limit: number = text.length): number {
  let end = endOfPlaceholder(text, start);
  for (; end < limit; end++) {
    const character = text.charAt(end);
    if (BLANKS.has(character)) return end;
    if (SEPARATORS.has(character) && beginsAssignment(text, end + 1)) return end;
    if (CLOSERS.has(character) && AFTER_CLOSERS.has(text.charAt(end + 1))) return end;
    if (character === '<' && text.charAt(end + 1) === '/') return end;
    if (character === '&' && text.startsWith('&quot;', end)) return end;
  }
  return end;
}

const PLACEHOLDER =
  /^(?:<[a-z _-]{1,40}>|\$\([\w. /<~=:-]{1,70}\)|\$\{[\w.:/]{1,70}:{0,1}[-?]{0,1}\}|[A-Za-z_$][\w$.]{0,60}\((?:["'`][A-Za-z_.-]{1,60}["'`]){0,1}\))/;

/** Behind `<password>`, `$(cat /run/x)` or `getenv("TOKEN")`; or `start`, when there is none. */
function endOfPlaceholder(text: string, start: number): number {
  return start + (PLACEHOLDER.exec(text.slice(start, start + 140))?.[0].length ?? 0);
}

const BLANKS: ReadonlySet<string> = new Set([' ', '\t', '\n', '\r']);
const SEPARATORS: ReadonlySet<string> = new Set(['&', ',', '|', ';']);
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
  '<',
]);

/** `&name=`, `,name=`, `,"name":`, and `&name&`. */
function beginsAssignment(text: string, start: number): boolean {
  let index = start;
  if (isQuote(text.charAt(index))) return true;
  while (index - start < LONGEST_NAME && isNameCharacter(text.charCodeAt(index))) index++;
  const next = text.charAt(index);
  return index > start && (next === '=' || next === '&');
}

/** The end of an encoded value: `password%3Dx%26port%3D1`. */
export function endOfEncoded(text: string, start: number, limit: number = text.length): number {
  for (let end = start; end < limit; end++) {
    const character = text.charAt(end);
    if (BLANKS.has(character) || isQuote(character) || character === '&') return end;
    if (character === '%' && ENCODED_ENDS.has(text.slice(end, end + 3).toUpperCase())) return end;
  }
  return limit;
}

const ENCODED_ENDS: ReadonlySet<string> = new Set(['%26', '%22', '%3B', '%0A', '%0D']);

/** A header ends with its line, or with the quote around it: `-H 'Cookie: a=b' http://...`. */
export function endOfHeader(text: string, start: number, limit: number): number {
  // The quote that a parameter of the header has opened: `Digest username="bob", response="x"`.
  let opened = '';
  for (let end = start; end < limit; end++) {
    const character = text.charAt(end);
    if (!isQuote(character)) continue;
    if (opened === character) opened = '';
    else if (opened === '' && isParameter(text, end)) opened = character;
    else if (opened === '' && AFTER_CLOSERS.has(text.charAt(end + 1))) return end;
  }
  return text.charAt(limit - 1) === '\r' ? limit - 1 : limit;
}

/** `username="`, also escaped. */
function isParameter(text: string, quote: number): boolean {
  let before = quote - 1;
  while (before > 0 && quote - before < 8 && text.charAt(before) === '\\') before--;
  return text.charAt(before) === '=' && isNameCharacter(text.charCodeAt(before - 1));
}

/** True when nothing but blanks, a list's dash or a quote stands before the name that begins at `start`. */
export function beginsLine(text: string, start: number): boolean {
  let index = start - 1;
  const least = index - MOST_INDENTED;
  while (index >= 0 && index > least && (isBlank(text.charAt(index)) || text.charAt(index) === '-')) index--;
  return index < 0 || text.charAt(index) === '\n' || isQuote(text.charAt(index));
}

/**
 * What belongs to a name by indentation: the lines below that are indented more than its own. Null when there are none,
 * or when the first of them has a name of its own.
 */
export function blockBelow(text: string, nameStart: number, lineEnd: number): Value | null {
  const own = indentation(text, text.lastIndexOf('\n', nameStart) + 1);
  let start = -1;
  let end = -1;
  for (let line = lineEnd + 1; line < text.length;) {
    const found = text.indexOf('\n', line);
    const stop = found < 0 ? text.length : found;
    const indent = indentation(text, line);
    const isEmpty = line + indent >= stop || text.charAt(line + indent) === '\r';
    if (!isEmpty) {
      if (indent <= own && !(text.charAt(line + indent) === '-' && indent === own)) break;
      if (start < 0 && hasName(text, line + indent, stop)) return null;
      if (start < 0) start = line + indent;
      end = text.charAt(stop - 1) === '\r' ? stop - 1 : stop;
    }
    line = stop + 1;
  }
  return start < 0 ? null : { start, end };
}

function indentation(text: string, lineStart: number): number {
  let index = lineStart;
  while (isBlank(text.charAt(index))) index++;
  return index - lineStart;
}

/** `name: value`, `name=value`, `- name: value` */
function hasName(text: string, start: number, stop: number): boolean {
  let index = start;
  while (index < stop && (text.charAt(index) === '-' || isBlank(text.charAt(index)))) index++;
  const begin = index;
  while (index < stop && index - begin < LONGEST_NAME && isNameCharacter(text.charCodeAt(index))) index++;
  const next = text.charAt(index);
  const after = text.charAt(index + 1);
  return (
    index > begin && ((next === ':' && (after === '' || after === ' ' || after === '\n')) || next === '=')
  );
}

/** Small letters only, but for the punctuation behind them. */
export function isPlainWord(text: string, start: number, end: number): boolean {
  let last = end;
  while (last > start && '.,;:!?)'.includes(text.charAt(last - 1))) last--;
  for (let index = start; index < last; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x61 || code > 0x7a) return false;
  }
  return true;
}
