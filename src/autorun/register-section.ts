import { warn } from '../errors';
import { addSection, checkSection, emptyRegistration } from '../sections/registry';
import type { SectionGenerator, SectionRegistration } from '../sections/registry';
import type { WorkerThreads } from './thread-identity';

/** See `registerSection` of the package. */
export function registerSection(title: string, generator: SectionGenerator): SectionRegistration {
  checkSection(title, generator);
  const { isMainThread } = require('node:worker_threads') as WorkerThreads;
  if (isMainThread) return addSection(title, generator);
  warn(
    `gmr-native: section '${title}' is not used: sections of workers are not printed`,
    'GMR_SECTION_IGNORED',
  );
  return emptyRegistration();
}
