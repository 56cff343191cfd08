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
  const { isMainThread } = require('node:worker_threads') as WorkerThreads;
  if (isMainThread) return loadEvents().addReportListener(listener);
  warn('gmr-native: an onReport listener of a worker is not used', 'GMR_LISTENER_IGNORED');
  return emptyRegistration();
}
