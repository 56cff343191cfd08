/*
 * Secrets that follow a word and a blank: options of a command (`--password x`), SQL (`IDENTIFIED BY 'x'`), netrc
 * (`password x`), Redis (`AUTH x`).
 */
import type { Judge } from '../judging/judge';
import { wordSet } from '../judging/name-words';
import { isPlaceholder, isProse } from '../judging/shapes';
import { isBlank, isNameCharacter, isQuote, quotedValue } from './assigned-names';
import { beginsLine, endOfHeader, endOfWord, isPlainWord, type Lines, type Value } from './assigned-values';
import { saidValue } from './mask-sentences';

const LONGEST_WORD = 64;

/** Returns the secret after the blank at `index`; null when there is none. */
export function spokenValue(text: string, index: number, judge: Judge, lines: Lines): Value | null {
  const before = text.charCodeAt(index - 1);
  if (!isNameCharacter(before) && !isQuote(text.charAt(index - 1))) return null;
  const wordEnd = isQuote(text.charAt(index - 1)) ? index - 1 : index;
  let start = wordEnd;
  while (start > 0 && wordEnd - start < LONGEST_WORD && isNameCharacter(text.charCodeAt(start - 1))) start--;
  const word = text.slice(start, wordEnd);
  if (word.length < 2) return null;
  let at = index;
  while (isBlank(text.charAt(at)) && at - index < 16) at++;
  // A column of blanks, and what the option is for.
  if (word.startsWith('-') && at - index > 1 && isPlainWord(text, at, endOfWord(text, at, at + 64)))
    return null;
  if (word.startsWith('-')) return afterOption(text, word, at, judge);
  const lower = word.toLowerCase();
  if (wordEnd < index && lower !== 'auth') return saidValue(text, { start, end: wordEnd }, at, judge);
  if (lower === 'auth')
    return word === 'AUTH' || isQuote(text.charAt(start - 1))
      ? afterAuth(text, start, at, lines)
      : afterUserOption(text, at, judge);
  if (AUTHORIZING.has(lower)) return quotedValue(text, at);
  if (at - index >= 2 && beginsLine(text, start)) return inColumn(text, { name: word, at }, judge, lines);
  if (judge.suspicion('password') === 'none') return null;
  const isCommand = word === 'PASS' && text.startsWith('> ', start - 2);
  const keyword =
    isCommand || SPOKEN.has(lower) || isDirective(word) ? afterKeyword(text, lower, start, at) : null;
  return keyword ?? saidValue(text, { start, end: wordEnd }, at, judge);
}

/** `insecure-password x`, `sasl_password x`: a compound is no word of prose. */
function isDirective(word: string): boolean {
  return /[a-z0-9][_-](?:password|passwd|passphrase|secret|pass|pw|access_key)$/i.test(word);
}

/** A row of a table: the name, some blanks, and up to the end of the line one word that does not look like prose. */
function inColumn(
  text: string,
  { name, at }: { readonly name: string; readonly at: number },
  judge: Judge,
  lines: Lines,
): Value | null {
  if (judge.suspicion(name) === 'none') return null;
  const end = endOfHeader(text, at, lines.endOf(at));
  const value = text.slice(at, Math.min(end, at + 401));
  return /\s/.test(value) || !/[0-9]/.test(value) || !judge.hides(name, value) ? null : { start: at, end };
}

/** Headers in configurations such as nginx's: `proxy_set_header Authorization "Bearer x"`. */
const AUTHORIZING: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization']);

/** The last words of phrases that introduce a password. */
const SPOKEN: ReadonlySet<string> = new Set([
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'by',
  'requirepass',
  'masterauth',
]);

/** Words after an option that begin a sentence about it, so they are not its value. */
const PROSE: ReadonlySet<string> = wordSet(`
  to is are was or and option options flag flags instead argument arguments requires must for with without not has
  needs can may should if when in on of the a an value given missing set from via using through by string int bool
  number text path file list duration
`);

function afterOption(text: string, option: string, at: number, judge: Judge): Value | null {
  if (USER_OPTIONS.has(option)) return afterUserOption(text, at, judge);
  const name = option.replace(/^-+/, '');
  if (name.length < 2 || name.startsWith('no-') || judge.suspicion(name) === 'none') return null;
  const quoted = quotedValue(text, at);
  const value = quoted ?? { start: at, end: endOfWord(text, at) };
  const shown = text.slice(value.start, Math.min(value.end, value.start + 400));
  if (quoted === null && (shown.startsWith('-') || PROSE.has(shown.toLowerCase()))) return null;
  // `--token TOKEN`, as in a description of the options.
  if (shown.length <= 32 && /^[A-Z_]+$/.test(shown) && name.toUpperCase().endsWith(shown)) return null;
  return judge.hides(name, shown) ? value : null;
}

