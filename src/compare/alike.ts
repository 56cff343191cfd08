import { clip } from '../escape';
import { formatDuration, formatMegabytes } from '../report/duration';

/*
 * Texts of reports contain numbers that change from one report to the next: how much of a timer is left, how many wait.
 * Texts that differ only in these are alike.
 */

const MAX_LENGTH = 1000;
/** What a report says of libuv's pool, only while all of its threads are busy. */
const POOL_STATE = / \((?:libuv pool: |no thread of the libuv pool is idle)[^()]{0,200}\)/g;
const NUMBERS =
  /(?<![\w.:#$"'/,-])(?:(\d+(?:\.\d+)? (?:ms|s|min|h|d)(?: \d+ (?:s|min|h))?)(?!\w)|(\d+(?:\.\d+)? (?:MB|bytes?))(?!\w)|(\d{1,3}(?:,\d{3})+|\d+)(?![\w.:]))/g;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A number in a text. */
interface NumberInText {
  readonly kind: 'duration' | 'bytes' | 'count';
  readonly value: number;
}

/** What alike texts have in common: a key, not for readers. */
export function alikeKey(text: string): string {
  const key = plain(text).replaceAll(NUMBERS, '#');
  // `1 client` and `2 clients`
  return key.replaceAll(/# ([a-z]+)s\b/g, '# $1');
}

/** The numbers of a text, in order. Texts with the same key have equally many. */
export function numbersIn(text: string): readonly NumberInText[] {
  return [...plain(text).matchAll(NUMBERS)].map(([, duration, bytes, count]) => {
    if (duration !== undefined) return { kind: 'duration', value: parseDuration(duration) };
    if (bytes !== undefined) return { kind: 'bytes', value: parseBytes(bytes) };
    return { kind: 'count', value: Number((count ?? '').replaceAll(',', '')) };
  });
}

/** The text with a range for each number: `4 of 4 clients in use, 12 to 90 waiting`. */
export function withRanges(
  text: string,
  least: readonly NumberInText[],
  most: readonly NumberInText[],
): string {
  let index = 0;
  return plain(text).replaceAll(NUMBERS, (original) => {
    const [from, to] = [least[index], most[index]];
    index++;
    if (from === undefined || to === undefined || from.value === to.value) return original;
    return `${shown(from)} to ${shown(to)}`;
  });
}

/** The smaller, or larger, number at each place. */
export function extremes(
  a: readonly NumberInText[],
  b: readonly NumberInText[],
  pick: (x: number, y: number) => number,
): readonly NumberInText[] {
  return a.map((number, index) => {
    const value = pick(number.value, b[index]?.value ?? number.value);
    return { kind: number.kind, value };
  });
}

function plain(text: string): string {
  return clip(text, MAX_LENGTH).replaceAll(POOL_STATE, '');
}

function shown({ kind, value }: NumberInText): string {
  if (kind === 'duration') return formatDuration(value);
  if (kind === 'bytes') return value < 100_000 ? `${value} bytes` : formatMegabytes(value);
  return String(value);
}

function parseDuration(text: string): number {
  const parts = text.split(' ');
  let ms = 0;
  for (let at = 0; at + 1 < parts.length; at += 2) {
    ms += Number(parts[at]) * (UNIT_MS[parts[at + 1] ?? ''] ?? 0);
  }
  return ms;
}

function parseBytes(text: string): number {
  const [number = '', unit = ''] = text.split(' ');
  return Number(number) * (unit === 'MB' ? 1_048_576 : 1);
}
