import { builtin } from '../deferred';
import type { NativeAddon } from '../addon/contract';
import { loadAddon } from '../addon/load';
import { ownIdentity, type WorkerThreads } from './thread-identity';
import { WORKER_PRELOAD_FLAG, patchWorker } from './worker-patch';

/** What the preload of a worker does: the worker answers reports, and so do workers that it creates. */
export function registerPreloadedWorker(): void {
  const threads = builtin('node:worker_threads') as WorkerThreads;
  // A preload that reached a child process has nothing to do there.
  if (threads.isMainThread) return;
  hidePreloadFlag();
  registerWorker(threads, loadAddon(), true);
}

/** Registers the calling worker, and with `nested` the workers that it will create. */
export function registerWorker(threads: WorkerThreads, addon: NativeAddon, nested: boolean): void {
  addon.registerIsolate(ownIdentity(threads));
  if (nested) patchWorker(threads, addon);
}

/** Removes our flag from `process.execArgv`, so that `fork` in a worker does not pass it on to a child process. */
function hidePreloadFlag(): void {
  const index = process.execArgv.lastIndexOf(WORKER_PRELOAD_FLAG);
  if (index >= 0) process.execArgv.splice(index, 1);
}
