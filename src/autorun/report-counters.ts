import type { BlockEnd, ReportWritten } from '../addon/contract';
import { builtin } from '../deferred';
import { warn } from '../errors';
import type { Trigger } from '../report/model';
import { loadEvents } from './reporter-link';
import type { WorkerThreads } from './thread-identity';

/** What `reportCounters` returns. Numbers only grow, except for those that are called the last. */
export interface ReportCounters {
  /** Unix time in ms of the first call, with which counting begins. */
  readonly countingSinceMs: number;
  /** Reports that were written, by the kind of their trigger; `unknown` where they were too large to be looked at. */
  readonly reports: Readonly<Record<Trigger['kind'] | 'unknown', number>>;
  /** Reports that no output accepted completely; they are also counted in `reports`. */
  readonly failedReports: number;
  /** Time from the request of a report until all its data was there, in ms. */
  readonly reportDurationMs: {
    readonly last: number | null;
    readonly max: number | null;
    readonly sum: number;
  };
  /** Blocks of event loops that have ended, reported or not. Needs the option `blockedEventLoop`. */
  readonly eventLoopBlocks: number;
  /** Duration of these blocks in ms. */
  readonly eventLoopBlockMs: {
    readonly last: number | null;
    readonly max: number | null;
    readonly sum: number;
  };
}

interface Durations {
  last: number | null;
  max: number | null;
  sum: number;
}

let countingSinceMs: number | null = null;
const reports: Record<Trigger['kind'] | 'unknown', number> = {
  signal: 0,
  file: 0,
  watchdog: 0,
  fatal: 0,
  api: 0,
  unknown: 0,
};
let failedReports = 0;
let eventLoopBlocks = 0;
const reportDurations: Durations = { last: null, max: null, sum: 0 };
const blockDurations: Durations = { last: null, max: null, sum: 0 };

/** See `reportCounters` of the package. */
export function reportCounters(): ReportCounters {
  if (countingSinceMs === null) begin();
  return {
    countingSinceMs: countingSinceMs ?? Date.now(),
    reports: { ...reports },
    failedReports,
    reportDurationMs: { ...reportDurations },
    eventLoopBlocks,
    eventLoopBlockMs: { ...blockDurations },
  };
}

function begin(): void {
  countingSinceMs = Date.now();
  const { isMainThread } = builtin('node:worker_threads') as WorkerThreads;
  if (isMainThread) loadEvents().countEvents({ report: countReport, blockEnd: countBlock });
  else {
    warn(
      'gmr-native: reportCounters() counts nothing, because it was called in a worker; call it on the main thread',
      'GMR_LISTENER_IGNORED',
    );
  }
}

/** What the beginning of a photograph says. */
interface Beginning {
  readonly trigger: Trigger['kind'] | null;
  readonly durationMs: number | null;
}

function countReport({ lost }: Omit<ReportWritten, 'photograph'>, photographJson: string): void {
  const { trigger, durationMs } = beginningOf(photographJson);
  reports[trigger ?? 'unknown'] += 1;
  if (lost) failedReports += 1;
  if (durationMs !== null) measure(reportDurations, durationMs);
}

function countBlock({ blockedMs }: BlockEnd): void {
  eventLoopBlocks += 1;
  measure(blockDurations, blockedMs);
}

function measure(durations: Durations, ms: number): void {
  durations.last = ms;
  durations.max = Math.max(durations.max ?? 0, ms);
  durations.sum += ms;
}

/** A photograph may have megabytes, so it is not parsed. Quotation marks inside its strings are escaped. */
function beginningOf(json: string): Beginning {
  const kind = /"trigger":\{"kind":"(\w+)"/.exec(json)?.[1] ?? '';
  const duration = /"completeAfterMs":([\d.]+)/.exec(json)?.[1];
  return {
    trigger: Object.hasOwn(reports, kind) ? (kind as Trigger['kind']) : null,
    durationMs: duration === undefined ? null : Number(duration),
  };
}
