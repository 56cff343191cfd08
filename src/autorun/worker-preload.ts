/*
 * The first module of a worker, put there by the patched `Worker`. Whatever goes wrong here must neither stop nor
 * disturb the worker: it is then in the report as one that never registered.
 */
import type * as RegisterWorker from './register-worker';

try {
  (require('./register-worker') as typeof RegisterWorker).registerPreloadedWorker();
} catch {
  // The main thread has already told what is wrong with the addon.
}
