import { setTimeout as pause } from 'node:timers/promises';
import type { NamedReport } from '../compare/compare';
import { describeError } from '../errors';
import type { Photograph } from '../report/model';
import { CliError } from './base/exit-codes';

/** What `gmr watch` does. */
export interface WatchRequest {
  /** Requests one report. */
  readonly take: () => Promise<Photograph>;
  readonly count: number;
  /** From one request to the next. */
  readonly intervalMs: number;
  /** Ends the watch early; what was taken by then is compared. */
  readonly stop: AbortSignal;
  /** Gets a sentence for each report, and for an early end. */
  readonly say: (sentence: string) => void;
}

/**
 * Takes reports until there are as many as requested, the watch is stopped, or no more can be taken.
 *
 * @throws whatever `take` throws, if that is before the second report.
 */
export async function watchReports(request: WatchRequest): Promise<readonly NamedReport[]> {
  const { count, intervalMs, stop, say } = request;
  const reports: NamedReport[] = [];
  while (reports.length < count && !stop.aborted) {
    const beganAtMs = performance.now();
    try {
      const photograph = await takeUnlessStopped(request);
      if (photograph === null) break;
      reports.push({ origin: photograph.reportId, photograph });
    } catch (error) {
      if (reports.length < 2) throw error;
      const problem = error instanceof CliError ? error.message : describeError(error);
      say(`report ${reports.length + 1} failed: ${problem}; comparing the first ${reports.length}`);
      break;
    }
    say(`report ${reports.length} of ${count} taken`);
    if (reports.length < count) await pauseUnlessStopped(intervalMs - (performance.now() - beganAtMs), stop);
  }
  if (stop.aborted) say(`stopped after ${reports.length} of ${count} reports`);
  return reports;
}

/** Null when the watch is stopped first; the report that was requested is then made, but not waited for. */
function takeUnlessStopped({ take, stop }: WatchRequest): Promise<Photograph | null> {
  return new Promise((resolve, reject) => {
    const onStop = (): void => resolve(null);
    stop.addEventListener('abort', onStop, { once: true });
    take()
      .then(resolve, reject)
      .finally(() => stop.removeEventListener('abort', onStop));
  });
}

async function pauseUnlessStopped(ms: number, stop: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  try {
    await pause(ms, undefined, { signal: stop });
  } catch {
    // Stopped: the caller sees that in the signal.
  }
}
