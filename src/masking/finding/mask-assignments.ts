/*
 * Secrets that stand in a text behind their name: connection strings (`Server=db;Password=x`), queries of URLs, headers,
 * lines of configuration files, JSON, options of a command, SQL.
 *
 * The texts may be hostile, so each character is examined a bounded number of times, and no regular expression is
 * applied to more than a word.
 */
import { MaskedCopy } from '../../mark';
import type { Judge } from '../judging/judge';
import { isProse } from '../judging/shapes';
import { isAdjacentValue } from './adjacent-values';
import { isBlank, isQuote, nameBefore, quotedValue, skipType, type NameAt } from './assigned-names';
import {
  beginsLine,
  behindScheme,
  blockBelow,
  endOfEncoded,
  endOfHeader,
  endOfWord,
  isGetter,
  isPlainWord,
  Lines,
  untilSemicolon,
  type Value,
} from './assigned-values';
import { bodyOfPart, bufferAt, endOfBraces, flowItems, isComment } from './flow-values';
import { isIntroduced } from './mask-sentences';
import { spokenValue } from './mask-spoken';
import { APART, NameContext, skipBlanks } from './name-context';
import { isIdentifier, isSplitKey, NAMING, SIGNING } from './names-apart';
import { calledValue, changedTo, columnValue, taggedValue, typedValue } from './paired-values';

/** Text with `***` for the value of each assignment that `judge` finds secret. */
export function maskAssignments(text: string, judge: Judge): string {
  const masked = new MaskedCopy(text);
  const scan = new Scan(text, judge);
  for (let index = 1; index < text.length; index++) {
    const value = scan.valueAt(index);
    if (value === null || value.end <= value.start) continue;
    masked.hide(value.start, value.end);
    index = value.end - 1;
    const next = changedTo(text, value.end);
    if (next === null) continue;
    masked.hide(next.start, next.end);
    index = next.end - 1;
  }
  return masked.toString();
}

const EQUALS = 0x3d;
const COLON = 0x3a;
const PERCENT = 0x25;
const GREATER = 0x3e;
const SPACE = 0x20;
const TAB = 0x09;
const COMMA = 0x2c;
const PARENTHESIS = 0x28;
/** Longer than any value that is harmless under a secret name. */
const LONGEST_JUDGED = 401;
const MOST_BLANKS = 40;
/** One pass over a text. */
class Scan {
  private readonly text: string;
  private readonly judge: Judge;
  private readonly lines: Lines;
  private readonly names: NameContext;
  constructor(text: string, judge: Judge) {
    this.text = text;
    this.judge = judge;
    this.lines = new Lines(text);
    this.names = new NameContext(text, judge);
  }

  /** Returns the secret that the character at `index` assigns; null when there is none. */
  valueAt(index: number): Value | null {
    switch (this.text.charCodeAt(index)) {
      case EQUALS:
        return columnValue(this.text, index, this.judge) ?? this.afterEquals(index);
      case COLON:
        return this.afterColon(index);
      case PERCENT:
        return this.afterEncoded(index);
      case GREATER:
        return this.afterTag(index);
      case COMMA:
        return this.afterComma(index);
      case SPACE:
      case TAB:
        return spokenValue(this.text, index, this.judge, this.lines);
      case 0x7b:
      case 0x5b:
        return this.names.openBracket(index);
      case 0x7d:
      case 0x5d:
        return this.names.closeBracket();
      case 0x22:
      case 0x27:
        return this.scopedItem(index);
      case PARENTHESIS:
        return calledValue(this.text, index, this.judge);
      default:
        return null;
    }
  }

