import type { Worker } from 'node:worker_threads';
import type { NativeAddon } from '../addon/contract';
import { builtin, deferred } from '../deferred';
import { guard, listen } from '../guard';
import { PATHS } from '../paths';
import type { WorkerThreads } from './thread-identity';

type NodeModule = typeof import('node:module');
type NewWorker = typeof import('./new-worker');

/** The flag of Node that makes a new worker load our preload first. */
export const WORKER_PRELOAD_FLAG: string = `--require=${PATHS.workerPreload}`;

/** The part of the addon that hears of workers. */
export type WorkerSink = Pick<NativeAddon, 'announceWorker' | 'arePackageFilesThere' | 'forgetWorker'>;

/** The class, or what stands in for it. */
export type WorkerClass = typeof Worker;

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
    guard('the announcement of a worker', () => newWorker()?.announceWorker(sink, worker, args));
  };
  const patched = new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      // Someone may hold the proxy beyond dispose(): it then does nothing of its own.
      const ours = undoPatch === undefined ? undefined : newWorker();
      if (ours === undefined) return Reflect.construct(target, args, actualTarget(newTarget));
      const worker = ours.constructWorker(sink, target, args, actualTarget(newTarget));
      announce(worker, args);
      return worker;
    },
  });
  // Inside of the class `new.target` must not be the proxy, unless a subclass stands there.
  const actualTarget = (newTarget: unknown): WorkerClass =>
    newTarget === patched ? original : (newTarget as WorkerClass);
  const onWorker = (worker: Worker): void => announce(worker, []);
  guard('the patch of worker_threads.Worker', () => setWorkerClass(threads, patched));
  const unlisten = listen(process, 'worker', 'the announcement of a worker', onWorker);
  undoPatch = () => {
    unlisten();
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

/** Loaded with the first worker, because many services have none. */
function newWorker(): NewWorker | undefined {
  return guard('starting a worker', () => deferred('autorun/new-worker') as NewWorker);
}

function setWorkerClass(threads: WorkerThreads, workerClass: WorkerClass): void {
  (threads as { Worker: WorkerClass }).Worker = workerClass;
  // `import { Worker }` is a live binding of the module's export and changes with it.
  nodeModule().syncBuiltinESMExports();
}

/** `node:module`. To require it takes a third of a millisecond, and every module has it as its class. */
function nodeModule(): NodeModule {
  const { constructor } = module;
  // Test runners that load modules in their own way may have another class.
  const isNodes = 'syncBuiltinESMExports' in constructor;
  return isNodes ? (constructor as unknown as NodeModule) : (builtin('node:module') as NodeModule);
}
