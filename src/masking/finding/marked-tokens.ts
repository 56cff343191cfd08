/*
 * Finds tokens that are recognized by a mark inside them or by their layout, not by their beginning: bot tokens of
 * Telegram and Discord, client secrets of Azure, private keys in PEM and PuTTY files.
 */
import { HEX, TOKEN68, URL_SAFE, endOfRun, isOneOf } from './token-forms';

/** Returns the end of such a token that begins at `start`; -1 when there is none. */
export function endOfMarked(text: string, start: number): number {
  const code = text.charCodeAt(start);
  if (code === 0x2d) return endOfPrivateKey(text, start);
  if (code === 0x4c) return endOfEncodedKey(text, start);
  if (code === 0x50) return endOfPuttyKey(text, start);
  if (!isOneOf(code, URL_SAFE)) return -1;
  if (isDigit(code)) {
    const bot = endOfBotToken(text, start);
    if (bot >= 0) return bot;
  }
  return endOfShaped(text, start);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** `123456789:AA...`, as the bots of Telegram have it; `1234567890123456|abc...`, as applications of Facebook do. */
function endOfBotToken(text: string, start: number): number {
  let colon = start;
  while (colon - start < 17 && isDigit(text.charCodeAt(colon))) colon++;
  if (colon - start >= 15 && text.charAt(colon) === '|') {
    const end = endOfRun(text, colon + 1, URL_SAFE, 42);
    return end - colon - 1 >= 27 && end - colon - 1 <= 40 ? end : -1;
  }
  if (colon - start < 8 || colon - start > 11) return -1;
  const sign = text.charAt(colon) === ':' ? 1 : text.startsWith('%3A', colon) ? 3 : 0;
  if (sign === 0 || !text.startsWith('AA', colon + sign)) return -1;
  const end = endOfRun(text, colon + sign, URL_SAFE, 37);
  return end - colon - sign >= 33 && end - colon - sign <= 36 ? end : -1;
}

/** Layouts with a mark inside a run of letters. The run is read once, and only as far as the mark can be. */
function endOfShaped(text: string, start: number): number {
  // Azure: three letters, a digit, `Q~`, then 31 to 34 letters.
  if (text.startsWith('Q~', start + 4) && isDigit(text.charCodeAt(start + 3))) {
    const end = endOfRun(text, start + 6, TOKEN68, 40);
    if (end - start - 6 >= 31) return end;
  }
  // Terraform: 14 letters, `.atlasv1.`, then 60 and more.
  if (text.startsWith('.atlasv1.', start + 14)) {
    const end = endOfRun(text, start + 23, TOKEN68);
    if (end - start - 23 >= 40) return end;
  }
  // Mailchimp: 32 hexadecimal digits and a data centre.
  if (text.startsWith('-us', start + 32) && endOfRun(text, start, HEX, 33) - start === 32) {
    const end = endOfRun(text, start + 35, HEX, 3);
    if (end > start + 35) return end;
  }
  // Airtable: `pat`, 14 letters, a dot, 64 hexadecimal digits.
  if (text.charAt(start + 17) === '.' && text.startsWith('pat', start)) {
    const end = endOfRun(text, start + 18, HEX, 65);
    if (end - start - 18 >= 40) return end;
  }
  return endOfDiscordToken(text, start);
}

/** Three parts: the id of the bot in base64, a time, and a signature. */
function endOfDiscordToken(text: string, start: number): number {
  if (!'MNO'.includes(text.charAt(start))) return -1;
  const first = endOfRun(text, start, URL_SAFE, 30);
  if (first - start < 23 || text.charAt(first) !== '.') return -1;
  const second = endOfRun(text, first + 1, URL_SAFE, 9);
  if (second - first - 1 < 5 || text.charAt(second) !== '.') return -1;
  const end = endOfRun(text, second + 1, URL_SAFE, 50);
  return end - second - 1 >= 25 ? end : -1;
}

/**
 * From `-----BEGIN PRIVATE KEY-----` to its end line, or to the end of a text that was cut. Certificates stay readable.
 */
function endOfPrivateKey(text: string, start: number): number {
  const begin = PEM_BEGINS.find((sign) => text.startsWith(sign, start));
  if (begin === undefined) return -1;
  const label = text.slice(start + begin.length, start + begin.length + MAX_LABEL_LENGTH);
  const labelEnd = label.indexOf('----');
  const isPrivate = (labelEnd < 0 ? label : label.slice(0, labelEnd)).includes('PRIVATE KEY');
  // A label that was cut counts as one.
  if (!isPrivate || (labelEnd < 0 && label.length === MAX_LABEL_LENGTH)) return -1;
  const last = text.indexOf(begin === PEM_BEGINS[0] ? '-----END ' : '---- END ', start);
  const end = last < 0 ? -1 : text.indexOf('----', last + PEM_END_LENGTH);
  if (end < 0) return text.length;
  return text.charAt(end + 4) === '-' ? end + 5 : end + 4;
}

const PEM_BEGINS: readonly string[] = ['-----BEGIN ', '---- BEGIN '];
const PEM_END_LENGTH = 9;
const MAX_LABEL_LENGTH = 64;

/** The same encoded in base64, as in Kubernetes secrets. */
function endOfEncodedKey(text: string, start: number): number {
  if (!text.startsWith('LS0tLS1CRUdJTi', start)) return -1;
  const label = text.slice(start, start + MAX_LABEL_LENGTH + 32);
  return ENCODED_LABELS.some((part) => label.includes(part)) ? endOfRun(text, start, TOKEN68) : -1;
}

/** `PRIVATE KEY` in base64 at each of its three possible positions within a group of three bytes. */
const ENCODED_LABELS: readonly string[] = ['UFJJVkFURSBLRV', 'BSSVZBVEUgS0VZ', 'QUklWQVRFIEtF'];

/** The lines of a PuTTY key, up to its check sum. */
function endOfPuttyKey(text: string, start: number): number {
  if (!text.startsWith('Private-Lines: ', start)) return -1;
  const end = text.indexOf('Private-MAC', start);
  return end < 0 ? text.length : end;
}
