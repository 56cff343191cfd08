import type { WaitHolder } from '../../report/waits';
import { type Chain, classAt, hasAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted } from '../base/words';

/** A task that runs, or the pool if it has not begun the task. */
function explainTask(task: WaitHolder, chain: Chain): Explanation | null {
  const file = textAt(task, 'filename');
  if (task.member !== 'callback' || file === null || !hasAt(task, 'taskId')) return null;
  if (classAt(task, 'workerInfo') !== null) {
    const thread = numberAt(task, 'workerInfo.worker.@kHandle.threadId');
    return { text: `piscina task ${file}, running in worker thread${thread === null ? '' : ` ${thread}`}` };
  }
  const pool = chain.outside('ThreadPool');
  return (pool === null ? null : explainPool(pool)) ?? { text: `piscina task ${file}, queued` };
}

/** A pool with a queue. */
function explainPool(pool: WaitHolder): Explanation | null {
  const ready = numberAt(pool, 'workers.readyItems.size');
  const limit = numberAt(pool, 'options.maxThreads');
  if (ready === null || limit === null) return null;
  // A load balancer of the program may leave threads idle.
  if (classAt(pool, 'options.loadBalancer') !== null) return null;
  const starting = numberAt(pool, 'workers.pendingItems.size') ?? 0;
  const waiting = queuedIn(pool);
  const parts = [`${ready} of ${counted(limit, 'thread')} busy`];
  if (starting > 0) parts.push(`${starting} starting`);
  if (waiting !== null) parts.push(`${counted(waiting, 'task')} queued`);
  return { text: `piscina: ${parts.join(', ')}`, counts: { inUse: ready, limit, waiting } };
}

// From dist/task_queue/fixed_queue.js; its own count cannot be read.
const BUFFER_MASK = 2047;

/** Null: there are more tasks than one buffer holds, or the queue is of another kind. */
function queuedIn(pool: WaitHolder): number | null {
  const skipped = numberAt(pool, 'skipQueue.length');
  const inArray = numberAt(pool, 'taskQueue.tasks.length');
  const top = numberAt(pool, 'taskQueue.tail.top');
  const bottom = numberAt(pool, 'taskQueue.tail.bottom');
  if (skipped === null) return null;
  if (inArray !== null) return inArray + skipped;
  if (top === null || bottom === null || pool.values['taskQueue.tail.next']?.kind !== 'null') return null;
  return ((top - bottom) & BUFFER_MASK) + skipped;
}

export const PISCINA: Explainer = {
  library: 'piscina',
  classes: {
    TaskInfo: {
      read: ['filename', 'taskId', 'workerInfo', 'workerInfo.worker.@kHandle.threadId'],
      explain: explainTask,
    },
    ThreadPool: {
      read: [
        'workers.readyItems.size',
        'workers.pendingItems.size',
        'options.maxThreads',
        'options.loadBalancer',
        'skipQueue.length',
        'taskQueue.tasks.length',
        'taskQueue.tail.top',
        'taskQueue.tail.bottom',
        'taskQueue.tail.next',
      ],
    },
  },
};
