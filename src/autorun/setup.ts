import type { NativeAddon } from '../addon/contract';
import { loadAddon } from '../addon/load';
import { builtin, deferred } from '../deferred';
import { GmrError, describeError, warn } from '../errors';
import { guard } from '../guard';
import { readSettings, type AutorunOptions, type Settings } from '../options';
import { makeDisposable, type DisposableHandle } from '../sections/registry';
import { registerWorker } from './register-worker';
import { linkReporter, unlinkReporter } from './reporter-link';
import { unwatchSignalListeners, watchSignalListeners } from './signal-listeners';
import type { WorkerThreads } from './thread-identity';
import { patchWorker, unpatchWorker } from './worker-patch';

/** What `setupAutorun` returns: takes back what it did, as far as that can be taken back. */
export type AutorunHandle = DisposableHandle;

type FatalErrors = typeof import('./fatal-errors');
type SignalStandIn = typeof import('./signal-stand-in');

/** Counts the installations, so that a handle from before a `dispose()` does not end a later one. */
let installation = 0;
let installed = false;
const warnings = new Set<string>();
let fatalErrors: FatalErrors | undefined;

/**
 * From now on the signal makes this process print a report, whatever its threads do.
 *
 * A second call replaces the options; nothing is installed twice. In a worker, that worker is registered and its
 * `greenThreads.context` is used; all else belongs to the main thread.
 *
 * @returns a handle whose `dispose()` gives back the signal's earlier action and `worker_threads.Worker`. The native
 * thread stays, asleep. A handle disposes of the installation as a whole, not only of its own options.
 * @throws GmrError `GMR_INVALID_OPTION`. Any other failure is a warning, or with `optional: false` an error:
 * `GMR_ADDON_UNAVAILABLE` or `GMR_SIGNAL_FAILED`.
 */
export function setupAutorun(options: AutorunOptions = {}): AutorunHandle {
  const settings = readSettings(options);
  try {
    return install(settings);
  } catch (error) {
    if (!settings.optional) throw error;
    return makeDisposable(goWithout(error, settings));
  }
}

function install(settings: Settings): AutorunHandle {
  const addon = loadAddon();
  const threads = builtin('node:worker_threads') as WorkerThreads;
  if (threads.isMainThread) installOnMain(threads, addon, settings);
  else installOnWorker(threads, addon, settings);
  if (!installed) installation++;
  installed = true;
  const mine = installation;
  return makeDisposable(() => {
    if (!installed || mine !== installation) return;
    installed = false;
    guard('dispose', () => uninstall(threads, addon));
  });
}

function installOnMain(threads: WorkerThreads, addon: NativeAddon, settings: Settings): void {
  linkReporter(addon, settings);
  setContext(addon, settings);
  installSignal(addon, settings);
  if (settings.workers) patchWorker(threads, addon);
  else unpatchWorker();
  watchFatalErrors(addon, settings);
}

/** Loaded only when needed, because most processes do not use it. */
function watchFatalErrors(addon: NativeAddon, settings: Settings): void {
  if (settings.onFatalError) {
    fatalErrors ??= deferred('autorun/fatal-errors') as FatalErrors;
    fatalErrors.watchFatalErrors(addon, settings);
  } else fatalErrors?.unwatchFatalErrors();
}

function installOnWorker(threads: WorkerThreads, addon: NativeAddon, settings: Settings): void {
  registerWorker(threads, addon, settings.workers);
  setContext(addon, settings);
}

/** A storage belongs to its thread, so each thread names its own. */
function setContext(addon: NativeAddon, { greenThreads: { context } }: Settings): void {
  addon.setContext(context?.storage ?? null, context?.keys ?? []);
}

function installSignal(addon: NativeAddon, settings: Settings): void {
  const { signal, optional } = settings;
  if (signal === false) {
    unwatchSignalListeners();
    return addon.removeSignal();
  }
  try {
    watchSignalListeners(addon, settings, addon.installSignal(signal.number, signal.name));
  } catch (error) {
    const message = `expected to install the handler of ${signal.name}, got ${describeError(error)}`;
    const failure = new GmrError('GMR_SIGNAL_FAILED', message, { cause: error });
    if (!optional) throw failure;
    // The other ways to request a report still work.
    warnOnce(`gmr-native does not answer signals: ${message}`, failure.code);
  }
}

function uninstall(threads: WorkerThreads, addon: NativeAddon): void {
  unpatchWorker();
  addon.setContext(null, []);
  if (!threads.isMainThread) return;
  unwatchSignalListeners();
  addon.removeSignal();
  fatalErrors?.unwatchFatalErrors();
  unlinkReporter(addon);
}

/**
 * Nothing is installed, and the service runs.
 *
 * In a worker this is silent, because the main thread fails for the same reason and warns about it.
 *
 * @returns a function that removes the stand-in for the signal.
 */
function goWithout(error: unknown, { signal }: Settings): () => void {
  if (!(builtin('node:worker_threads') as WorkerThreads).isMainThread) return () => undefined;
  const isOurs = error instanceof GmrError;
  const message = isOurs ? error.message : describeError(error);
  warnOnce(`gmr-native is not active: ${message}`, isOurs ? error.code : 'GMR_SETUP_FAILED');
  if (signal === false || installed) return () => undefined;
  try {
    return (deferred('autorun/signal-stand-in') as SignalStandIn).standInForSignal(signal);
  } catch {
    return () => undefined;
  }
}

/** A preload and the service itself may both call setup; the second call would only repeat the warning. */
function warnOnce(message: string, code: string): void {
  if (warnings.has(message)) return;
  warnings.add(message);
  warn(message, code);
}
