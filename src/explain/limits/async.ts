import type { WaitHolder } from '../../report/waits';
import { type Chain, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation, KnownClass } from '../base/explainer';

/** async.queue() passes a function of its own, which calls that of the program; async.cargo() passes the program's. */
const WORKERS = ['_worker.^_worker.name', '_worker.name'];

/** The variables of async.queue(): tasks that run, and the list of those that wait. */
function explainQueue(queue: WaitHolder, chain: Chain): Explanation | null {
  const running = numberAt(queue, 'numRunning');
  const limit = numberAt(queue, 'q.concurrency');
  const waiting = numberAt(queue, 'q._tasks.length');
  const isOfAsync = /[\\/]async[\\/]/.test(queue.file ?? '');
  if (running === null || limit === null || waiting === null || !isOfAsync) return null;
  const worker = WORKERS.map((path) => textAt(queue, path)).find((name) => name !== null) ?? '';
  const of = worker === '' ? '' : ` of ${worker}`;
  const isPaused = isTrueAt(queue, 'q.paused') ? ', paused' : '';
  return {
    text: `async.queue${of}: ${running} of ${limit} running, ${waiting} waiting${isPaused}${eventOf(queue, chain)}`,
    counts: { inUse: running, limit, waiting },
  };
}

/** `; drain()`: the queue keeps listeners in lists, by the name of the event. */
function eventOf(queue: WaitHolder, { holders, at }: Chain): string {
  const events = holders[at - 1];
  if (queue.member !== 'events' || events?.kind !== 'plain-object' || events.member === null) return '';
  return `; ${events.member}()`;
}

const QUEUE: KnownClass = {
  read: ['numRunning', 'q.concurrency', 'q._tasks.length', 'q.paused', ...WORKERS],
  explain: explainQueue,
};

export const ASYNC: Explainer = {
  library: 'async',
  classes: {
    'queue()': QUEUE,
    // In the bundle of the package.
    'queue$1()': QUEUE,
  },
};
