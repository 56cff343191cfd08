import type { ResourceLimits, Worker } from 'node:worker_threads';
import type { IsolateIdentity } from '../addon/contract';
import { boundedName } from '../escape';

/** `node:worker_threads` itself; an import of its parts would not see, nor make, a change of `Worker`. */
export type WorkerThreads = typeof import('node:worker_threads');

/** The name of the thread that runs module hooks, which no other code can name. */
const MODULE_HOOKS = 'module hooks';
const HOOKS_MODULE = 'node:internal/modules/esm/worker:';
/** A preload is some 20 frames deep. */
const DEEPER_THAN_A_PRELOAD = 100;

/** Who the calling worker is. */
export function ownIdentity(threads: WorkerThreads): IsolateIdentity {
  const runsModuleHooks = isBelowModuleHooks();
  return {
    isMainThread: false,
    threadId: threads.threadId,
    // Earlier versions of Node give the name to the parent only, which announces it.
    name: runsModuleHooks ? MODULE_HOOKS : givenName((threads as { threadName?: unknown }).threadName),
    // In a preload argv has no script yet; the parent knows it.
    entry: '',
    resourceLimits: limitsInMb(threads.resourceLimits),
    runsModuleHooks,
  };
}

/** Who a worker is, as its parent knows it; `args` are those of `new Worker`, or none when they were not seen. */
export function workerIdentity(worker: Worker, args: readonly unknown[]): IsolateIdentity {
  const runsModuleHooks = isInternal(worker) && args.length === 0;
  const options = typeof args[1] === 'object' && args[1] !== null ? (args[1] as Record<string, unknown>) : {};
  return {
    isMainThread: false,
    threadId: worker.threadId,
    name: runsModuleHooks
      ? MODULE_HOOKS
      : boundedName(textOr(options['name'], givenName((worker as { threadName?: unknown }).threadName))),
    entry: options['eval'] === true ? '' : entryText(args[0]),
    resourceLimits: limitsInMb(worker.resourceLimits),
    runsModuleHooks,
  };
}

/**
 * Whether Node's thread for module hooks (`--import`, `module.register`) loads this as a preload. Only the stack shows
 * it in all versions: that thread begins in a module of Node's that no other thread runs.
 */
function isBelowModuleHooks(): boolean {
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = DEEPER_THAN_A_PRELOAD;
    return new Error('where a worker begins').stack?.includes(HOOKS_MODULE) ?? false;
  } catch {
    return false; // The application has frozen or replaced Error.
  } finally {
    restoreLimit(limit);
  }
}

function restoreLimit(limit: number): void {
  try {
    Error.stackTraceLimit = limit;
  } catch {
    // It was not changed either.
  }
}

/** The class of workers that Node makes for itself, which is for module hooks only. Node does not export it. */
function isInternal(worker: Worker): boolean {
  return worker.constructor.name === 'InternalWorker';
}

/** Node's own name for workers without one says nothing. */
function givenName(name: unknown): string {
  return name === 'WorkerThread' ? '' : boundedName(textOr(name, ''));
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
