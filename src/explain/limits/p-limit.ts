import type { WaitHolder } from '../../report/waits';
import { numberAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { usage } from '../base/words';

/** Length of the queue: with yocto-queue 1, with yocto-queue 0.1 (p-limit 3), and as an array (p-limit 2). */
const QUEUED = ['queue.#size', 'queue._size', 'queue.length'];

function explainLimit(limiter: WaitHolder): Explanation | null {
  const inUse = numberAt(limiter, 'activeCount');
  const limit = numberAt(limiter, 'concurrency');
  const waiting = QUEUED.map((path) => numberAt(limiter, path)).find((size) => size !== null) ?? null;
  if (inUse === null || waiting === null) return null;
  const text = `p-limit: ${usage(inUse, limit, 'slot', waiting)}`;
  // An entry of its queue starts a function, and can also reject its promise: that way is not worth printing.
  return { text, counts: { inUse, limit, waiting }, isWhole: true };
}

export const P_LIMIT: Explainer = {
  library: 'p-limit',
  classes: {
    'pLimit()': {
      read: ['activeCount', 'concurrency', ...QUEUED],
      // The function `run` awaits what the program's function returns.
      handsOut: { toClosures: true },
      explain: explainLimit,
    },
  },
};
