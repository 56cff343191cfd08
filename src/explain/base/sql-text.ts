import { MASK } from '../../mark';

const MAX_SHOWN = 160;
/** More is not looked at. */
const MAX_READ = 4096;

interface Place {
  /** What is shown so far. */
  readonly shown: string;
  readonly rest: string;
}

/** What is shown of a part of a statement; null: nothing of it, nor of what follows. */
type Show = (found: RegExpExecArray, place: Place) => string | null;

const cut: Show = () => null;
const asIs: Show = ([text]) => text;
const blank: Show = () => ' ';
const value: Show = () => '?';

/*
 * Databases differ in where a text ends: whether a backslash escapes a quote, and what begins a comment. A statement in
 * which that matters is shown up to there only, because what one database takes for a text is visible code for another.
 */
const PARTS: readonly (readonly [RegExp, Show])[] = [
  // The quote that ends a text may have been masked with it.
  [new RegExp(MASK.replaceAll('*', '\\*'), 'y'), cut],
  [/\s+/y, blank],
  [/--(?=\s|$)[^\n]*/y, blank],
  // MariaDB takes it for two signs.
  [/--[^\n'"`$#*]*(?=\n|$)/y, blank],
  [/--/y, cut],
  // PostgreSQL has comments in comments; MariaDB runs those with an exclamation mark.
  [/\/\*(?!M?!)(?:(?!\/\*|\*\/)[\s\S])*\*\//y, blank],
  [/\/\*/y, cut],
  // A comment of MariaDB, an operator of PostgreSQL.
  [/#/y, cut],
  [/\$\d+/y, value],
  [/\$[\p{L}_]?[\p{L}\p{N}_]*\$/uy, cut],
  [/'(?:[^'\\]|''|\\[^'])*('?)/y, ([, end]) => (end === '' ? null : '?')],
  [/"(?:[^"\\]|""|\\[^"])*("?)/y, showDoubleQuoted],
  [/`(?:[^`]|``)*(`?)/y, ([text, end]) => (end === '' ? null : /^`[\w$-]{1,64}`$/.test(text) ? text : '?')],
  // A name of SQL Server, or the index or the items of an array.
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

/** A text of MariaDB never stands beside a dot, nor where a table does. */
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
