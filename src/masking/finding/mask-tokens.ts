/*
 * Secrets that are known by their form: keys with the prefix of their issuer, JSON web tokens, private keys, hashes of
 * passwords, and what follows `Bearer` and `Basic`.
 *
 * The texts are hostile: each character is looked at a bounded number of times, and no regular expression is used.
 */
import { MaskedCopy } from '../../mark';
import { isRandom } from '../judging/shapes';
import { hidesInBase64 } from './encoded-json';
import { maskCutKeys } from './mask-cut-keys';
import { endOfMarked } from './marked-tokens';
import { ALNUM, DOTTED, FORMS_BY_FIRST, TOKEN68, endOfRun, isOneOf, type TokenForm } from './token-forms';

/** Text without keys, tokens and hashes. `findsSecret` judges JSON that was found in base64. */
export function maskTokens(whole: string, findsSecret: (json: string) => boolean): string {
  const text = maskCutKeys(whole);
  const masked = new MaskedCopy(text);
  // A run of letters without a JSON web token has none further on either; so each is looked through once.
  let noJwtBefore = 0;
  let readBefore = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (!mayBegin(text, index, code)) continue;
    let end = endOfKnown(text, index, FORMS_BY_FIRST.get(code)) ?? endOfScheme(text, index, code);
    let kept = keptLength(text, index, code);
    if (end < 0) {
      end = endOfMarked(text, index);
      kept = 0;
    }
    if (end < 0 && code === LOWER_E && index >= noJwtBefore && text.startsWith('eyJ', index)) {
      noJwtBefore = endOfRun(text, index, DOTTED);
      if (isJwt(text, index, noJwtBefore)) end = noJwtBefore;
    }
    if (end < 0 && (code === LOWER_E || code === UPPER_W) && index >= readBefore) {
      const stop = endOfRun(text, index, TOKEN68);
      if (hidesInBase64(text, index, stop, findsSecret)) end = stop;
      else if (stop - index > LOOKED_AT) readBefore = stop;
    }
    if (end < 0) continue;
    masked.hide(index + kept, end);
    index = end - 1;
  }
  return masked.toString();
}

const LOWER_E = 0x65;
const UPPER_W = 0x57;

/** Not in the middle of a word. What an escape (`\\n`, `%3D`) ends with is none. */
function mayBegin(text: string, index: number, code: number): boolean {
  if (index === 0 || code === 0x2d || !isOneOf(text.charCodeAt(index - 1), ALNUM)) return true;
  if (code >= 0x30 && code <= 0x39)
    return text.startsWith('bot', index - 3) && !isOneOf(text.charCodeAt(index - 4), ALNUM);
  return text.charCodeAt(index - 2) === 0x5c || text.charCodeAt(index - 3) === 0x25;
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
    // Fewer letters are enough at the end of a text that was cut, because half a token must be hidden too.
    const enough =
      text.startsWith('...', end) && end + 3 >= text.length ? Math.min(least, LEAST_OF_CUT) : least;
    if (end - from < enough || end - from > most) return false;
    const run = text.slice(from, end);
    if (prefix.length <= 3 && enough === least) return isRandom(run) || (letters !== DOTTED && hasMany(run));
    return letters === DOTTED && enough === least
      ? run.split('.').some((part) => part.length >= 16 && looksMade(part))
      : looksMade(run);
  });
  return found === undefined ? null : endOfRun(text, start + found.prefix.length, found.letters);
}

/** How much of a run of letters tells whether it is a token. More than the least that any form has. */
const LOOKED_AT = 128;
const LEAST_OF_CUT = 6;

/** True for several digits and capitals, which a snake_case identifier does not have. */
function hasMany(run: string): boolean {
  let digits = 0;
  let capitals = 0;
  for (let index = 0; index < run.length; index++) {
    const code = run.charCodeAt(index);
    if (code >= 0x30 && code <= 0x39) digits++;
    else if (code >= 0x41 && code <= 0x5a) capitals++;
  }
  return digits >= 2 && capitals >= 2;
}

/** A program made it: it has digits, or capitals among small letters. `xxxx` in an example has neither. */
function looksMade(run: string): boolean {
  let changes = 0;
  let small = 0;
  let before = 0;
  for (let index = 0; index < run.length; index++) {
    const code = run.charCodeAt(index);
    if (code >= 0x30 && code <= 0x39) return true;
    const kind = code >= 0x41 && code <= 0x5a ? 2 : code >= 0x61 && code <= 0x7a ? 1 : 0;
    if (kind === 1) small++;
    if (kind !== before && kind !== 0) changes++;
    before = kind;
  }
  if (small === 0 && run.length >= 20) return new Set(run).size >= 8;
  return small > 0 && changes * 3 > run.length;
}

/** Three parts at least, of which the first is a JSON object in base64; the second may be empty. */
function isJwt(text: string, start: number, end: number): boolean {
  const run = text.slice(start, end);
  const firstDot = run.indexOf('.');
  return (
    firstDot >= 8 &&
    run.length > 24 &&
    (run.indexOf('.', firstDot + 1) > 0 || run.startsWith('eyJ', firstDot + 1))
  );
}

/** Keeps the authentication scheme readable. */
function keptLength(text: string, index: number, code: number): number {
  return SCHEME_LETTERS.has(code | 0x20) ? schemeLength(text, index) : 0;
}

/** Returns the length of `Bearer ` or `Basic `, in any case and with the blank; 0 when there is neither. */
function schemeLength(text: string, start: number): number {
  const word = SCHEMES.find((scheme) => text.slice(start, start + scheme.length).toLowerCase() === scheme);
  return word === undefined ? 0 : word.length;
}

const SCHEMES: readonly string[] = [
  'bearer ',
  'basic ',
  'bearer%20',
  'basic%20',
  'ssws ',
  'apikey ',
  'negotiate ',
  'ntlm ',
  'bearer: ',
  'bearer:',
  'geniekey ',
];
const SCHEME_LETTERS: ReadonlySet<number> = new Set(SCHEMES.map((scheme) => scheme.charCodeAt(0)));

/** `Bearer abc123...`, but not `Bearer authentication` and not `Basic realm="x"`. */
function endOfScheme(text: string, start: number, code: number): number {
  const length = SCHEME_LETTERS.has(code | 0x20) ? schemeLength(text, start) : 0;
  if (length === 0) return -1;
  const from = start + length;
  const end = endOfRun(text, from, TOKEN68, LOOKED_AT);
  if (
    end - from < 6 ||
    (text.charAt(end) === '"' && text.charAt(end - 1) === '=' && !looksMade(text.slice(from + 1, end - 1)))
  )
    return -1;
  // A capital at the beginning makes no token.
  return looksMade(text.slice(from + 1, end)) || text.charAt(end - 1) === '='
    ? endOfRun(text, from, TOKEN68)
    : -1;
}
