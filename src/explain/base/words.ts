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

/** Parts of SQL that are or may be values: texts, numbers, and what is behind them in a comment. */
const SQL_VALUES =
  /'(?:[^'\\]|''|\\.)*(?:'|$)|"(?:[^"\\]|""|\\.)*(?:"|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\b(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b/gi;
const PARAMETER = /\$\d+/g;
const MAX_SQL = 160;

/** SQL on one line, with `?` in place of its values: `SELECT * FROM acct WHERE id = ? FOR UPDATE`. */
export function sqlWithoutValues(sql: string, maxLength: number = MAX_SQL): string {
  const plain = sql
    .replaceAll(PARAMETER, '?')
    .replaceAll(SQL_VALUES, (found) =>
      /^(?:--|\/\*)/.test(found) ? ' ' : found.startsWith('"') ? quotedName(found) : '?',
    )
    .replaceAll(/\s+/g, ' ')
    .trim();
  return plain.length > maxLength ? `${plain.slice(0, maxLength)}...` : plain;
}

/** PostgreSQL has names in double quotes, MariaDB texts. */
function quotedName(quoted: string): string {
  return /^"[A-Za-z_]\w{0,63}"$/.test(quoted) ? quoted : '?';
}

/** A URL without credentials, values of the query, and fragment: `https://api.example/price?key=...`. */
export function urlWithoutValues(url: string): string {
  const [address = '', query] = url.replace(/#.*$/s, '').split('?', 2);
  const bare = address.replace(/^([a-z][\w+.-]*:\/\/)[^/@]*@/i, '$1');
  return query === undefined || query === '' ? bare : `${bare}?...`;
}
