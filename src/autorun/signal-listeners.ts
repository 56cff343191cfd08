import type { EarlierHandlers, NativeAddon } from '../addon/contract';
import { listen } from '../guard';
import type { Settings, SignalListeners } from '../options';

/** The listeners for one signal. */
interface Watched {
  readonly addon: NativeAddon;
  readonly signalName: string;
  readonly policy: SignalListeners;
}

type Listener = (...args: never[]) => unknown;

/** Prefix of the file in which Node defines its own listeners, for `--report-on-signal` and `--heapsnapshot-signal`. */
const NODE_OWN = /\(node:internal\/process\/(?:report|pre_execution)(?:\.js)?:/;

const ENTRY = 'the look at the listeners for the signal';

let watched: Watched | undefined;
let unlisten: readonly (() => void)[] = [];
/** Each warning comes once per process, and a second setup does not repeat it. */
let warnedOfListener = false;
let warnedOfHandler = false;

/**
 * Watches which listeners the application has for the signal of reports: the native code must know whether there are
 * any, and a warning names the one that is no longer called. Main thread only. Costs one comparison per listener that
 * is added to or removed from `process`.
 */
export function watchSignalListeners(addon: NativeAddon, settings: Settings, earlier: EarlierHandlers): void {
  if (settings.signal === false) return unwatchSignalListeners();
  if (watched === undefined) {
    unlisten = [
      // In the other order, the second subscription would call the first.
      listen(process, 'removeListener', ENTRY, onRemoved),
      listen(process, 'newListener', ENTRY, onAdded),
    ];
  }
  watched = { addon, signalName: settings.signal.name, policy: settings.signalListeners };
  const listeners = listenersOf(watched);
  update(watched, listeners);
  warnOfHandlers(watched, earlier, listeners.length);
}

export function unwatchSignalListeners(): void {
  if (watched === undefined) return;
  watched = undefined;
  for (const stop of unlisten) stop();
}

/** Node calls this before the listener is added. */
function onAdded(event: string | symbol, listener: Listener): void {
  if (watched === undefined || event !== watched.signalName) return;
  update(watched, [...listenersOf(watched), listener]);
}

/** Node calls this after the listener was removed. */
function onRemoved(event: string | symbol): void {
  if (watched === undefined || event !== watched.signalName) return;
  update(watched, listenersOf(watched));
}

function listenersOf({ signalName }: Watched): Listener[] {
  return process.listeners(signalName as NodeJS.Signals);
}

function update(current: Watched, listeners: readonly Listener[]): void {
  const { addon, policy } = current;
  if (listeners.length === 0) return addon.setSignalListeners(false, policy === 'call');
  const descriptions = listeners.map((listener) => addon.describeFunction(listener));
  const isNodeListening = descriptions.some((description) => NODE_OWN.test(description));
  // Node passes a signal on to all listeners or to none, and flags of Node are set on purpose.
  addon.setSignalListeners(true, policy === 'call' || isNodeListening);
  const shared = descriptions.find((description) => !NODE_OWN.test(description));
  if (shared === undefined || policy === 'call' || warnedOfListener) return;
  warnedOfListener = true;
  // Under nodemon, this is most likely the listener that nodemon's documentation recommends, and it is still called.
  addon.say(describeShared(current.signalName, shared, isNodeListening), true);
}

/** The warning in one line, which must make sense without the documentation. */
function describeShared(signalName: string, listener: string, isNodeListening: boolean): string {
  const head = `GMR_SIGNAL_SHARED: ${signalName} prints a report in this process, and ${listener} listens to it as well. `;
  const other = `give reports another signal (signal: 'SIGHUP' or GMR_SIGNAL=SIGHUP)`;
  if (isNodeListening) {
    return (
      `${head}That listener is called, because a flag of Node (--report-on-signal or --heapsnapshot-signal) uses ` +
      `${signalName}, too. If it shuts the service down, ${other}`
    );
  }
  return (
    `${head}That listener is NOT called. If it is there to shut down on any signal, as that of NestJS's ` +
    `enableShutdownHooks(), nothing needs to be done. If it must be called, set signalListeners: 'call' ` +
    `(GMR_SIGNAL_LISTENERS=call), or ${other}`
  );
}

function warnOfHandlers(current: Watched, earlier: EarlierHandlers, listeners: number): void {
  const { addon, signalName, policy } = current;
  const { foreignModule, libuvActive } = earlier;
  const isHiddenListener = libuvActive && listeners === 0 && policy === 'skip';
  if (warnedOfHandler || (foreignModule === '' && !isHiddenListener)) return;
  warnedOfHandler = true;
  const head = `GMR_SIGNAL_SHARED: ${signalName} prints a report in this process, and `;
  const other = `give reports another signal (signal: 'SIGHUP' or GMR_SIGNAL=SIGHUP)`;
  if (foreignModule !== '') {
    addon.say(
      `${head}${foreignModule} has a handler in C for it, which is still called, except for signals of ` +
        `'gmr trigger'. If either of them misbehaves, ${other}`,
      false,
    );
  } else {
    addon.say(
      `${head}an addon listens to it through libuv. That listener is NOT called. If it must be, set ` +
        `signalListeners: 'call' (GMR_SIGNAL_LISTENERS=call), or ${other}`,
      false,
    );
  }
}
