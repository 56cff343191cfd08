import type { Change, Reading } from './model';

/** Less than this, in total and as a part of the first number, is no change worth a word. */
const MIN_STEPS = 3;
const MIN_PART = 0.2;

/** A number that a report does not have. */
export const UNKNOWN: Reading = { count: null, atLeast: false };

/** How a number changed over the reports; see `Change`. */
export function changeOf(readings: readonly Reading[], minimum: number = MIN_STEPS): Change {
  const known = readings.filter((reading): reading is KnownReading => reading.count !== null);
  const first = known[0];
  const last = known.at(-1);
  if (first === undefined || last === undefined || known.length < 2) return 'unknown';
  if (known.every(({ count }) => count === first.count)) return 'same';
  // From nothing to something in one step is new; only a second step shows that it grows.
  if (isRising(known, minimum) && (first.count > 0 || known.length > 2)) return 'growing';
  if (first.count === 0 && last.count > 0) return 'new';
  if (last.count === 0) return 'gone';
  return isRising(known.toReversed(), minimum) ? 'shrinking' : 'varying';
}

interface KnownReading extends Reading {
  readonly count: number;
}

/** Larger each time, for certain: nothing is known to be larger than "at least 40". */
function isRising(known: readonly KnownReading[], minimum: number): boolean {
  const first = known[0]?.count ?? 0;
  const last = known.at(-1)?.count ?? 0;
  if (last - first < Math.max(minimum, first * MIN_PART)) return false;
  return known.every((reading, index) => {
    const before = known[index - 1];
    return before === undefined || (!before.atLeast && reading.count > before.count);
  });
}

/** `40 -> 95 -> 151`, with `?` for what is not known. */
export function showSeries(readings: readonly Reading[], show: (count: number) => string = String): string {
  return seriesParts(readings, show).join(ARROW);
}

/** The same in no more than so many characters, if that is possible: the first and the last ones matter most. */
export function shortSeries(
  readings: readonly Reading[],
  most: number,
  show: (count: number) => string = String,
): string {
  const parts = seriesParts(readings, show);
  let text = parts.join(ARROW);
  for (let kept = parts.length - 1; text.length > most && kept >= 2; kept--) {
    const end = Math.floor(kept / 2);
    text = [...parts.slice(0, kept - end), '...', ...parts.slice(-end)].join(ARROW);
  }
  return text;
}

const ARROW = ' -> ';

function seriesParts(readings: readonly Reading[], show: (count: number) => string): readonly string[] {
  return readings.map(({ count, atLeast }) =>
    count === null ? '?' : `${atLeast ? 'at least ' : ''}${show(count)}`,
  );
}

/** Numbers without doubt as readings. */
export function asReadings(numbers: readonly (number | null)[]): readonly Reading[] {
  return numbers.map((count) => ({ count, atLeast: false }));
}
