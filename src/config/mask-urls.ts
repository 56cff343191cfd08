import { isRandom } from './harmless-values';
import { MaskedCopy } from './mark';

/**
 * `scheme://user:password@host` becomes `scheme://user:***@host`, wherever in the text; a user that is a key, and the
 * paths of web hooks, become `***` as well. Takes linear time.
 */
export function maskUrls(text: string): string {
  let mark = text.indexOf('://');
  if (mark < 0) return text;
  const masked = new MaskedCopy(text);
  while (mark >= 0) {
    const next = text.indexOf('://', mark + 3);
    const limit = next < 0 ? text.length : next;
    if (!hideUserInfo(masked, text, mark + 3, limit)) hideWebHook(masked, text, mark + 3, limit);
    mark = next;
  }
  return masked.toString();
}

/** True when there was something to hide. */
function hideUserInfo(masked: MaskedCopy, text: string, start: number, limit: number): boolean {
  const found = findUserInfo(text, start, limit);
  if (found === null) return false;
  const { colon, at } = found;
  const userEnd = colon < 0 ? at : colon;
  const userIsKey = userEnd - start <= MAX_USER_LENGTH && isRandom(text.slice(start, userEnd));
  if (userIsKey) masked.hide(start, userEnd);
  const hasPassword = colon >= 0 && at > colon + 1;
  if (hasPassword) masked.hide(colon + 1, at);
  return userIsKey || hasPassword;
}

const MAX_USER_LENGTH = 200;

/** Where user and password of one URL end: at the first colon and the last `@` of what stands before the path. */
function findUserInfo(text: string, start: number, limit: number): { colon: number; at: number } | null {
  let colon = -1;
  let at = -1;
  let pathSeen = false;
  // The colons of an IPv6 address are no user info.
  if (text.charAt(start) === '[') return null;
  for (let index = start; index < limit; index++) {
    const character = text.charAt(index);
    if (URL_ENDS.has(character)) break;
    if (PATH_BEGINS.has(character)) {
      // Behind a path, an `@` belongs to the user info only if a raw `/` or `#` stands in the password.
      if (at >= 0 || colon < 0 || isPort(text, colon + 1, index)) break;
      pathSeen = true;
    } else if (character === ':' && colon < 0 && at < 0) colon = index;
    else if (character === '@') {
      at = index;
      if (pathSeen) break;
    }
  }
  return at < 0 ? null : { colon, at };
}

const URL_ENDS: ReadonlySet<string> = new Set([' ', '\t', '\n', '\r', '"', "'", '`', '<', '>']);
const PATH_BEGINS: ReadonlySet<string> = new Set(['/', '?', '#']);

/** True for `8080` and for nothing at all: `http://host:/@x` has no password. Looks at six characters at most. */
function isPort(text: string, start: number, end: number): boolean {
  if (end - start > 5) return false;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

/** Whoever knows the path of a web hook may use it. */
function hideWebHook(masked: MaskedCopy, text: string, start: number, limit: number): void {
  const hook = WEB_HOOKS.find((begin) => text.startsWith(begin, start));
  if (hook === undefined) return;
  let end = start + hook.length;
  while (end < limit && !URL_ENDS.has(text.charAt(end))) end++;
  if (end > start + hook.length) masked.hide(start + hook.length, end);
}

const WEB_HOOKS: readonly string[] = [
  'hooks.slack.com/services/',
  'hooks.slack.com/triggers/',
  'hooks.slack.com/workflows/',
  'discord.com/api/webhooks/',
  'discordapp.com/api/webhooks/',
  'outlook.office.com/webhook/',
];
