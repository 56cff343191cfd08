/*
 * Entry of `gmr-native/autorun`, for `--require`, `--import` and NODE_OPTIONS. Options come from GMR_* variables.
 *
 * NODE_OPTIONS reaches every Node process that a service starts, package managers included. So nothing here throws, not
 * even when the files of the package are damaged: a failure is one warning with a code, by the main thread.
 */
import type * as Hot from './hot';

try {
  (require('./hot') as typeof Hot).setupAutorun();
} catch (error) {
  warnOnMain(error);
}

/** Uses nothing of the package, because the package may be what failed. */
function warnOnMain(error: unknown): void {
  try {
    const { isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads');
    if (!isMainThread) return;
    const { name, code, message } = Object(error) as { name?: unknown; code?: unknown; message?: unknown };
    process.emitWarning(`gmr-native is not active: ${String(message ?? error)}`, {
      type: 'GmrWarning',
      code: name === 'GmrError' ? String(code) : 'GMR_SETUP_FAILED',
    });
  } catch {
    // A service must not fail because a warning could not be emitted.
  }
}
