import type { NativeAddon } from '../addon/contract';
import { loadAddon } from '../addon/load';
import { ownIdentity, type WorkerThreads } from './thread-identity';
import { hidePreloadFlag } from './worker-arguments';
import { patchWorker } from './worker-patch';

/** What the preload of a worker does: the worker answers reports, and so do workers that it creates. */
export function registerPreloadedWorker(): void {
  const threads = require('node:worker_threads') as WorkerThreads;
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
