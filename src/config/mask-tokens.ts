/*
 * Secrets that are known by their form: keys with the prefix of their issuer, JSON web tokens, private keys, hashes of
 * passwords, and what follows `Bearer` and `Basic`.
 *
 * The texts are hostile: each character is looked at a bounded number of times, and no regular expression is used.
 */
import { MaskedCopy } from './mark';

/** Letters of a token: bits of {@link CLASSES}. */
const HEX = 1;
const UPPER = 2;
const ALNUM = 4;
const URL_SAFE = 8;
const DOTTED = 16;
const TOKEN68 = 32;
const HASH = 64;

/** A key as its issuer makes it: what it begins with, and how many letters of which kind follow. */
interface TokenForm {
  readonly prefix: string;
  readonly letters: number;
  readonly least: number;
  /** No more than this; else it is a word of something longer. */
  readonly most: number;
}

function form(prefix: string, letters: number, least: number, most = Number.MAX_SAFE_INTEGER): TokenForm {
  return { prefix, letters, least, most };
}

function forms(prefixes: string, letters: number, least: number): TokenForm[] {
  return prefixes.split(' ').map((prefix) => form(prefix, letters, least));
}

/** Publishable keys (`pk_live_...`) are not among them. */
export const TOKEN_FORMS: readonly TokenForm[] = [
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA', 'AROA', 'AIDA'].map((prefix) => form(prefix, UPPER, 16, 16)),
  ...forms('ghp_ gho_ ghu_ ghs_ ghr_ github_pat_', URL_SAFE, 22),
  ...forms('glpat- gldt- glrt- glptt- glsoat- glcbt- glimt- glft-', DOTTED, 18),
  ...forms('xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xoxe.xoxp- xapp-', URL_SAFE, 12),
  ...forms('sk_live_ sk_test_ rk_live_ rk_test_ whsec_ sk-ant- sk-proj- sk-svcacct- sk-or-', URL_SAFE, 16),
  form('sk-', ALNUM, 20),
  form('AIza', URL_SAFE, 35, 35),
  ...forms('ya29. hvs. hvb. hvr. SG. pul- dp.st. dp.pt.', DOTTED, 20),
  ...forms(
    'GOCSPX- tskey- PMAK- NRAK- glsa_ ntn_ lin_api_ figd_ ATATT3 ATCTT3 pypi- rubygems_',
    URL_SAFE,
    16,
  ),
  form('npm_', ALNUM, 36, 36),
  ...forms('hf_ r8_ gsk_ pplx- nfp_ sbp_ fo1_ dckr_pat_ dckr_oat_', ALNUM, 20),
  ...forms('dop_v1_ doo_v1_ dor_v1_ shpat_ shpss_ shpca_ shppa_ xkeysib- pscale_tkn_ EZAK', ALNUM, 24),
  ...forms('sq0atp- sq0csp- sntrys_ sntryu_', TOKEN68, 20),
  form('key-', HEX, 32, 32),
  form('dapi', HEX, 32, 32),
  form('LTAI', ALNUM, 16, 26),
  form('oy2', ALNUM, 43, 43),
  form('AGE-SECRET-KEY-1', UPPER, 50),
  ...forms('$2a$ $2b$ $2y$ $argon2id$ $argon2i$ $argon2d$ $5$ $6$ $y$ $scrypt$ $pbkdf2', HASH, 20),
];

/** The forms by the first character of their prefix. */
const BY_FIRST: ReadonlyMap<number, readonly TokenForm[]> = groupForms();

function groupForms(): Map<number, TokenForm[]> {
  const groups = new Map<number, TokenForm[]>();
  for (const token of TOKEN_FORMS) {
    const first = token.prefix.charCodeAt(0);
    groups.set(first, [...(groups.get(first) ?? []), token]);
  }
  return groups;
}

/** Text without keys, tokens and hashes. */
export function maskTokens(text: string): string {
  const masked = new MaskedCopy(text);
  // A run of letters without a JSON web token has none further on either; so each is looked through once.
  let noJwtBefore = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (!mayBegin(text, index, code)) continue;
    let end = endOfKnown(text, index, BY_FIRST.get(code)) ?? endOfOthers(text, index, code);
    if (end < 0 && code === LOWER_E && index >= noJwtBefore && text.startsWith('eyJ', index)) {
      noJwtBefore = endOfRun(text, index, DOTTED);
      if (isJwt(text, index, noJwtBefore)) end = noJwtBefore;
    }
    if (end < 0) continue;
    masked.hide(index + keptLength(text, index, code), end);
    index = end - 1;
  }
  return masked.toString();
}

const LOWER_E = 0x65;

/** Not in the middle of a word. What an escape (`\\n`, `%3D`) ends with is none. */
function mayBegin(text: string, index: number, code: number): boolean {
  if (index === 0 || code === 0x2d || !isOneOf(text.charCodeAt(index - 1), ALNUM)) return true;
  return text.charCodeAt(index - 2) === 0x5c || text.charCodeAt(index - 3) === 0x25;
}

/** `Bearer` and `Basic` stay, so that one sees which kind of access it was. */
function keptLength(text: string, index: number, code: number): number {
  return (code | 0x20) === 0x62 ? schemeLength(text, index) : 0;
}

function endOfKnown(
  text: string,
  start: number,
  candidates: readonly TokenForm[] | undefined,
): number | null {
  const found = candidates?.find(({ prefix, letters, least, most }) => {
    if (!text.startsWith(prefix, start)) return false;
    const from = start + prefix.length;
    const end = endOfRun(text, from, letters, Math.min(most + 1, LOOKED_AT));
    return end - from >= least && end - from <= most && looksMade(text, from, end);
  });
  return found === undefined ? null : endOfRun(text, start + found.prefix.length, found.letters);
}

