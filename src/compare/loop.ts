import type { IsolateThread, Photograph } from '../report/model';
import type { LoopBetween } from './model';

/** `loopStalledMs` is in whole milliseconds. */
const ROUNDING_MS = 2;

/** One thread in one report. */
export interface Sighting {
  readonly photograph: Photograph;
  readonly isolate: IsolateThread;
}

/**
 * Whether the event loop of a thread turned between two reports. How long it had not turned was read at some time between
 * the request and the last stack, so the time of its last turn is known within these limits.
 */
export function loopBetween(before: Sighting, after: Sighting): LoopBetween {
  const { loopStalledMs } = after.isolate;
  if (loopStalledMs === null) return 'unknown';
  const earliest = after.photograph.requestedAtMonotonicMs - loopStalledMs;
  const latest = earliest + after.photograph.stacksAfterMs;
  if (latest + ROUNDING_MS <= before.photograph.requestedAtMonotonicMs) return 'not-turned';
  // An idle loop is woken by the report itself.
  const { requestedAtMonotonicMs, stacksAfterMs, completeAfterMs } = before.photograph;
  const ownWork = after.isolate.state === 'idle' ? completeAfterMs : stacksAfterMs;
  return earliest > requestedAtMonotonicMs + ownWork + ROUNDING_MS ? 'turned' : 'unknown';
}
