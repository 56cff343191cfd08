import { existsSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { warn } from '../errors';
import { guard, listen } from '../guard';
import { PATHS } from '../paths';
import { workerIdentity } from './thread-identity';
import { learnRefusedFlags, withPreload } from './worker-arguments';
import type { WorkerClass, WorkerSink } from './worker-patch';

let missedPackage = false;

/** With our preload, or, when Node does not take that, exactly as the user asked. */
export function constructWorker(
  sink: WorkerSink,
  target: WorkerClass,
  args: unknown[],
  newTarget: WorkerClass,
): Worker {
  // Twice, because the first refusal tells which inherited flags to leave out.
  for (let attempt = 0; attempt < 2; attempt++) {
    const extended = isPackageThere(sink) ? tryWithPreload(args) : null;
    if (extended === null) break;
    try {
      return construct(target, extended, newTarget);
    } catch (error) {
      if (!isAboutArguments(error)) throw error;
      if (guard('starting a worker', () => learnRefusedFlags(error)) !== true) break;
    }
  }
  return construct(target, args, newTarget);
}

/** A worker would not start if its preload could not be read, and would not fit this version if it read another's. */
function isPackageThere(sink: WorkerSink): boolean {
  const areUnchanged = guard('starting a worker', () => sink.arePackageFilesThere());
  if (areUnchanged !== false) return existsSync(PATHS.workerPreload);
  if (!missedPackage) {
    missedPackage = true;
    warn(
      'gmr-native: its package was removed, replaced, or cannot be read any more; ' +
        'workers that are started from now on do not register, so reports show less of them',
      'GMR_PACKAGE_CHANGED',
    );
  }
  return false;
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

/** Gives a worker its name in reports. */
export function announceWorker(sink: WorkerSink, worker: Worker, args: readonly unknown[]): void {
  const identity = workerIdentity(worker, args);
  // A threadId of -1 means that the worker has already ended.
  if (identity.threadId < 0) return;
  sink.announceWorker(identity);
  listen(worker, 'exit', 'a worker that ended', () => sink.forgetWorker(identity.threadId));
}
