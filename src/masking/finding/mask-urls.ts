/*
 * Masks secrets in URLs and similar texts: `scheme://user:password@host`, also percent-encoded inside another URL,
 * `user:password@tcp(host:3306)/db` as Go has it, `thin:scott/tiger@host` as Oracle has it, and the paths of web hooks.
 */
import { MaskedCopy } from '../../mark';
import { isNumeric, isRandom, isUuid } from '../judging/shapes';

/** Masks passwords in URLs, users that are keys, and the paths of web hooks. Takes linear time. */
export function maskUrls(text: string): string {
  return maskEncodedUrls(maskBareUsers(maskPlainUrls(text)));
}

function maskPlainUrls(text: string): string {
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
  const user = text.slice(start, Math.min(userEnd, start + MAX_USER_LENGTH));
  const userIsKey = userEnd - start <= MAX_USER_LENGTH && (isRandom(user) || isUuid(user));
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
  let index = start;
  // The colons of an IPv6 address are no user info.
  if (text.charAt(start) === '[') return null;
  for (; index < limit; index++) {
    const character = text.charAt(index);
    if (URL_ENDS.has(character) && !(colon >= 0 && at < 0 && isInPassword(text, start, index))) break;
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
  if (at >= 0) return { colon, at };
  return colon >= 0 && !pathSeen && isCut(text, colon + 1, index) ? { colon, at: index } : null;
}

/** True for a quote that does not close the one before the URL, when the user info goes on behind it. */
function isInPassword(text: string, start: number, index: number): boolean {
  const character = text.charAt(index);
  if (character !== "'" || isOpened(text, start, character)) return false;
  return /^'[\w.~!$&()*+;=%^-]{0,64}@[\w[]/.test(text.slice(index, index + 68));
}

/** True when this quote stands in front of the scheme of the URL, or of the name of which it is the value. */
function isOpened(text: string, start: number, quote: string): boolean {
  return text.slice(Math.max(0, start - LOOKED_BACK), start).includes(quote);
}

const LOOKED_BACK = 40;

/** True when the text ends after `scheme://user:pass`: that is not a port, so a password was cut. */
function isCut(text: string, start: number, end: number): boolean {
  const ellipsis = text.startsWith('...', end - 3) ? 3 : 0;
  const last = end - ellipsis;
  // More settings follow, as in `jdbc:sqlserver://db:1433;user=sa`.
  if (/[;=]/.test(text.slice(start, Math.min(last, start + MAX_USER_LENGTH)))) return false;
  return (
    end >= text.length &&
    last > start &&
    !isPort(text, start, last) &&
    text.charCodeAt(start) !== 0x24 &&
    !isDriveOrTemplate(text.charAt(start))
  );
}

/** `file://C:\x`, `http://host:{port}`, `http://host:<port>` */
function isDriveOrTemplate(character: string): boolean {
  return (
    character === '\\' || character === '{' || character === '<' || character === '*' || character === '%'
  );
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
  if (limit - start < SHORTEST_HOOK) return;
  const host = text.slice(start, Math.min(limit, start + LONGEST_HOOK)).toLowerCase();
  const hook = WEB_HOOKS.find(({ hosts, path }) => hostMatches(host, hosts) && host.includes(path));
  let end = start;
  while (end < limit && !URL_ENDS.has(text.charAt(end))) end++;
  if (hook !== undefined) {
    const from = start + host.indexOf(hook.path) + hook.path.length;
    if (end > from) masked.hide(from, end);
    return;
  }
  // For any other host: a part of the path that looks random, after one that is called a hook.
  const named = HOOK_PARTS.map((part) => host.indexOf(part)).find((found) => found > 0);
  if (named === undefined) return;
  const from = text.indexOf('/', start + named + 1) + 1;
  if (from <= 0 || from >= end) return;
  const path = text.slice(from, Math.min(end, from + 400));
  if (isRandom(path) || path.split(/[/?&=]/).some((part) => UUID_BEGIN.test(part))) masked.hide(from, end);
}

/** It may be cut. */
const UUID_BEGIN = /^[0-9a-f]{8}-[0-9a-f]{4}(?:-[0-9a-f]{0,12}){0,3}$/i;
const LONGEST_HOOK = 160;
const SHORTEST_HOOK = 16;
const HOOK_PARTS: readonly string[] = [
  '/hooks/',
  '/hook/',
  '/webhook/',
  '/webhooks/',
  '/incoming/',
  '/integration/',
  '/trigger/',
];

function hostMatches(url: string, hosts: readonly string[]): boolean {
  const end = url.search(/[/?:]/);
  const host = end < 0 ? url : url.slice(0, end);
  return hosts.some((known) => host === known || host.endsWith(`.${known}`));
}

interface WebHook {
  readonly hosts: readonly string[];
  readonly path: string;
}

const WEB_HOOKS: readonly WebHook[] = [
  { hosts: ['hooks.slack.com', 'hooks.slack-gov.com'], path: '/services/' },
  { hosts: ['hooks.slack.com', 'hooks.slack-gov.com'], path: '/triggers/' },
  { hosts: ['hooks.slack.com', 'hooks.slack-gov.com'], path: '/workflows/' },
  { hosts: ['discord.com', 'discordapp.com'], path: '/webhooks/' },
  { hosts: ['office.com', 'office365.com'], path: '/webhook/' },
  { hosts: ['office.com', 'office365.com'], path: '/webhookb2/' },
  { hosts: ['hooks.zapier.com'], path: '/catch/' },
  { hosts: ['make.com', 'integromat.com'], path: '.make.com/' },
  { hosts: ['maker.ifttt.com'], path: '/key/' },
  { hosts: ['open.feishu.cn', 'open.larksuite.com'], path: '/hook/' },
  { hosts: ['events.pagerduty.com'], path: '/integration/' },
  { hosts: ['pipedream.net'], path: '.m.pipedream.net/' },
  { hosts: ['webhook.site', 'hc-ping.com', 'hchk.io'], path: '/' },
  { hosts: ['alert.victorops.com'], path: '/alert/' },
  { hosts: ['chat.googleapis.com'], path: '&token=' },
];

/**
 * `user:password@host` without a scheme, when what follows is clearly a host: `bob:x@tcp(db:3306)/shop`,
 * `bob:x@db.example:5432/shop`; and Oracle's `scott/tiger@db:1521/orcl`.
 */
function maskBareUsers(text: string): string {
  let at = text.indexOf('@');
  if (at < 0) return text;
  const masked = new MaskedCopy(text);
  let last = 0;
  for (; at >= 0; at = text.indexOf('@', at + 1)) {
    const start = startOfUser(text, at, last);
    last = at + 1;
    const user = text.slice(start, at);
    if (user.includes('://') || user.startsWith('//')) continue;
    const colon = separatorOf(user);
    if (colon < 0) continue;
    // Where the text says what it is, a name of Oracle's own may follow: `jdbc:oracle:thin:scott/tiger@orcl`.
    if (!IS_ORACLE.test(user) && !beginsHost(text, at + 1, user.charAt(colon) === '/')) continue;
    const secret = user.slice(colon + 1);
    if (secret === '' || secret === '***' || (isNumeric(secret) && secret.length <= 5)) continue;
    masked.hide(start + colon + 1, at);
  }
  return masked.toString();
}

/** Does not handle passwords that contain an `@`. */
function startOfUser(text: string, at: number, least: number): number {
  let start = at;
  while (start > least && at - start < MAX_USER_LENGTH && !USER_BREAKS.has(text.charAt(start - 1))) start--;
  return start;
}

const USER_BREAKS: ReadonlySet<string> = new Set([
  ' ',
  '\t',
  '\n',
  '\r',
  '"',
  "'",
  '`',
  '<',
  '>',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ',',
  ';',
  '=',
  '|',
]);

const IS_ORACLE = /^(?:jdbc:)?oracle:/;

/**
 * Returns the index of the colon after a user, or of the slash in `jdbc:oracle:thin:scott/tiger`; -1 if there is none.
 */
function separatorOf(user: string): number {
  const slash = user.indexOf('/');
  if (IS_ORACLE.test(user)) return slash;
  if (slash > 0 && /^[A-Za-z][\w$#]{0,30}\/[^/:@]{1,40}$/.test(user)) return slash;
  const colon = user.indexOf(':');
  return colon > 0 && /^[\w.+%-]{1,64}$/.test(user.slice(0, colon)) ? colon : -1;
}

/** `tcp(db:3306)`, `unix(/run/x.sock)`, `db.example:5432`, `10.0.0.1/shop`; for Oracle with a port or `//`. */
function beginsHost(text: string, start: number, isOracle: boolean): boolean {
  const host = text.slice(start, start + 300);
  if (isOracle)
    return (
      /^(?:\/\/)?[\w.-]{1,200}:[0-9]{2,5}(?:[/:]|$|[\s"'])/.test(host) || host.startsWith('(DESCRIPTION')
    );
  if (/^(?:tcp|unix|udp|cloudsql|tcp6)\(/.test(host)) return true;
  return (
    /^(?:[\w-]{1,63}\.){0,8}[\w-]{1,63}(?::[0-9]{2,5}(?:[/?\s"'),;]|$)|\/[\w-])/.test(host) &&
    !/^sha[0-9]{1,3}:/.test(host) &&
    !/^(?:npm|file|link|git|workspace|patch):/.test(host)
  );
}

/** `https%3A%2F%2Fuser%3Apassword%40host` */
function maskEncodedUrls(text: string): string {
  let mark = indexOfEncoded(text, 0);
  if (mark < 0) return text;
  const masked = new MaskedCopy(text);
  for (; mark >= 0; mark = indexOfEncoded(text, mark + ENCODED.length)) {
    const start = mark + ENCODED.length;
    let end = start;
    while (
      end - start < MAX_ENCODED_USER &&
      end < text.length &&
      !URL_ENDS.has(text.charAt(end)) &&
      text.charAt(end) !== '&' &&
      !text.startsWith('%2F', end) &&
      !text.startsWith('%2f', end)
    )
      end++;
    const user = text.slice(start, end);
    const at = user.lastIndexOf('%40');
    const colon = Math.max(user.indexOf('%3A'), user.indexOf('%3a'));
    if (colon < 0 || at < colon + 4) continue;
    masked.hide(start + colon + 3, start + at);
  }
  return masked.toString();
}

const ENCODED = '%3A%2F%2F';
const MAX_ENCODED_USER = 400;

function indexOfEncoded(text: string, from: number): number {
  const upper = text.indexOf(ENCODED, from);
  const lower = text.indexOf('%3a%2f%2f', from);
  if (upper < 0) return lower;
  return lower < 0 ? upper : Math.min(upper, lower);
}
