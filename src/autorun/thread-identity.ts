import type { ResourceLimits, Worker } from 'node:worker_threads';
import type { IsolateIdentity } from '../addon/contract';

/** `node:worker_threads` itself; an import of its parts would not see, nor make, a change of `Worker`. */
export type WorkerThreads = typeof import('node:worker_threads');

/** Who the calling worker is. */
export function ownIdentity(threads: WorkerThreads): IsolateIdentity {
  return {
    isMainThread: false,
    threadId: threads.threadId,
    // Earlier versions of Node tell the name to the parent only, which announces it.
    name: givenName((threads as { threadName?: unknown }).threadName),
    // In a preload argv has no script yet; the parent knows it.
    entry: '',
    resourceLimits: limitsInMb(threads.resourceLimits),
  };
}

/** Who a worker is, as its parent knows it; `args` are those of `new Worker`, or none when nobody saw them. */
export function workerIdentity(worker: Worker, args: readonly unknown[]): IsolateIdentity {
  const options = typeof args[1] === 'object' && args[1] !== null ? (args[1] as Record<string, unknown>) : {};
  return {
    isMainThread: false,
    threadId: worker.threadId,
    name: textOr(options['name'], givenName((worker as { threadName?: unknown }).threadName)),
    entry: options['eval'] === true ? '' : entryText(args[0]),
    resourceLimits: limitsInMb(worker.resourceLimits),
  };
}

/** Node's own name for workers without one says nothing. */
function givenName(name: unknown): string {
  return name === 'WorkerThread' ? '' : textOr(name, '');
}

function entryText(entry: unknown): string {
  return entry instanceof URL ? entry.href : textOr(entry, '');
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function limitsInMb(limits: ResourceLimits | undefined): number[] {
  const numbers = [
    limits?.maxOldGenerationSizeMb,
    limits?.maxYoungGenerationSizeMb,
    limits?.codeRangeSizeMb,
    limits?.stackSizeMb,
  ];
  // The main thread and exited workers have an empty object. To the parent, -1 means that V8 decides; the worker itself
  // knows what V8 has decided.
  return numbers.every((number) => typeof number === 'number' && number >= 0) ? (numbers as number[]) : [];
}
