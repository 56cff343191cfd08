import type { WaitHolder } from '../../report/waits';
import { isTrueAt, numberAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { usage } from '../base/words';

/** The fields of each version: they are private since p-queue 7. */
const FIELDS = [
  {
    pending: '#pending',
    concurrency: '#concurrency',
    length: '#queue.#queue.length',
    head: '#queue.#head',
    isPaused: '#isPaused',
    interval: '#interval',
    cap: '#intervalCap',
    started: '#intervalCount',
  },
  {
    pending: '_pendingCount',
    concurrency: '_concurrency',
    length: '_queue._queue.length',
    head: '_queue._head',
    isPaused: '_isPaused',
    interval: '_interval',
    cap: '_intervalCap',
    started: '_intervalCount',
  },
] as const;

type Fields = (typeof FIELDS)[number];

/** Why nothing is started although there may be slots. */
function obstacle(queue: WaitHolder, fields: Fields): string {
  if (isTrueAt(queue, fields.isPaused)) return ', paused';
  const intervalMs = numberAt(queue, fields.interval);
  const cap = numberAt(queue, fields.cap);
  const started = numberAt(queue, fields.started);
  if (intervalMs === null || intervalMs === 0 || cap === null || started === null) return '';
  return started >= cap ? `, rate limit of ${cap} in ${intervalMs} ms reached` : '';
}

function explainQueue(queue: WaitHolder): Explanation | null {
  for (const fields of FIELDS) {
    const inUse = numberAt(queue, fields.pending);
    const length = numberAt(queue, fields.length);
    if (inUse === null || length === null) continue;
    // Entries that were started stay before the head of the array for a while.
    const waiting = length - (numberAt(queue, fields.head) ?? 0);
    const limit = numberAt(queue, fields.concurrency);
    return {
      text: `p-queue: ${usage(inUse, limit, 'slot', waiting)}${obstacle(queue, fields)}`,
      counts: { inUse, limit, waiting },
    };
  }
  return null;
}

export const P_QUEUE: Explainer = {
  library: 'p-queue',
  classes: {
    PQueue: {
      read: FIELDS.flatMap((fields) => Object.values(fields)),
      // It awaits what the program's function returns. In some versions, it has no name.
      handsOut: { toArrow: 'run' },
      explain: explainQueue,
    },
  },
};
