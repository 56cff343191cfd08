import type { Worker } from 'node:worker_threads';
import { workerIdentity } from './thread-identity';
import { learnRefusedFlags, withPreload } from './worker-arguments';
import type { WorkerClass, WorkerSink } from './worker-patch';

/** With our preload, or, when Node does not take that, exactly as the user asked. */
export function constructWorker(target: WorkerClass, args: unknown[], newTarget: WorkerClass): Worker {
  // Twice, because the first refusal tells which inherited flags to leave out.
  for (let attempt = 0; attempt < 2; attempt++) {
    const extended = tryWithPreload(args);
    if (extended === null) break;
    try {
      return construct(target, extended, newTarget);
    } catch (error) {
      if (!isAboutArguments(error)) throw error;
      if (!learnRefusedFlags(error)) break;
    }
  }
  return construct(target, args, newTarget);
}

function construct(target: WorkerClass, args: unknown[], newTarget: WorkerClass): Worker {
  return Reflect.construct<unknown[], Worker>(target as new (...args: unknown[]) => Worker, args, newTarget);
}

/** The user's options may be hostile, for instance have getters that throw. Then Node shall meet them, not we. */
function tryWithPreload(args: readonly unknown[]): unknown[] | null {
  try {
    return withPreload(args);
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

/** Gives it its name in reports. Never throws. */
export function announceWorker(sink: WorkerSink, worker: Worker, args: readonly unknown[]): void {
  try {
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
