import type { WaitHolder } from '../../report/waits';
import { numberAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { usage } from '../base/words';

/** How long the queue is: of yocto-queue 1, of yocto-queue 0.1 (p-limit 3), and of an array (p-limit 2). */
const QUEUED = ['queue.#size', 'queue._size', 'queue.length'];

function explainLimit(limiter: WaitHolder): Explanation | null {
  const inUse = numberAt(limiter, 'activeCount');
  const limit = numberAt(limiter, 'concurrency');
  const waiting = QUEUED.map((path) => numberAt(limiter, path)).find((size) => size !== null) ?? null;
  if (inUse === null || waiting === null) return null;
  const text = `p-limit: ${usage(inUse, limit, 'slot', waiting)}`;
  // Its queue has the way to start each function, and beside it one that only rejects the promise.
  return { text, counts: { inUse, limit, waiting }, isWhole: true };
}

export const P_LIMIT: Explainer = {
  library: 'p-limit',
  classes: {
    'pLimit()': {
      read: ['activeCount', 'concurrency', ...QUEUED],
      // Its function `run` awaits what the program's function returns.
      handsOut: { toClosures: true },
      explain: explainLimit,
    },
  },
};
