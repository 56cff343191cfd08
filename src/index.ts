import type { ReportOptions } from './autorun/generate-report';
import type { SectionGenerator, SectionRegistration } from './sections/registry';

export { GmrError, setupAutorun } from './hot';
export type { GmrErrorCode } from './errors';
export type { AutorunHandle } from './autorun/setup';
export type {
  AutorunOptions,
  ConfigurationOption,
  ContextOptions,
  FrameOrder,
  GreenThreadsOptions,
  PackageDescription,
  VersionOption,
  VersionProvider,
} from './options';
export type { ReportOptions } from './autorun/generate-report';
export type { SectionGenerator, SectionRegistration } from './sections/registry';

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
 * Adds a section to every later report, behind the built-in ones and in order of registration.
 *
 * The generator is called on the main event loop for each report, and may return a promise. It has
 * `sectionTimeoutMs`; when the loop is blocked, the report says so in its place. One that throws, hangs or returns
 * something strange costs its own section only. Secrets are masked by key name.
 *
 * The same title again replaces the section, with a warning. In a worker nothing is registered, with a warning: nobody
 * asks the event loops of workers for sections.
 *
 * @returns a handle whose `dispose()` takes the section out again.
 * @throws GmrError `GMR_INVALID_OPTION` when the title is empty or the generator is no function.
 */
export function registerSection(title: string, generator: SectionGenerator): SectionRegistration {
  const module = require('./autorun/register-section') as typeof import('./autorun/register-section');
  return module.registerSection(title, generator);
}
