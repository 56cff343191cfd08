import { builtin } from '../deferred';
import { GmrError, warn } from '../errors';
import { describe } from '../option-rules';
import { emptyRegistration, type DisposableHandle } from '../sections/registry';
import type { ReportListener } from './reporter-events';
import { loadEvents } from './reporter-link';
import type { WorkerThreads } from './thread-identity';

/** See `onReport` of the package. */
export function onReport(listener: ReportListener): DisposableHandle {
  if (typeof listener !== 'function') {
    throw new GmrError('GMR_INVALID_OPTION', `listener: expected a function, got ${describe(listener)}`);
  }
  const { isMainThread } = builtin('node:worker_threads') as WorkerThreads;
  if (isMainThread) return loadEvents().addReportListener(listener);
  warn(
    'gmr-native: a listener is ignored, because onReport() was called in a worker; call it on the main thread',
    'GMR_LISTENER_IGNORED',
  );
  return emptyRegistration();
}
