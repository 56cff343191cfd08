import type { WaitHolder } from '../../report/waits';
import { type Chain, classAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';

const JOB_EVENT = /^(?:completed|failed):([\w:.-]{1,60})$/;

/** `job.waitUntilFinished(queueEvents)`. */
function explainEvents(events: WaitHolder, { holders, at }: Chain): Explanation | null {
  const job = JOB_EVENT.exec(holders[at - 1]?.member ?? '')?.[1];
  if (job === undefined || holders[at]?.member !== '_events') return null;
  const queue = textAt(events, 'name');
  return { text: `BullMQ job ${job}${queue === null ? '' : ` of queue ${queue}`} to be done` };
}

/** The main loop of a worker that already runs as many jobs as it may. */
function explainFetch(_: WaitHolder, chain: Chain): Explanation | null {
  const loop = chain.outside('mainLoop()');
  if (loop === null || classAt(loop, 'this') !== 'Worker') return null;
  const limit = numberAt(loop, 'this.opts.concurrency');
  const queue = textAt(loop, 'this.name');
  if (limit === null) return null;
  const worker = `BullMQ Worker${queue === null ? '' : ` of queue ${queue}`}`;
  return { text: `${worker}: a job, or the end of one (at most ${limit} at once)` };
}

function explainWorker(worker: WaitHolder): Explanation | null {
  if (worker.member !== 'stalledCheckStopper' || numberAt(worker, 'opts.concurrency') === null) return null;
  const queue = textAt(worker, 'name');
  return { text: `BullMQ Worker${queue === null ? '' : ` of queue ${queue}`} to be closed` };
}

export const BULLMQ: Explainer = {
  library: 'bullmq',
  classes: {
    QueueEvents: { read: ['name'], explain: explainEvents },
    AsyncFifoQueue: { read: ['pending.size'], explain: explainFetch },
    'mainLoop()': { read: ['this', 'this.name', 'this.opts.concurrency'] },
    Worker: { read: ['name', 'opts.concurrency'], explain: explainWorker },
  },
};
