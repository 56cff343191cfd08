import { clip } from '../../escape';
import type { WaitHolder } from '../../report/waits';
import { type Chain, hasAt, numberAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';

const MAX_KEY = 60;

/** The property `queues` is an object with a list of waiters for each key. */
function explainLock(lock: WaitHolder, { holders, at }: Chain): Explanation | null {
  const byKey = holders[at - 1];
  const queue = holders[at - 2];
  if (!hasAt(lock, 'domainReentrant') || lock.member !== 'queues') return null;
  if (byKey?.kind !== 'plain-object' || queue?.knownAs !== 'Array') return null;
  const waiting = numberAt(queue, 'length');
  if (waiting === null || byKey.member === null) return null;
  return {
    text: `async-lock AsyncLock: key "${shownKey(byKey.member)}" locked, ${waiting} waiting`,
    counts: { inUse: 1, limit: 1, waiting },
  };
}

/** Digits are replaced: keys often end with the number of a customer or an order. */
function shownKey(key: string): string {
  return clip(key.replaceAll(/\d+/g, '?'), MAX_KEY);
}

export const ASYNC_LOCK: Explainer = {
  library: 'async-lock',
  classes: {
    AsyncLock: { read: ['domainReentrant'], explain: explainLock },
    Array: { read: ['length'] },
  },
};
