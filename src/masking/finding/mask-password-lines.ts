/*
 * Lines of `.pgpass`: `host:port:database:user:password`. Four colons, a port, and names tell them from other words.
 */
import { MaskedCopy } from '../../mark';

/** Text without the last fields of such lines, wherever one stands. */
export function maskPasswordLines(text: string): string {
  const masked = new MaskedCopy(text);
  let last = 0;
  // The colon in front of the port is what is looked for: most texts have few.
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    const behind = BEHIND_HOST.exec(text.slice(colon, colon + LONGEST_HEAD))?.[0];
    if (behind === undefined || !isHost(text, colon, last)) continue;
    const start = colon + behind.length;
    let end = start;
    while (end < text.length && !ENDS.has(text.charAt(end))) end++;
    if (end > start) masked.hide(start, end);
    last = end;
    colon = Math.max(colon, end - 1);
  }
  return masked.toString();
}

const LONGEST_HEAD = 150;
/** A port that servers have, database and user. */
const BEHIND_HOST = /^:(?:[1-9][0-9]{3,4}|\*):(?:[A-Za-z_][\w-]{0,62}|\*):(?:[A-Za-z_][\w.-]{0,62}|\*):/;
const ENDS: ReadonlySet<string> = new Set([' ', '\t', '\n', '\r', '"', "'", '`', ',', '<', '>']);

/** True when a whole word is a host, an address, a socket's folder or `*`. */
function isHost(text: string, colon: number, last: number): boolean {
  let start = colon;
  while (start > last && colon - start <= LONGEST_HOST && HOST_LETTERS.test(text.charAt(start - 1))) start--;
  return (start === 0 || BEFORE_HOST.has(text.charAt(start - 1))) && HOST.test(text.slice(start, colon));
}

const LONGEST_HOST = 100;
const HOST_LETTERS = /[\w.*/-]/;
const BEFORE_HOST: ReadonlySet<string> = new Set([...ENDS, '=', '(']);
const HOST = /^(?:[A-Za-z][\w.-]*|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\*|\/[\w/.-]+)$/;