/** How much of a run of letters tells whether it is a token. More than the least that any form has. */
const LOOKED_AT = 64;

/** -1 when nothing begins here. */
function endOfOthers(text: string, start: number, code: number): number {
  if ((code | 0x20) === 0x62) return endOfAccess(text, start);
  if (code >= 0x30 && code <= 0x39) return endOfBotToken(text, start);
  if (code === 0x4c) return endOfEncodedKey(text, start);
  if (code === 0x2d) return endOfPrivateKey(text, start);
  return -1;
}

/** A program made it: it has digits, or capitals among small letters. `xxxx` in an example has neither. */
function looksMade(text: string, start: number, end: number): boolean {
  let small = false;
  let capital = false;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x30 && code <= 0x39) return true;
    if (code >= 0x41 && code <= 0x5a) capital = true;
    else if (code >= 0x61 && code <= 0x7a) small = true;
  }
  return small && capital;
}

/** Three parts at least, of which the first is a JSON object in base64; the second may be empty. */
function isJwt(text: string, start: number, end: number): boolean {
  const run = text.slice(start, end);
  const firstDot = run.indexOf('.');
  return firstDot >= 8 && run.length > 24 && run.indexOf('.', firstDot + 1) > 0;
}

/** The length of `Bearer ` or `Basic `, in any case, blanks included; 0 when neither stands here. */
function schemeLength(text: string, start: number): number {
  const word = SCHEMES.find((scheme) => text.slice(start, start + scheme.length).toLowerCase() === scheme);
  return word === undefined ? 0 : word.length;
}

const SCHEMES: readonly string[] = ['bearer ', 'basic '];

/** `Bearer abc123...`, but not `Bearer authentication` and not `Basic realm="x"`. */
function endOfAccess(text: string, start: number): number {
  const length = schemeLength(text, start);
  if (length === 0) return -1;
  const from = start + length;
  const end = endOfRun(text, from, TOKEN68, LOOKED_AT);
  if (end - from < 6 || text.charAt(end) === '"') return -1;
  // A capital at the beginning makes no token.
  return looksMade(text, from + 1, end) || text.charAt(end - 1) === '=' ? endOfRun(text, from, TOKEN68) : -1;
}

/** `123456789:AA...`, as the bots of Telegram have it. */
function endOfBotToken(text: string, start: number): number {
  const colon = endOfRun(text, start, HEX, 11);
  if (colon - start < 8 || !text.startsWith(':AA', colon)) return -1;
  const end = endOfRun(text, colon + 1, URL_SAFE, 36);
  return end - colon - 1 === 35 ? end : -1;
}

/** `-----BEGIN PRIVATE KEY-----` to its end, or to that of the text where it was cut. Certificates stay. */
function endOfPrivateKey(text: string, start: number): number {
  if (!text.startsWith(PEM_BEGIN, start)) return -1;
  const label = text.slice(start + PEM_BEGIN.length, start + PEM_BEGIN.length + MAX_LABEL_LENGTH);
  const labelEnd = label.indexOf('-----');
  if (labelEnd < 0 || !label.slice(0, labelEnd).includes('PRIVATE KEY')) return -1;
  const last = text.indexOf('-----END ', start);
  const end = last < 0 ? -1 : text.indexOf('-----', last + PEM_END_LENGTH);
  return end < 0 ? text.length : end + 5;
}

const PEM_BEGIN = '-----BEGIN ';
const PEM_END_LENGTH = 9;
const MAX_LABEL_LENGTH = 64;

/** The same in base64, as Kubernetes has it. */
function endOfEncodedKey(text: string, start: number): number {
  if (!text.startsWith('LS0tLS1CRUdJTi', start)) return -1;
  const label = text.slice(start, start + MAX_LABEL_LENGTH + 32);
  return ENCODED_LABELS.some((part) => label.includes(part)) ? endOfRun(text, start, TOKEN68) : -1;
}

/** `PRIVATE KEY` in base64 at each of the three places that it can have in a group of three bytes. */
const ENCODED_LABELS: readonly string[] = ['UFJJVkFURSBLRV', 'BSSVZBVEUgS0VZ', 'QUklWQVRFIEtF'];

/** Where letters of this kind end, after `most` at the latest. */
function endOfRun(text: string, start: number, letters: number, most = Number.MAX_SAFE_INTEGER): number {
  const limit = Math.min(text.length, start + most);
  let end = start;
  while (end < limit && isOneOf(text.charCodeAt(end), letters)) end++;
  return end;
}

function isOneOf(code: number, letters: number): boolean {
  return code < 128 && ((CLASSES[code] ?? 0) & letters) !== 0;
}

/** For each ASCII character, the kinds of letters that it is one of. */
const CLASSES: Uint8Array = makeClasses();

function makeClasses(): Uint8Array {
  const classes = new Uint8Array(128);
  const add = (characters: string, letters: number): void => {
    for (const character of characters) {
      const code = character.charCodeAt(0);
      classes[code] = (classes[code] ?? 0) | letters;
    }
  };
  const small = 'abcdefghijklmnopqrstuvwxyz';
  const capitals = small.toUpperCase();
  const all = ALNUM | URL_SAFE | DOTTED | TOKEN68 | HASH;
  add(small + capitals + '0123456789', all);
  add('0123456789abcdefABCDEF', HEX);
  add(`${capitals}0123456789`, UPPER);
  add('-_', URL_SAFE | DOTTED | TOKEN68);
  add('.', DOTTED | TOKEN68 | HASH);
  add('+/=', TOKEN68 | HASH);
  add('$,-_', HASH);
  add('~', TOKEN68);
  return classes;
}
