/*
 * The state of a scan about names: a name that was announced for a value elsewhere, the surrounding object or list
 * under a secret name, and a JSON web key.
 */
import { SERVICES } from '../judging/harmless-values';
import type { Judge } from '../judging/judge';
import { wholeName } from '../judging/nested-numbers';
import { isBlank, nameBefore, quotedValue, type NameAt } from './assigned-names';
import { endOfWord } from './assigned-values';
import { isIdentifier, NAMING, VALUES, WEB_KEY_SECRETS } from './names-apart';

/** How far after `name: DB_PASSWORD` its `value:` may be. */
export const APART = 200;
/** How far into a text an object under a secret name is followed. */
const LONGEST_SCOPE = 4000;
/** A sample value that every rule hides, unless the name only describes a secret. */
const ANY_SECRET = 'pl41n-s3cret';

export class NameContext {
  private readonly text: string;
  private readonly judge: Judge;
  /**
   * A secret name that was itself a value (`"name": "DB_PASSWORD"`), and the index up to which its own value may
   * follow.
   */
  private awaited = '';
  private awaitedUntil = -1;

  /** The secret name of the surrounding object or list, and how many brackets have been opened since. */
  private scope = '';
  private depth = 0;
  private scopeUntil = -1;
  /** The secret name of the block of YAML that this is in, how far it is indented, and up to where it is followed. */
  private block = '';
  private blockIndent = 0;
  private blockUntil = -1;
  private line = { start: 0, seen: 0 };
  /** After `"kty"`, short names are parts of a JSON web key. */
  private webKeyUntil = -1;

  constructor(text: string, judge: Judge) {
    this.text = text;
    this.judge = judge;
  }

  /** Returns the second of two words that are not one name (`entry key=`). */
  nameAt(index: number): NameAt {
    const at = nameBefore(this.text, index);
    const space = at.name.lastIndexOf(' ');
    if (space < 0 || this.judge.suspicion(at.name) !== 'none') return at;
    return { ...at, name: at.name.slice(space + 1), start: at.start + space + 1 };
  }

  /** False for names that cannot belong to a secret. */
  matters(at: NameAt): boolean {
    if (at.name === '') return false;
    const lower = at.name.toLowerCase();
    if (VALUES.has(lower)) this.noteTag(at);
    if (lower === 'kty') this.webKeyUntil = at.start + LONGEST_SCOPE;
    return (
      NAMING.has(lower) ||
      VALUES.has(lower) ||
      lower === 'type' ||
      this.judge.suspicion(this.nameFor(at)) !== 'none'
    );
  }

  /** `<token value="x"/>` */
  private noteTag(at: NameAt): void {
    if (!isBlank(this.text.charAt(at.start - 1))) return;
    const tag = /<([A-Za-z][\w.:-]{1,40})\s{1,4}$/.exec(
      this.text.slice(Math.max(0, at.start - 50), at.start),
    )?.[1];
    if (tag !== undefined && this.judge.suspicion(tag) !== 'none') this.announce(tag, at.start);
  }

