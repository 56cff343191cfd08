import { builtin } from '../deferred';
import { warn } from '../errors';
import { addSection, checkSection, emptyRegistration } from '../sections/registry';
import type { SectionGenerator, SectionOptions, SectionRegistration } from '../sections/registry';
import type { WorkerThreads } from './thread-identity';

/**
 * Adds a section to every later report, after the built-in ones, in order of registration or of `order`.
 *
 * The generator is called on the main event loop for each report, and may return a promise. Its time limit is
 * `timeoutMs`, by default `sectionTimeoutMs`. When the loop is blocked, the report says so instead. A generator that
 * throws, hangs or returns something unexpected affects only its own section. Secrets are masked.
 *
 * Registering the same title again replaces the section, with a warning. In a worker, nothing is registered, with a
 * warning, because sections run on the main event loop only.
 *
 * @returns a handle whose `dispose()` removes the section.
 * @throws GmrError `GMR_INVALID_OPTION` when the title is empty, the generator is not a function, or an option is
 * invalid.
 */
export function registerSection(
  title: string,
  generator: SectionGenerator,
  options: SectionOptions = {},
): SectionRegistration {
  checkSection(title, generator, options);
  const { isMainThread } = builtin('node:worker_threads') as WorkerThreads;
  if (isMainThread) return addSection(title, generator, options);
  warn(
    `gmr-native: section '${title}' is ignored, because registerSection() was called in a worker; call it on the main thread`,
    'GMR_SECTION_IGNORED',
  );
  return emptyRegistration();
}
