import { MASK } from '../../mark';

const MAX_SHOWN = 160;
/** The rest of a statement is not read. */
const MAX_READ = 4096;

interface Place {
  /** What precedes the part, as it is shown. */
  readonly shown: string;
  readonly rest: string;
}

/** Returns what is shown for a part of a statement; null: neither it nor anything after it is shown. */
type Show = (found: RegExpExecArray, place: Place) => string | null;

const cut: Show = () => null;
const asIs: Show = ([text]) => text;
const blank: Show = () => ' ';
const value: Show = () => '?';

/*
 * Databases differ in where a string ends: whether a backslash escapes a quote, and what begins a comment. A statement in
 * which that matters is shown only up to that place: what is code to one database is inside a string to another.
 */
const PARTS: readonly (readonly [RegExp, Show])[] = [
  // The quote that ends a string may have been masked with it.
  [new RegExp(MASK.replaceAll('*', '\\*'), 'y'), cut],
  [/\s+/y, blank],
  [/--(?=\s|$)[^\n]*/y, blank],
  // MariaDB reads `--` without a space as two minus signs.
  [/--[^\n'"`$#*]*(?=\n|$)/y, blank],
  [/--/y, cut],
  // PostgreSQL allows comments in comments; MariaDB executes those with an exclamation mark.
  [/\/\*(?!M?!)(?:(?!\/\*|\*\/)[\s\S])*\*\//y, blank],
  [/\/\*/y, cut],
  // A comment in MariaDB, an operator in PostgreSQL.
  [/#/y, cut],
  [/\$\d+/y, value],
  [/\$[\p{L}_]?[\p{L}\p{N}_]*\$/uy, cut],
  [/'(?:[^'\\]|''|\\[^'])*('?)/y, ([, end]) => (end === '' ? null : '?')],
  [/"(?:[^"\\]|""|\\[^"])*("?)/y, showDoubleQuoted],
  [/`(?:[^`]|``)*(`?)/y, ([text, end]) => (end === '' ? null : /^`[\w$-]{1,64}`$/.test(text) ? text : '?')],
  // A name in SQL Server, or the index or the items of an array.
  [/\[[^\]'"`]+['"`]/y, cut],
  [/\.?\d[\p{L}\p{N}_.]*/uy, value],
  [/[\p{L}_][\p{L}\p{N}_$]*/uy, asIs],
  [/[\s\S]/uy, asIs],
];

/**
 * SQL on one line, with `?` in place of its values and `...` for what is not shown:
 * `SELECT * FROM acct WHERE id = ? FOR UPDATE`.
 */
export function sqlWithoutValues(sql: string, maxShown: number = MAX_SHOWN): string {
  const text = sql.slice(0, MAX_READ);
  let shown = '';
  let at = 0;
  while (at < text.length && shown.length <= maxShown) {
    const [found, show] = partAt(text, at);
    at += Math.max(found[0].length, 1);
    const part = show(found, { shown, rest: text.slice(at, at + MAX_SHOWN) });
    if (part === null) return `${shown.trim()}...`;
    if (part !== ' ' || !shown.endsWith(' ')) shown += part;
  }
  shown = shown.trim();
  return shown.length > maxShown || at < sql.length ? `${shortened(shown, maxShown)}...` : shown;
}

function partAt(text: string, at: number): [RegExpExecArray, Show] {
  for (const [pattern, show] of PARTS) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) return [found, show];
  }
  // The last one matches anything.
  throw new Error('unreachable');
}

const TABLE_OR_ALIAS = /\b(?:FROM|JOIN|INTO|UPDATE|TABLE|AS) $/i;

/** In MariaDB, a string is never beside a dot, or where a table name is. */
function showDoubleQuoted([text, end]: RegExpExecArray, { shown, rest }: Place): string | null {
  if (end === '') return null;
  if (!/^"[A-Za-z_]\w{0,63}"$/.test(text)) return '?';
  if (shown.endsWith('.') || rest.startsWith('.')) return text;
  // TRIM(BOTH "x" FROM "text")
  return TABLE_OR_ALIAS.test(shown) && !/^\s*\)/.test(rest) ? text : '?';
}

function shortened(text: string, length: number): string {
  // Half of a surrogate pair is not a character.
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
