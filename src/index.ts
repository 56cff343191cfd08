import type { ReportOptions } from './autorun/generate-report';
import type { ReportCounters } from './autorun/report-counters';
import type { ReportListener } from './autorun/reporter-events';
import { deferred } from './hot';
import type { DisposableHandle } from './sections/registry';

export { GmrError, registerSection, setupAutorun } from './hot';
export type { GmrErrorCode } from './errors';
export type { AutorunHandle } from './autorun/setup';
export type { ContextOptions, GreenThreadsOptions } from './green-thread-options';
export type { AutorunOptions } from './options';
export type {
  ConfigurationOption,
  EnvironmentPolicy,
  FrameOrder,
  FrameSelection,
  ReportFormat,
  MaskOptions,
  PackageDescription,
  SignalListeners,
  VersionOption,
  VersionProvider,
} from './option-types';
export type { ReportOptions } from './autorun/generate-report';
export type { ReportCounters } from './autorun/report-counters';
export type { ReportEvent, ReportListener, ReportMessage } from './autorun/reporter-events';
export type {
  AsyncFrame,
  ConfigurationSnapshot,
  EnvironmentSnapshot,
  Frame,
  GitCommit,
  GreenThreadGroup,
  GreenThreads,
  HeapStatistics,
  IsolateState,
  IsolateThread,
  OsThread,
  OtherThread,
  Photograph,
  ProcessFacts,
  SectionOutcome,
  SectionValue,
  Stack,
  TraceRequest,
  Trigger,
  Unavailable,
} from './report/model';
export type { OpenGroup, OpenThings } from './report/open';
export type { ProcessInfo, ProcessList } from './report/processes';
export type { Wait } from './report/waits';
export type { LogHead, LogLevel, LogPart } from './views/log-lines';
export type { BlockedEventLoopOptions, EventLoopBlock } from './trigger-options';
export type { SectionGenerator, SectionOptions, SectionRegistration } from './sections/registry';

/**
 * The report as text, for use in code. On the main thread it works without `setupAutorun`.
 *
 * The calling thread is photographed when its event loop turns next, so its own stack is usually empty: this is no
 * replacement for `new Error().stack`. Formatting runs on the calling thread and takes some milliseconds of it.
 *
 * @throws GmrError as a rejection: `GMR_INVALID_OPTION`, `GMR_ADDON_UNAVAILABLE`, or `GMR_REPORT_FAILED`, for instance
 * in a worker while the main thread has not called `setupAutorun`.
 */
export async function generateReport(options: ReportOptions = {}): Promise<string> {
  // Loaded when first used, because setup must be fast and most processes never request a report themselves.
  return (deferred('autorun/generate-report') as typeof import('./autorun/generate-report')).generateReport(
    options,
  );
}

/**
 * Makes a report and brings it to where the reports of this process go: the log directory, else stderr.
 *
 * Unlike `generateReport` it formats on the native thread.
 *
 * @returns the path of the report file, or null when the report went to stderr.
 * @throws GmrError as a rejection: `GMR_ADDON_UNAVAILABLE`, or `GMR_REPORT_FAILED` when no output took the report.
 */
export async function writeReport(): Promise<string | null> {
  return (deferred('autorun/write-report') as typeof import('./autorun/write-report')).writeReport();
}

/**
 * Calls the listener after each report that was written, whatever requested it: for logging and alerting.
 *
 * It is called when the main event loop turns, so after a block, not during it. Of more than 16 reports in one block
 * the later ones do not get it. What it throws is a warning. `generateReport` writes nothing and calls no listener.
 *
 * @returns a handle whose `dispose()` takes the listener away.
 * @throws GmrError `GMR_INVALID_OPTION` when it is no function.
 */
export function onReport(listener: ReportListener): DisposableHandle {
  return (deferred('autorun/on-report') as typeof import('./autorun/on-report')).onReport(listener);
}

/**
 * Counts of reports and of blocked event loops, for metrics. Counting begins with the first call, so call it once at the
 * start of the service. It is made of what the reporter announces on the main event loop: of more than 16 reports and blocks
 * during one block, the later ones are not counted.
 *
 * @returns a new object with each call. In a worker, nothing is counted, and there is a warning.
 */
export function reportCounters(): ReportCounters {
  return (deferred('autorun/report-counters') as typeof import('./autorun/report-counters')).reportCounters();
}
