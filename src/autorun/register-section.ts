import { warn } from '../errors';
import { addSection, checkSection, emptyRegistration } from '../sections/registry';
import type { SectionGenerator, SectionOptions, SectionRegistration } from '../sections/registry';
import type { WorkerThreads } from './thread-identity';

/** See `registerSection` of the package. */
export function registerSection(
  title: string,
  generator: SectionGenerator,
  options: SectionOptions = {},
): SectionRegistration {
  checkSection(title, generator, options);
  const { isMainThread } = require('node:worker_threads') as WorkerThreads;
  if (isMainThread) return addSection(title, generator, options);
  warn(
    `gmr-native: section '${title}' is not used: sections of workers are not printed`,
    'GMR_SECTION_IGNORED',
  );
  return emptyRegistration();
}
