/** `1 client`, `4 clients`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * `4 of 4 clients in use, 6 waiting`. What is not known is left out; empty when nothing is.
 */
export function usage(
  inUse: number | null,
  limit: number | null,
  noun: string,
  waiting: number | null,
): string {
  const parts: string[] = [];
  if (inUse !== null && limit !== null) parts.push(`${inUse} of ${counted(limit, noun)} in use`);
  else if (inUse !== null) parts.push(`${counted(inUse, noun)} in use`);
  if (waiting !== null) parts.push(`${waiting} waiting`);
  return parts.join(', ');
}

/** Parts of SQL that are or may be values: texts, numbers, and what is behind them in a comment; and quoted names. */
const SQL_VALUES =
  /'(?:[^'\\]|''|\\.)*(?:'|$)|"(?:[^"\\]|""|\\.)*(?:"|$)|`[^`]*(?:`|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\b(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b/gi;
const SQL_COMMENT = /^(?:--|\/\*)/;
// Whether a text ends at such a quote depends on the dialect and on settings of the server.
const SQL_UNCERTAIN = /\\['"]/;
const MYSQL_COMMENT = /#[^\n'"]*(?=\n|$)/g;
// The first is a quote in a comment, or one behind a # in a text.
const MYSQL_UNCERTAIN = /#[^\n'"]*['"]|\\['"]/;
const PARAMETER = /\$\d+/g;
const MAX_SQL = 160;

/** SQL on one line, with `?` in place of its values: `SELECT * FROM acct WHERE id = ? FOR UPDATE`. */
export function sqlWithoutValues(sql: string, maxLength: number = MAX_SQL): string {
  return withoutValues(sql, maxLength, SQL_UNCERTAIN, quotedName);
}

/** The same for MySQL and MariaDB: there, texts may be in double quotes, and comments begin with `#` too. */
export function mysqlWithoutValues(sql: string, maxLength: number = MAX_SQL): string {
  return withoutValues(sql.replaceAll(MYSQL_COMMENT, ' '), maxLength, MYSQL_UNCERTAIN, (quoted) =>
    quoted.startsWith('`') ? quotedName(quoted) : '?',
  );
}

function withoutValues(
  sql: string,
  maxLength: number,
  uncertain: RegExp,
  quotedText: (quoted: string) => string,
): string {
  const end = sql.search(uncertain);
  const plain = (end < 0 ? sql : sql.slice(0, end))
    .replaceAll(PARAMETER, '?')
    .replaceAll(SQL_VALUES, (found) => {
      if (SQL_COMMENT.test(found)) return ' ';
      return /^["`]/.test(found) ? quotedText(found) : '?';
    })
    .replaceAll(/\s+/g, ' ')
    .trim();
  return end >= 0 || plain.length > maxLength ? `${plain.slice(0, maxLength)}...` : plain;
}

/** What is in such quotes is usually a name. */
function quotedName(quoted: string): string {
  return /^(["`])[A-Za-z_]\w{0,63}\1$/.test(quoted) ? quoted : '?';
}

/** A URL without credentials, values of the query, and fragment: `https://api.example/price?key=...`. */
export function urlWithoutValues(url: string): string {
  const [address = '', query] = url.replace(/#.*$/s, '').split('?', 2);
  const bare = address.replace(/^([a-z][\w+.-]*:\/\/)[^/@]*@/i, '$1');
  return query === undefined || query === '' ? bare : `${bare}?...`;
}
