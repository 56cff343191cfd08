import { warn } from '../errors';
import { listen } from '../guard';
import type { SignalChoice } from '../signals';
import { isUnderNodemon } from './nodemon';

let remove: (() => void) | undefined;

/**
 * Keeps the signal from ending a process without the addon: an operator expects a report, but the default action of the
 * signal is to end the process. The listener warns why there is no report. A later call replaces the earlier listener.
 *
 * @returns a function that removes the listener.
 */
export function standInForSignal({ name }: SignalChoice): () => void {
  remove?.();
  // nodemon ends its program with this signal, and would wait forever if the program went on.
  if (process.env['NODE_ENV'] !== 'production' && isUnderNodemon(process.ppid, name)) return () => undefined;
  const explain = (): void => {
    warn(
      `gmr-native: no report on ${name}, because gmr-native is not active in this process; the warning at startup names the cause`,
      'GMR_ADDON_UNAVAILABLE',
    );
  };
  remove = listen(process, name, `the stand-in for ${name}`, explain);
  return remove;
}
