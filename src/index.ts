import type { ReportOptions } from './autorun/generate-report';
import type { ReportListener } from './autorun/reporter-events';
import type {
  DisposableHandle,
  SectionGenerator,
  SectionOptions,
  SectionRegistration,
} from './sections/registry';

export { GmrError, setupAutorun } from './hot';
export type { GmrErrorCode } from './errors';
export type { AutorunHandle } from './autorun/setup';
export type { ContextOptions, GreenThreadsOptions } from './green-thread-options';
export type {
  AutorunOptions,
  ConfigurationOption,
  EnvironmentPolicy,
  FrameOrder,
  ReportFormat,
  MaskOptions,
  PackageDescription,
  VersionOption,
  VersionProvider,
} from './options';
export type { ReportOptions } from './autorun/generate-report';
export type { ReportEvent, ReportListener } from './autorun/reporter-events';
export type { Photograph } from './report/model';
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
  // Loaded when first used: setup must be fast, and most processes never ask for a report themselves.
  const module = require('./autorun/generate-report') as typeof import('./autorun/generate-report');
  return module.generateReport(options);
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
  const module = require('./autorun/write-report') as typeof import('./autorun/write-report');
  return module.writeReport();
}

/**
 * Calls the listener after each report that was written, whatever asked for it: for loggers and for alerting.
 *
 * It is called when the main event loop turns, so after a block, not during it. Of more than 16 reports in one block
 * the later ones are not told. What it throws is a warning. `generateReport` writes nothing and calls nobody.
 *
 * @returns a handle whose `dispose()` takes the listener away.
 * @throws GmrError `GMR_INVALID_OPTION` when it is no function.
 */
export function onReport(listener: ReportListener): DisposableHandle {
  const module = require('./autorun/on-report') as typeof import('./autorun/on-report');
  return module.onReport(listener);
}

/**
 * Adds a section to every later report, behind the built-in ones and in order of registration, or of `order`.
 *
 * The generator is called on the main event loop for each report, and may return a promise. It has `timeoutMs`, else
 * `sectionTimeoutMs`; when the loop is blocked, the report says so in its place. One that throws, hangs or returns
 * something strange costs its own section only. Secrets are masked.
 *
 * The same title again replaces the section, with a warning. In a worker nothing is registered, with a warning: nobody
 * asks the event loops of workers for sections.
 *
 * @returns a handle whose `dispose()` takes the section out again.
 * @throws GmrError `GMR_INVALID_OPTION` when the title is empty, the generator is no function, or an option is wrong.
 */
export function registerSection(
  title: string,
  generator: SectionGenerator,
  options: SectionOptions = {},
): SectionRegistration {
  const module = require('./autorun/register-section') as typeof import('./autorun/register-section');
  return module.registerSection(title, generator, options);
}
