/*
 * Entry of `gmr-native/autorun`, for `--require`, `--import` and NODE_OPTIONS. Options come from GMR_* variables.
 *
 * NODE_OPTIONS reaches every Node process that a service starts, package managers included. So nothing here throws;
 * what fails is a warning with a code, told once, by the main thread.
 */
import { GmrError, describeError, setupAutorun, warn } from './hot';

try {
  setupAutorun();
} catch (error) {
  const { isMainThread } = require('node:worker_threads') as typeof import('node:worker_threads');
  if (isMainThread) {
    const code = error instanceof GmrError ? error.code : 'GMR_SETUP_FAILED';
    warn(
      `gmr-native is not active: ${error instanceof GmrError ? error.message : describeError(error)}`,
      code,
    );
  }
}
