import { setTimeout as pause } from 'node:timers/promises';
import { CliError, EXIT } from '../base/exit-codes';
import type { FoundReport } from './find-report';
import { type Installed, signalName } from './inspect';
import { openKeptReports } from './kept-reports';
import { readStatus } from './proc';
import type { ReportSource } from './report-source';
import { type Searched, describeStderr, openSources } from './report-sources';
import { sendSignal } from './send';
import { readStatusPage } from './status-page';

/** How a report is requested and awaited. */
export interface ReportRequest {
  /** Number of the signal; undefined: the one that the process takes. */
  readonly signal: number | undefined;
  /** Log file, or folder of report files, in which the report will appear; undefined: wherever it can be seen. */
  readonly file: string | undefined;
  readonly timeoutMs: number;
  /** Ends the wait early, with its reason as the error. */
  readonly stop?: AbortSignal | undefined;
}

const POLL_MS = 20;
/** So long, what is kept is looked at alone. */
const GRACE_MS = 1000;

/**
 * Requests a report. Nothing is sent unless gmr-native in that process handles the signal.
 *
 * @param say - gets, a sentence each, what was done and what could not be.
 * @throws CliError `notFound`, `refused` or `failed`, each with nothing sent.
 */
export function trigger(
  target: Installed,
  wanted: number | undefined,
  say: (sentence: string) => void,
): number {
  const signal = wanted ?? target.signals[0] ?? 0;
  const sent = sendSignal(target, signal);
  say(`sent ${signalName(signal)} to process ${target.pid}${noteOn(target)}`);
  if (sent.how === 'kill') say(describeKill(sent.reason));
  return signal;
}

/**
 * Requests a report and waits for it.
 *
 * @returns the report, or null: then `say` has got the reason.
 * @throws CliError `notFound`, `refused` or `failed`, each with nothing sent.
 */
export async function requestReport(
  target: Installed,
  { signal, file, timeoutMs, stop }: ReportRequest,
  say: (sentence: string) => void,
): Promise<FoundReport | null> {
  const searched = { ...target, known: knownReports(target.pid) };
  const sources = openAll(searched, file);
  try {
    trigger(target, signal, say);
    const found =
      sources.length === 0
        ? `the report cannot be seen: it is not kept in memory, and ${describeStderr(target.pid)}`
        : await waitForReport(searched, sources, { timeoutMs, stop });
    if (typeof found !== 'string') return found;
    say(found);
    return null;
  } finally {
    for (const source of sources) source.close();
  }
}

/** What the process keeps comes first: it is complete before anything is written, and it is data. */
function openAll(target: Searched, file: string | undefined): ReportSource[] {
  const kept = file === undefined ? openKeptReports(target) : null;
  return [...(kept === null ? [] : [kept]), ...openSources(target, file)];
}

/** Reports are kept before they are written, so an earlier one may only come into a file now. */
function knownReports(pid: number): ReadonlySet<string> {
  const page = readStatusPage(pid);
  const notKept = page?.notKept ?? null;
  const kept = page?.reports.map(({ id }) => id) ?? [];
  return new Set(notKept === null ? kept : [...kept, notKept.id]);
}

function describeKill(reason: string): string {
  return `the signal was sent as kill(1) would send it, so with signalListeners: 'call' the application's own listeners receive it too: ${reason}`;
}

function noteOn({ process: { state } }: Installed): string {
  return state === 'T' || state === 't' ? ', which is stopped: it answers when it is continued' : '';
}

/** The report, or a sentence that says why it was not seen. */
async function waitForReport(
  target: Searched,
  sources: readonly ReportSource[],
  { timeoutMs, stop }: Pick<ReportRequest, 'timeoutMs' | 'stop'>,
): Promise<FoundReport | string> {
  // Only these can tell who requested a report. The others are for one that is not kept.
  const kept = sources.filter(({ isKept }) => isKept);
  const start = performance.now();
  const deadline = start + timeoutMs;
  for (;;) {
    // Looked at before the sources: what an ending process wrote last is still found.
    const ended = hasEnded(target);
    const isEarly = !ended && performance.now() - start < GRACE_MS;
    for (const source of isEarly && kept.length > 0 ? kept : sources) {
      const found = source.poll();
      if (found !== null) return found;
    }
    if (ended) return 'the process ended before its report was complete';
    stop?.throwIfAborted();
    if (performance.now() >= deadline) return describeTimeout(target, timeoutMs);
    await pause(POLL_MS);
  }
}

/** Also when its parent has not waited for it yet. */
function hasEnded({ pid, process }: Searched): boolean {
  const status = readStatus(pid);
  return status === null || status.startTicks !== process.startTicks || status.state === 'Z';
}

function describeTimeout({ pid, known }: Searched, timeoutMs: number): string {
  const page = readStatusPage(pid);
  const notKept = page?.notKept ?? null;
  if (notKept !== null && !known.has(notKept.id))
    return `the process did not keep its report: ${notKept.reason}`;
  const hint = page === null ? '; if it goes to a folder of its own, name that with --file' : '';
  return `no report within ${timeoutMs / 1000} s${hint}`;
}

/**
 * Requests a report as data, which only a process that keeps its reports has.
 *
 * @returns the JSON document; null: then `say` has got the reason.
 * @throws CliError `unseen` if it was only found as text; else as {@link requestReport}.
 */
export async function requestJson(
  target: Installed,
  request: ReportRequest,
  say: (sentence: string) => void,
): Promise<string | null> {
  const report = await requestReport(target, request, say);
  if (report === null || report.kind === 'json') return report?.text ?? null;
  throw new CliError(EXIT.unseen, `process ${target.pid}: the report was only found as text, not as data`);
}
