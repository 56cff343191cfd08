import type { NativeAddon } from '../addon/contract';
import { loadAddon } from '../addon/load';
import { GmrError, describeError, warn } from '../errors';
import { readSettings, type AutorunOptions, type Settings } from '../options';
import { makeDisposable, type DisposableHandle } from '../sections/registry';
import { linkReporter, unlinkReporter } from './reporter-link';
import type { WorkerThreads } from './thread-identity';
import { patchWorker, unpatchWorker } from './worker-patch';

/** What `setupAutorun` returns: takes back what it did, as far as that can be taken back. */
export type AutorunHandle = DisposableHandle;

/** Counts the installations, so that a handle from before a `dispose()` does not end a later one. */
let installation = 0;
let installed = false;
let fatalErrors: typeof import('./fatal-errors') | undefined;

/**
 * From now on the signal makes this process print a report, whatever its threads do.
 *
 * A second call replaces the options; nothing is installed twice. In a worker, that worker is registered and its
 * `greenThreads.context` is used; all else belongs to the main thread.
 *
 * @returns a handle whose `dispose()` gives back the signal's earlier action and `worker_threads.Worker`. The native
 * thread stays, asleep. A handle disposes of the installation as a whole, not only of its own options.
 * @throws GmrError `GMR_INVALID_OPTION`, `GMR_ADDON_UNAVAILABLE` (a warning with `optional: true`), or
 * `GMR_SIGNAL_FAILED`.
 */
export function setupAutorun(options: AutorunOptions = {}): AutorunHandle {
  const settings = readSettings(options);
  const addon = loadOrWarn(settings.optional);
  if (addon === null) return makeDisposable(() => undefined);
  const threads = require('node:worker_threads') as WorkerThreads;
  if (threads.isMainThread) installOnMain(threads, addon, settings);
  else installOnWorker(threads, addon, settings);
  if (!installed) installation++;
  installed = true;
  const mine = installation;
  return makeDisposable(() => {
    if (!installed || mine !== installation) return;
    installed = false;
    uninstall(threads, addon);
  });
}

function installOnMain(threads: WorkerThreads, addon: NativeAddon, settings: Settings): void {
  linkReporter(addon, settings);
  setContext(addon, settings);
  installSignal(addon, settings.signal);
  if (settings.workers) patchWorker(threads, addon);
  else unpatchWorker();
  watchFatalErrors(addon, settings);
  if (settings.signal !== false) lookForNodemon(settings.signal.name);
}

/** Not in production, and not before the event loop turns: setup must be fast. */
function lookForNodemon(signalName: string): void {
  if (process.env['NODE_ENV'] === 'production' || process.platform !== 'linux') return;
  const look = (): void => {
    (require('./nodemon-warning') as typeof import('./nodemon-warning')).warnUnderNodemon(signalName);
  };
  // Not at once: the first immediate of a process, as its first tick, takes a fifth of a millisecond.
  void Promise.resolve().then(() => setImmediate(look).unref());
}

/** Most processes do not ask for it, and need not load it. */
function watchFatalErrors(addon: NativeAddon, settings: Settings): void {
  if (settings.onFatalError) {
    fatalErrors ??= require('./fatal-errors') as typeof import('./fatal-errors');
    fatalErrors.watchFatalErrors(addon, settings);
  } else fatalErrors?.unwatchFatalErrors();
}

function installOnWorker(threads: WorkerThreads, addon: NativeAddon, settings: Settings): void {
  const { registerWorker } = require('./register-worker') as typeof import('./register-worker');
  registerWorker(threads, addon, settings.workers);
  setContext(addon, settings);
}

/** A storage belongs to its thread, so each thread names its own. */
function setContext(addon: NativeAddon, { greenThreads: { context } }: Settings): void {
  addon.setContext(context?.storage ?? null, context?.keys ?? []);
}

function installSignal(addon: NativeAddon, signal: Settings['signal']): void {
  if (signal === false) return addon.removeSignal();
  try {
    addon.installSignal(signal.number, signal.name);
  } catch (error) {
    const message = `expected to install the handler of ${signal.name}, got ${describeError(error)}`;
    throw new GmrError('GMR_SIGNAL_FAILED', message, { cause: error });
  }
}

function uninstall(threads: WorkerThreads, addon: NativeAddon): void {
  unpatchWorker();
  addon.setContext(null, []);
  if (!threads.isMainThread) return;
  addon.removeSignal();
  fatalErrors?.unwatchFatalErrors();
  unlinkReporter(addon);
}

function loadOrWarn(optional: boolean): NativeAddon | null {
  try {
    return loadAddon();
  } catch (error) {
    if (!optional || !(error instanceof GmrError)) throw error;
    warn(error.message, error.code);
    return null;
  }
}