/** `curl -u bob:x`, but neither `--user 1000:1000` nor `-u node:node`. */
function afterUserOption(text: string, at: number, judge: Judge): Value | null {
  const quoted = quotedValue(text, at);
  const value = quoted ?? { start: at, end: endOfWord(text, at, Math.min(at + 300, text.length)) };
  const pair = text.slice(value.start, Math.min(value.end, value.start + 300));
  const colon = pair.indexOf(':');
  const secret = pair.slice(colon + 1);
  if (
    colon < 1 ||
    pair.slice(0, colon).includes('/') ||
    secret === pair.slice(0, colon) ||
    /^[0-9]{0,6}$/.test(secret) ||
    isPlaceholder(secret)
  )
    return null;
  return judge.suspicion('password') === 'none' ? null : { start: value.start + colon + 1, end: value.end };
}

const USER_OPTIONS: ReadonlySet<string> = new Set([
  '-u',
  '-U',
  '--user',
  '--proxy-user',
  '--userpwd',
  '--creds',
]);

/** `IDENTIFIED BY 'x'`, `PASSWORD 'x'`, `machine h login u password x`. */
function afterKeyword(text: string, word: string, start: number, at: number): Value | null {
  if (word === 'by' && !/identified(?: with \S{1,40})? $/i.test(text.slice(Math.max(0, start - 64), start)))
    return null;
  const quoted = quotedValue(text, at);
  if (quoted !== null) return quoted.end - quoted.start > 0 && !isSentence(text, quoted) ? quoted : null;
  if (word === 'by') return null;
  const value = { start: at, end: endOfWord(text, at) };
  if (value.end - value.start < 3) return null;
  const isNetrc = / login \S{1,100} $| login \S{1,100}\s{1,20}$/.test(
    ` ${text.slice(Math.max(0, start - 130), start)}`,
  );
  if (word === 'requirepass' || word === 'masterauth' || isNetrc) return value;
  return isPlainWord(text, value.start, value.end) ||
    !looksChosen(text.slice(value.start, Math.min(value.end, value.start + 64)))
    ? null
    : value;
}

function isSentence(text: string, { start, end }: Value): boolean {
  return text.slice(start, Math.min(end, start + 40)).includes(' ');
}

/** True for letters mixed with digits or with signs that do not occur in prose. */
function looksChosen(word: string): boolean {
  const stripped = word.replace(/[.,;:!?)]+$/, '');
  if (!/^[\x21-\x7e]+$/.test(stripped) || stripped.includes('://') || stripped.startsWith('/')) return false;
  return (
    /[A-Za-z]/.test(stripped) &&
    (/[0-9]/.test(stripped) || /[!@#$%^&*~]/.test(stripped)) &&
    !/[()[\]{}<>]/.test(stripped)
  );
}

const QUOTED_PAIR = /^"[^"\n]{1,250}"(?: "[^"\n]{1,250}"){0,1}/;

function skipOneBlank(text: string, index: number): number {
  return isBlank(text.charAt(index)) ? index + 1 : index;
}

/** Redis and SMTP: `AUTH x`, `AUTH user x`, `AUTH PLAIN x`, `"AUTH" "x"`. */
function afterAuth(text: string, start: number, at: number, lines: Lines): Value | null {
  const begins =
    start === 0 || '\n>:"\''.includes(text.charAt(start - 1)) || text.startsWith('> ', start - 2);
  let valueStart = at;
  const mechanism = /^(?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2|NTLM|GSSAPI|SCRAM-SHA-256|SCRAM-SHA-1)\b ?/.exec(
    text.slice(at, at + 20),
  )?.[0];
  if (mechanism !== undefined) valueStart = at + mechanism.length;
  if (!begins) {
    const value = { start: valueStart, end: endOfWord(text, valueStart, Math.min(at + 401, text.length)) };
    if (looksChosen(text.slice(value.start, value.end))) return value;
    // `AUTH default x`
    const second = skipOneBlank(text, value.end);
    const next = { start: second, end: endOfWord(text, second, Math.min(second + 401, text.length)) };
    return isPlainWord(text, value.start, value.end) && looksChosen(text.slice(next.start, next.end))
      ? next
      : null;
  }
  // `"AUTH" "user" "x"`
  const pair = isQuote(text.charAt(valueStart))
    ? QUOTED_PAIR.exec(text.slice(valueStart, valueStart + 600))?.[0]
    : undefined;
  if (pair !== undefined) return { start: valueStart + 1, end: valueStart + pair.length - 1 };
  const end = endOfHeader(text, valueStart, lines.endOf(valueStart));
  if (isProse(text.slice(valueStart, Math.min(end, valueStart + 200)))) return null;
  return end - valueStart >= 3 ? { start: valueStart, end } : null;
}
