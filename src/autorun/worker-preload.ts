/*
 * The first module of a worker, put there by the patched `Worker`. Whatever goes wrong here must neither stop nor
 * disturb the worker: reports then show it as one that never registered.
 */
import type * as RegisterWorker from './register-worker';

try {
  (require('./register-worker') as typeof RegisterWorker).registerPreloadedWorker();
} catch (error) {
  warnAbout(error);
}

/** Imports nothing, because it is also called when the package has just been removed. */
function warnAbout(error: unknown): void {
  try {
    // The main thread has already warned about the addon.
    if ((error as { code?: unknown }).code === 'GMR_ADDON_UNAVAILABLE') return;
    const message = `gmr-native: a worker could not register: ${String(error)}`;
    process.emitWarning(message, { type: 'GmrWarning', code: 'GMR_INTERNAL' });
  } catch {
    // The worker runs anyway.
  }
}
