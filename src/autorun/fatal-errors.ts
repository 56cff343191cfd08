import type { NativeAddon } from '../addon/contract';
import { describeError, isError } from '../errors';
import { listen } from '../guard';
import type { Settings } from '../options';
import { Masker } from '../sections/configuration';

/** Longer than any report takes, and not so long that an orchestrator would lose its patience. */
const LONGEST_WAIT_MS = 5000;
const MAX_STACK_LENGTH = 8192;

let unwatch: () => void = () => undefined;

/**
 * From now on an error that ends the process is reported before, and so is a heap that is about to be full.
 *
 * Nothing of how the process ends changes: Node's monitor event is no handler, and the limit of the heap stays.
 */
export function watchFatalErrors(addon: NativeAddon, { mask, reportTimeoutMs }: Settings): void {
  unwatchFatalErrors();
  const masker = new Masker(mask);
  const waitMs = Math.min(reportTimeoutMs, LONGEST_WAIT_MS);
  const report = (error: unknown, origin: string): void => {
    const text = `${titleOf(origin)}${textOf(error, masker)}`;
    // Node does not emit the event again for an error that a listener throws.
    if (isHandled()) addon.noteHandledError(text, waitMs);
    else addon.reportFatal(text, waitMs);
  };
  const unlisten = listen(process, 'uncaughtExceptionMonitor', 'the report of a fatal error', report);
  const watchesHeap = !snapshotsHeap();
  if (watchesHeap) addon.watchHeapLimit(waitMs);
  unwatch = () => {
    unlisten();
    addon.noteHandledError('', 0);
    if (watchesHeap) addon.watchHeapLimit(0);
  };
}

/** Takes all of it back. */
export function unwatchFatalErrors(): void {
  unwatch();
  unwatch = () => undefined;
}

/** Somebody catches it, so the process goes on. */
function isHandled(): boolean {
  return process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback();
}

/** V8 calls only one such callback, so Node's own would no longer be called. */
function snapshotsHeap(): boolean {
  const options = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  return options.replaceAll('_', '-').includes('--heapsnapshot-near-heap-limit');
}

function titleOf(origin: string): string {
  return origin === 'unhandledRejection' ? 'unhandled rejection: ' : '';
}

/** Its message, then its stack. Messages of drivers like to contain the URL that they failed on. */
function textOf(error: unknown, masker: Masker): string {
  const title = describeError(error, (text) => masker.text(text));
  try {
    if (isError(error) && typeof error.stack === 'string') {
      const stack = masker.text(error.stack.slice(0, MAX_STACK_LENGTH));
      // Node writes the line of the source above the stack of some.
      return stack.startsWith(title) ? stack : `${title}\n${stack}`;
    }
  } catch {
    // A hostile getter.
  }
  return title;
}
