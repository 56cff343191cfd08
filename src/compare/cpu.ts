import type { OsThread, Photograph, Unavailable } from '../report/model';
import { isSameThread } from './identity';

/** The kernel counts in steps of 10 ms: a shorter time says little. */
const MIN_INTERVAL_MS = 200;

/** Percent of one CPU that a thread used between two reports; null when unknown. */
export function cpuBetween(
  before: OsThread | Unavailable | undefined,
  after: OsThread | Unavailable | undefined,
  elapsedMs: number,
): number | null {
  if (!isSameThread(before, after) || !(elapsedMs >= MIN_INTERVAL_MS)) return null;
  const used = cpuMs(after) - cpuMs(before);
  // A thread has no more than one CPU; what is above that is the time between the request and the reading.
  return used >= 0 ? Math.min(100, Math.round((used / elapsedMs) * 100)) : null;
}

function cpuMs(os: OsThread | Unavailable | undefined): number {
  return os?.status === 'known' ? os.cpuUserMs + os.cpuSystemMs : Number.NaN;
}

/** For the interval before the report at `index`. */
export function elapsedBefore(photographs: readonly Photograph[], index: number): number {
  const [before, after] = [photographs[index - 1], photographs[index]];
  if (before === undefined || after === undefined) return 0;
  return after.requestedAtMonotonicMs - before.requestedAtMonotonicMs;
}

/** `98 % CPU`, `0 % to 12 % CPU`, `no CPU`; empty when unknown. */
export function cpuText(percents: readonly (number | null)[]): string {
  const known = percents.filter((percent) => percent !== null);
  if (known.length === 0) return '';
  const [least, most] = [Math.min(...known), Math.max(...known)];
  if (most === 0) return 'no CPU';
  return least === most ? `${most} % CPU` : `${least} % to ${most} % CPU`;
}
