/*
 * The host calls gmr-native only through this module: from its event loop, from an emitter, or after a promise. A fault
 * of ours becomes one warning here. No other module adds listeners or schedules work; `test/entries.test.ts` checks that.
 */
import { describeError, warn } from './errors';

/** Entries that have failed. Each warns once, because a fault in a busy place must not flood the log. */
const failedEntries = new Set<string>();

/** Runs work of ours for the host. Never throws; undefined when the work failed. */
export function guard<Result>(entry: string, work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (failedEntries.has(entry)) return undefined;
    failedEntries.add(entry);
    warn(`gmr-native: ${entry} failed; the service is not affected: ${describeError(error)}`, 'GMR_INTERNAL');
    return undefined;
  }
}

/** Wraps a function so that it never throws and can be passed to the host or to the addon. */
export function guarded<Args extends readonly unknown[]>(
  entry: string,
  work: (...args: Args) => void,
): (...args: Args) => void {
  return (...args) => guard(entry, () => work(...args));
}

/** Listens to an emitter of the host. Returns a function that stops. Neither throws, even if the emitter is frozen. */
export function listen(
  emitter: NodeJS.EventEmitter,
  event: string,
  entry: string,
  work: (...args: never[]) => void,
): () => void {
  const listener = guarded(entry, work as (...args: unknown[]) => void);
  guard(entry, () => emitter.on(event, listener));
  return () => guard(entry, () => emitter.off(event, listener));
}

/** Whether a value is a promise of any realm or library. May throw for a hostile getter. */
export function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * Calls one of the two functions when the value, which may be a promise of the host, is settled. Handles rejections.
 */
export function whenSettled(
  value: unknown,
  entry: string,
  fulfilled: (value: unknown) => void,
  rejected: (error: unknown) => void,
): void {
  void Promise.resolve(value).then(guarded(entry, fulfilled), guarded(entry, rejected));
}

/** Runs work of ours in the next turn of the event loop. It runs soon, so the immediate may keep the loop alive. */
export function nextTurn(entry: string, work: () => void): void {
  setImmediate(guarded(entry, work));
}
