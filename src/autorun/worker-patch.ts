import type { Worker } from 'node:worker_threads';
import type { NativeAddon } from '../addon/contract';
import type { WorkerThreads } from './thread-identity';

/** The part of the addon that hears of workers. */
export type WorkerSink = Pick<NativeAddon, 'announceWorker' | 'forgetWorker'>;

type WorkerClass = typeof Worker;

let undoPatch: (() => void) | undefined;

/**
 * Makes every worker that this thread creates from now on register itself, and announces it. Idempotent.
 *
 * `worker_threads.Worker` becomes a Proxy, so `instanceof`, subclasses and static members work as before. Code that
 * took the class out of the module earlier still creates plain workers: they are announced, but do not register.
 */
export function patchWorker(threads: WorkerThreads, sink: WorkerSink): void {
  if (undoPatch !== undefined) return;
  const original = threads.Worker;
  const announced = new WeakSet<Worker>();
  const announce = (worker: Worker, args: readonly unknown[]): void => {
    if (announced.has(worker)) return;
    announced.add(worker);
    announceWorker(sink, worker, args);
  };
  const patched = new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      // Someone may hold the proxy beyond dispose(): it then does nothing of its own.
      if (undoPatch === undefined) return Reflect.construct(target, args, actualTarget(newTarget));
      const worker = constructWorker(target, args, actualTarget(newTarget));
      announce(worker, args);
      return worker;
    },
  });
  // Inside of the class `new.target` must not be the proxy, unless a subclass stands there.
  const actualTarget = (newTarget: unknown): WorkerClass =>
    newTarget === patched ? original : (newTarget as WorkerClass);
  const onWorker = (worker: Worker): void => announce(worker, []);
  setWorkerClass(threads, patched);
  process.on('worker', onWorker);
  undoPatch = () => {
    process.removeListener('worker', onWorker);
    // Someone else may have replaced the class after us; then theirs stays, with our idle proxy inside.
    if (threads.Worker === patched) setWorkerClass(threads, original);
  };
}

/** Gives `worker_threads.Worker` back. Workers that run stay registered. */
export function unpatchWorker(): void {
  const undo = undoPatch;
  undoPatch = undefined;
  undo?.();
}

/** With our preload, or, when Node does not take that, exactly as the user asked. */
function constructWorker(target: WorkerClass, args: unknown[], newTarget: WorkerClass): Worker {
  // Twice, because the first refusal tells which inherited flags to leave out.
  for (let attempt = 0; attempt < 2; attempt++) {
    const extended = tryWithPreload(args);
    if (extended === null) break;
    try {
      return construct(target, extended, newTarget);
    } catch (error) {
      if (!isAboutArguments(error)) throw error;
      if (!workerArguments().learnRefusedFlags(error)) break;
    }
  }
  return construct(target, args, newTarget);
}

/** Loaded with the first worker: many services have none. */
function workerArguments(): typeof import('./worker-arguments') {
  return require('./worker-arguments') as typeof import('./worker-arguments');
}

function construct(target: WorkerClass, args: unknown[], newTarget: WorkerClass): Worker {
  return Reflect.construct<unknown[], Worker>(target as new (...args: unknown[]) => Worker, args, newTarget);
}

/** The user's options may be hostile, for instance have getters that throw. Then Node shall meet them, not we. */
function tryWithPreload(args: readonly unknown[]): unknown[] | null {
  try {
    return workerArguments().withPreload(args);
  } catch {
    return null;
  }
}

/**
 * True for errors from before anything was handed over. After it (`ERR_WORKER_INIT_FAILED`, data that cannot be
 * cloned), transferred objects are gone, and a second attempt would only hide the user's own error.
 */
function isAboutArguments(error: unknown): boolean {
  const code: unknown =
    typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && code !== 'ERR_WORKER_INIT_FAILED';
}

function announceWorker(sink: WorkerSink, worker: Worker, args: readonly unknown[]): void {
  try {
    const { workerIdentity } = require('./thread-identity') as typeof import('./thread-identity');
    const identity = workerIdentity(worker, args);
    // -1: it has ended already.
    if (identity.threadId < 0) return;
    sink.announceWorker(identity);
    worker.once('exit', () => {
      try {
        sink.forgetWorker(identity.threadId);
      } catch {
        // The process is ending.
      }
    });
  } catch {
    // It will be in the report without its name.
  }
}

function setWorkerClass(threads: WorkerThreads, workerClass: WorkerClass): void {
  (threads as { Worker: WorkerClass }).Worker = workerClass;
  // `import { Worker }` is a live binding of the module's export and changes with it.
  (require('node:module') as typeof import('node:module')).syncBuiltinESMExports();
}