  /** True for `"name": "DB_PASSWORD"` and its like: from now on its value is awaited. */
  noteName(at: NameAt, index: number): boolean {
    const lower = at.name.toLowerCase();
    if (!NAMING.has(lower) && lower !== 'type') return false;
    const { text } = this;
    const start = skipBlanks(text, index + 1, MOST_BLANKS);
    const value = quotedValue(text, start) ?? {
      start,
      end: endOfWord(text, start, Math.min(start + 66, text.length)),
    };
    if (value.end - value.start > 64 || value.end <= value.start) return false;
    const name = text.slice(value.start, value.end).replace(/[,;}\]]{1,3}$/, '');
    const suspicion = this.judge.suspicion(name);
    if (suspicion === 'none' || (lower === 'type' && suspicion !== 'certain') || !isIdentifier(name))
      return false;
    this.announce(name, value.end);
    return true;
  }

  /** The name by which a value is judged: its own, or the one that was announced for it. */
  nameFor({ name, start, quoted }: NameAt): string {
    if ((quoted || this.isMember(start)) && start <= this.webKeyUntil && WEB_KEY_SECRETS.has(name))
      return 'privateKey';
    if (this.awaited !== '' && start <= this.awaitedUntil && VALUES.has(name.toLowerCase()))
      return this.awaited;
    if (this.judge.suspicion(name) !== 'none') return name;
    if (start > this.scopeUntil) this.scope = '';
    const scope = this.scope === '' ? this.blockAt(start) : this.scope;
    if (scope === '') return name;
    return SERVICES.has(name.toLowerCase()) ? scope : `${scope} ${name}`;
  }

  /** `, k: 'x'` */
  private isMember(start: number): boolean {
    return /[{,\n] {0,8}$/.test(this.text.slice(Math.max(0, start - 9), start));
  }

  /** Returns the secret name in `{"value":"x","name":"DB_PASSWORD"}`; null when there is none. */
  announcedBehind(at: NameAt, end: number): string | null {
    if (!VALUES.has(at.name.toLowerCase())) return null;
    const behind = this.text.slice(end, end + APART);
    if (!/^["'\\]{1,9}\s{0,9},/.test(behind)) return null;
    const close = behind.indexOf('}');
    for (const [, key, name] of (close < 0 ? behind : behind.slice(0, close + 1)).matchAll(MEMBER)) {
      if (name === undefined || !NAMING.has((key ?? '').toLowerCase())) continue;
      if (this.judge.suspicion(name) !== 'none') return name;
    }
    return null;
  }

  openScope(at: NameAt, bracket: number): null {
    const name = this.nameFor(at);
    if (!this.judge.hides(name, ANY_SECRET)) return null;
    this.scope = wholeName([name]).join(' ');
    this.depth = 0;
    this.scopeUntil = bracket + LONGEST_SCOPE;
    return null;
  }

  /** The lines below that are indented more belong to this name. */
  openIndented(at: NameAt): void {
    const name = this.nameFor(at);
    if (name === this.block || !this.judge.hides(name, ANY_SECRET)) return;
    // Deeper in a block, the outer name goes on to count.
    if (this.blockAt(at.start) !== '') return;
    this.block = wholeName([name]).join(' ');
    this.blockIndent = Math.min(this.columnOf(at.start), indentationAt(this.text, this.line.start));
    this.blockUntil = at.start + LONGEST_SCOPE;
  }

  private blockAt(start: number): string {
    if (this.block === '') return '';
    if (start > this.blockUntil || this.columnOf(start) <= this.blockIndent) this.block = '';
    return this.block;
  }

  /** Where a name begins in its line. Names are asked for in their order, so no line is looked through twice. */
  private columnOf(start: number): number {
    for (let index = start - 1; index >= this.line.seen; index--) {
      if (this.text.charAt(index) !== '\n') continue;
      this.line.start = index + 1;
      break;
    }
    this.line.seen = Math.max(this.line.seen, start);
    return start - this.line.start;
  }

  openBracket(index: number): null {
    if (this.scope !== '') this.depth++;
    else if (isBlank(this.text.charAt(index - 1))) {
      // Terraform: `variable "db_password" {`
      const at = nameBefore(this.text, index);
      if (at.quoted && at.name !== '' && this.judge.suspicion(at.name) !== 'none') {
        this.openScope(at, index);
        this.depth = 1;
      }
    }
    return null;
  }

  closeBracket(): null {
    if (this.scope !== '' && --this.depth <= 0) this.scope = '';
    return null;
  }

  /** The secret name of the object or list that the character at `index` is in; empty when there is none. */
  scopeAt(index: number): string {
    if (index > this.scopeUntil) this.scope = '';
    return this.scope;
  }

  /** Returns the name that was announced for a value near `index`, once; empty when there is none. */
  takeAwaited(index: number): string {
    const name = this.awaitedUntil >= index ? this.awaited : '';
    this.awaited = '';
    return name;
  }

  /** From now on, a value is awaited for this name. */
  announce(name: string, end: number): void {
    this.awaited = name;
    this.awaitedUntil = end + APART;
  }
}

/** Blanks, and the dash of a list's item. */
function indentationAt(text: string, start: number): number {
  let index = start;
  while (index - start < MOST_INDENTED && (isBlank(text.charAt(index)) || text.charAt(index) === '-'))
    index++;
  return index - start;
}

const MOST_INDENTED = 200;
/** Of a bounded piece of text: a member whose value is quoted. */
const MEMBER = /[\s,]["'\\]{0,9}(\w{1,20})["'\\]{0,9}\s{0,9}:\s{0,9}["'\\]{1,9}([\w.[\]-]{1,64})["'\\]/g;

export function skipBlanks(text: string, start: number, most: number): number {
  let index = start;
  while (index - start < most && isBlank(text.charAt(index))) index++;
  return index;
}

const MOST_BLANKS = 40;
