import type { WaitHolder } from '../../report/waits';
import { type Chain, hasAt, numberAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { usage } from '../base/words';

const LIMIT = '_store.storeOptions.maxConcurrent';
/** The states that a job goes through: received, queued, running, executing. */
const COUNTS = [0, 1, 2, 3].map((state) => `_states.counts.${state}`);

function explainJob(job: WaitHolder, chain: Chain): Explanation | null {
  const counts = COUNTS.map((path) => numberAt(job, path));
  const [received, queued, running, executing] = counts.map((count) => count ?? -1);
  const isJob = job.member === '_resolve' && hasAt(job, 'rejectOnDrop') && !counts.includes(null);
  if (!isJob || received === undefined || queued === undefined) return null;
  const started = (running ?? 0) + (executing ?? 0);
  const waiting = received + queued;
  const limiter = chain.outside('Bottleneck');
  const limit = limiter === null ? null : numberAt(limiter, LIMIT);
  // Jobs may have a weight.
  const inUse = (limiter === null ? null : numberAt(limiter, '_store._running')) ?? started;
  if (limiter?.member === '_scheduled') {
    return { text: `bottleneck: a job that was started (${usage(inUse, limit, 'slot', waiting)})` };
  }
  if (limiter?.member !== '_queues')
    return { text: `bottleneck: a job (${started} running, ${waiting} waiting)` };
  return {
    text: `bottleneck: ${usage(inUse, limit, 'slot', waiting)}`,
    counts: { inUse, limit, waiting },
  };
}

export const BOTTLENECK: Explainer = {
  library: 'bottleneck',
  classes: {
    Job: { read: [...COUNTS, 'rejectOnDrop'], explain: explainJob },
    Bottleneck: { read: [LIMIT, '_store._running'] },
  },
};