  private afterEquals(index: number): Value | null {
    const { text } = this;
    const next = text.charAt(index + 1);
    const before = text.charAt(index - 1);
    // Comparisons of a program's text.
    if (next === '=' || before === '!' || before === '=' || before === '<' || before === '>') return null;
    const at = this.names.nameAt(index);
    if (!this.names.matters(at) && !SIGNING.has(at.name.toLowerCase())) return null;
    const isArrow = next === '>';
    let start = index + (isArrow ? 2 : 1);
    const spaced = isBlank(before) || isArrow || before === ':';
    if (spaced || isBlank(next)) start = skipBlanks(text, start, spaced ? MOST_BLANKS : 1);
    if (isArrow) start = skipType(text, start);
    const quoted = quotedValue(text, start);
    // `token => token.trim()` is a function; `"token" => "x"` and `[token] => x` are data.
    if (isArrow && quoted === null && !at.quoted && !']%'.includes(text.charAt(index - 2))) return null;
    const kind = this.isInQuery(at.start) ? 'query' : 'equals';
    if (quoted !== null) return this.judged(at, quoted, kind);
    if (/^\{\s/.test(text.slice(start, start + 2))) return this.names.openScope(at, start);
    return this.judgedTo(at, start, (limit) => this.unquoted(start, isArrow, limit), kind);
  }

  private unquoted(start: number, isArrow: boolean, limit: number): number {
    const { text, lines } = this;
    const braced = isArrow ? -1 : endOfBraces(text, start, limit);
    if (braced >= 0 && lines.hasSemicolons(start)) return braced;
    if (isArrow || !lines.hasSemicolons(start)) return endOfWord(text, behindScheme(text, start), limit);
    return untilSemicolon(text, start, Math.min(lines.endOf(start), limit));
  }

  /** Searches for the end of a value only as far as the judgement needs it, and to the end if it is a secret. */
  private judgedTo(
    at: NameAt,
    start: number,
    endOf: (limit: number) => number,
    kind: 'member' | 'equals' | 'query' = 'member',
  ): Value | null {
    const limit = Math.min(start + LONGEST_JUDGED, this.text.length);
    const value = this.judged(at, { start, end: endOf(limit) }, kind);
    return value === null || value.end < limit || value.start !== start
      ? value
      : { start, end: endOf(this.text.length) };
  }

  private judgedWord(at: NameAt, start: number): Value | null {
    return this.judgedTo(at, start, (limit) => endOfWord(this.text, start, limit));
  }

  /** Behind `?` or `&`. */
  private isInQuery(nameStart: number): boolean {
    const before = this.text.charAt(nameStart - 1);
    return before === '?' || before === '&' || before === '#' || before === ';';
  }

  private afterColon(index: number): Value | null {
    const { text } = this;
    const next = text.charAt(index + 1);
    // `:=`, and the colon of a URL's scheme.
    if (next === '=' || (next === '/' && text.charAt(index + 2) === '/')) return null;
    const at = this.names.nameAt(index);
    if (!this.names.matters(at) || this.names.noteName(at, index)) return null;
    const start = skipBlanks(text, index + 1, MOST_BLANKS);
    const quoted =
      start > index + 1 || at.quoted || isQuote(next) || next === '\\' || next === '&' || next === '%'
        ? quotedValue(text, start)
        : null;
    if (quoted !== null) return this.judged(at, quoted);
    if (this.judge.suspicion(this.names.nameFor(at)) === 'none') return null;
    const typed = typedValue(text, start) ?? bufferAt(text, start);
    if (typed !== null) return this.judged(at, typed);
    const first = text.charAt(start);
    if (!at.quoted && isComment(text, start)) return this.belowColon(at, this.lines.endOf(start));
    if (first === '\n' || first === '\r' || first === '') return this.belowColon(at, start);
    if (first === '|' || first === '>') return this.blockAfter(at, start);
    // Members of an object without a telling name of their own, and items of a list, inherit this name.
    if (first === '{' || first === '[') return this.flowValue(at, start) ?? this.names.openScope(at, start);
    if (start === index + 1 && !at.quoted)
      return isAdjacentValue(text, { at, start, inBraces: this.inBraces(at.start) }, (name) =>
        this.judge.suspicion(name === at.name ? this.names.nameFor(at) : name),
      )
        ? this.judgedWord(at, start)
        : null;
    return this.spacedValue(at, start);
  }

  /** `tokens: [aB3dE5, x7]` */
  private flowValue(at: NameAt, bracket: number): Value | null {
    const flow = flowItems(this.text, bracket);
    const name = this.names.nameFor(at);
    return flow?.items.some((item) => this.judge.hides(name, item)) === true ? flow.value : null;
  }

  private spacedValue(at: NameAt, start: number): Value | null {
    const { text, lines, judge } = this;
    const name = this.names.nameFor(at);
    if (at.quoted) return this.judgedWord(at, start);
    if (isGetter(text, start)) return null;
    const lineEnd = lines.endOf(start);
    const isHeader = HEADERS.has(at.name.toLowerCase()) && !NOTHING_FIRST.test(text.slice(start, start + 16));
    if (isHeader || (beginsLine(text, at.start) && !this.inBraces(at.start))) {
      const value = { start, end: endOfHeader(text, start, lineEnd) };
      const first = NUMBER_FIRST.exec(text.slice(start, start + 24))?.[1];
      // `tokens: 4096, sessions: 12`
      if (first !== undefined && judge.suspicion(name) !== 'certain' && !judge.hides(name, first))
        return null;
      const isSpoken =
        !isHeader &&
        judge.suspicion(name) !== 'certain' &&
        isProse(text.slice(start, Math.min(value.end, start + 200)));
      return isSpoken ? null : this.judged(at, value);
    }
    const end = endOfWord(text, start, Math.min(start + LONGEST_JUDGED, text.length));
    // Prose is not a secret: "wrong password: must be longer". Inside braces, it is a value.
    if (isPlainWord(text, start, end) && !(this.inBraces(at.start) && '},'.includes(text.charAt(end))))
      return judge.suspicion(name) === 'certain' && isIntroduced(text, at.start, { start, end })
        ? { start, end }
        : null;
    return this.judgedWord(at, start);
  }

  /** `{password: x`, `{ user: u, password: x` */
  private inBraces(nameStart: number): boolean {
    let index = nameStart - 1;
    while (index >= 0 && isBlank(this.text.charAt(index))) index--;
    const before = this.text.charAt(index);
    return (
      before === '{' || (before === ',' && this.text.slice(Math.max(0, index - APART), index).includes('{'))
    );
  }

  private belowColon(at: NameAt, lineEnd: number): Value | null {
    const { text, judge } = this;
    const stop = text.charAt(lineEnd) === '\r' ? lineEnd + 1 : lineEnd;
    const block = blockBelow(text, at.start, stop);
    if (block !== null) return this.judged(at, block);
    this.names.openIndented(at);
    // `Password:` at a prompt, and the answer on the next line.
    if (judge.suspicion(this.names.nameFor(at)) !== 'certain' || at.quoted) return null;
    const start = stop + 1;
    const end = this.lines.endOf(Math.min(start, text.length));
    const line = text.slice(start, Math.min(end, start + LONGEST_JUDGED)).trimEnd();
    const isAnswer =
      start < text.length && !/[\s:=]/.test(line) && (beginsLine(text, at.start) || /[0-9]/.test(line));
    return isAnswer ? this.judged(at, { start, end }) : null;
  }

  /** Block scalars of YAML: `|` or `>` and the lines below. */
  private blockAfter(at: NameAt, start: number): Value | null {
    const end = this.lines.endOf(start);
    if (end - start > 4) return this.spacedValue(at, start);
    const block = blockBelow(this.text, at.start, end);
    return block === null ? null : this.judged(at, { start: block.start, end: block.end });
  }

  /** `token%3Dx%26`, `%22token%22%3A%22x%22` */
  private afterEncoded(index: number): Value | null {
    const { text } = this;
    const sign = text.slice(index, index + 3).toUpperCase();
    if (sign !== '%3D' && sign !== '%3A') return null;
    const at = nameBefore(text, index);
    if (!this.names.matters(at) && !SIGNING.has(at.name.toLowerCase())) return null;
    if (sign === '%3A' && !at.quoted) return null;
    const start = index + 3;
    const kind = sign === '%3D' ? 'query' : 'member';
    const quoted = quotedValue(text, start);
    if (quoted !== null) return this.judged(at, quoted, kind);
    return this.judgedTo(at, start, (limit) => endOfEncoded(text, start, limit), kind);
  }

  private afterTag(index: number): Value | null {
    const found = taggedValue(this.text, index, this.names, this.judge);
    return found === null ? null : this.judged({ name: found.name, start: index, quoted: true }, found.value);
  }

  /** `"X-Api-Key", "x"`, `["password","x"]` */
  private afterComma(index: number): Value | null {
    const { text } = this;
    if (!isQuote(text.charAt(index - 1))) return null;
    const at = nameBefore(text, index);
    if (!at.quoted || this.judge.suspicion(at.name) === 'none') return null;
    const start = skipBlanks(text, index + 1, MOST_BLANKS);
    const next = text.charAt(start) === '\r' ? start + 1 : start;
    const value = quotedValue(
      text,
      text.charAt(next) === '\n' ? skipBlanks(text, next + 1, MOST_BLANKS) : start,
    );
    if (value === null || isPlainWord(text, value.start, value.end) || this.isMemberName(value.end))
      return null;
    let open = at.start - 1;
    while (open > 0 && at.start - open < MOST_BLANKS && `"'\\ \t\r\n`.includes(text.charAt(open))) open--;
    const isPair = text.charAt(open) === '[' || text.charAt(open) === '(';
    const isHeader =
      at.name.includes('-') || /^[A-Z][a-z]/.test(at.name) || HEADERS.has(at.name.toLowerCase());
    const shown = text.slice(value.start, Math.min(value.end, value.start + 64));
    const isName = shown.length < 32 && isIdentifier(shown) && this.judge.suspicion(shown) !== 'none';
    return (isPair || isHeader) && (!isName || shown.includes(' ')) ? this.judged(at, value) : null;
  }

  /** An item of a list under a secret name. */
  private scopedItem(index: number): Value | null {
    const { text } = this;
    const scope = this.names.scopeAt(index);
    if (scope === '') return null;
    let open = index - 1;
    while (open >= 0 && index - open < MOST_BLANKS && ' \t\r\n\\'.includes(text.charAt(open))) open--;
    if (!'[,'.includes(text.charAt(open))) return null;
    let at = index;
    while (at > 0 && text.charAt(at - 1) === '\\') at--;
    const value = quotedValue(text, at);
    if (value === null) return null;
    return this.isMemberName(value.end)
      ? null
      : this.judged({ name: scope, start: index, quoted: true }, value);
  }

  /** True when a colon follows the closing quote at `end`. */
  private isMemberName(end: number): boolean {
    let next = end;
    while (next - end < MOST_BLANKS && next < this.text.length && '"\'\\ '.includes(this.text.charAt(next)))
      next++;
    return this.text.charAt(next) === ':';
  }

  private judged(at: NameAt, value: Value, kind: 'member' | 'equals' | 'query' = 'member'): Value | null {
    const { text, judge } = this;
    if (value.end <= value.start) {
      const next = changedTo(text, value.end);
      return next === null || next.end <= next.start ? null : this.judged(at, next, kind);
    }
    const shown = text.slice(value.start, Math.min(value.end, value.start + LONGEST_JUDGED));
    if (NAMING.has(at.name.toLowerCase()) && judge.suspicion(shown) !== 'none' && isIdentifier(shown)) {
      this.names.announce(shown, value.end);
      return this.afterDisposition(shown, value.end);
    }
    if (at.name.toLowerCase() === 'key' && isSplitKey(text, at.start, shown)) return value;
    const name = this.names.announcedBehind(at, value.end) ?? this.names.nameFor(at);
    if (name !== at.name) this.names.takeAwaited(value.start);
    const hides =
      kind === 'member' ? judge.hides(name, shown) : judge.hidesParameter(name, shown, kind === 'query');
    if (!hides) return null;
    return name.toLowerCase() === 'pass' && this.isTally(shown) ? null : value;
  }

  /** True for test results: `pass=12 fail=0`. */
  private isTally(value: string): boolean {
    if (!/^[0-9]{1,9}$/.test(value)) return false;
    this.tally ??= /\b(?:fail|failed|failures|skip|skipped|total|tests)\b/i.test(this.text.slice(0, 100_000));
    return this.tally;
  }

  private tally: boolean | undefined;

  /** The body of a part of a form: `name="password"`, an empty line, the value. */
  private afterDisposition(name: string, end: number): Value | null {
    const value = bodyOfPart(this.text, end, this.lines);
    if (value === null) return null;
    this.names.takeAwaited(value.start);
    const shown = this.text.slice(value.start, Math.min(value.end, value.start + LONGEST_JUDGED));
    return this.judge.hides(name, shown) ? value : null;
  }
}

const NUMBER_FIRST = /^([0-9]{1,12})[,; \n]/;
const NOTHING_FIRST = /^(?:undefined|null|true|false)[ ,}]/;
/** Headers whose values may contain blanks: `Bearer x`, `a=b; c=d`. */
const HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
]);
