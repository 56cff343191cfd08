import type { WaitHolder } from '../../report/waits';
import { type Chain, hasAt, numberAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';

/** Other libraries have semaphores too, but none with `_weightedWaiters`, the list of waitForUnlock() calls. */
const READ = ['_value', '_queue.length', '_queue.0.weight', '_weightedWaiters'];

/** The Mutex whose semaphore this is; null: it belongs to the program itself. */
function mutexOf({ holders, at }: Chain): WaitHolder | null {
  const outer = holders[at + 1];
  return outer?.knownAs === 'Mutex' && outer.member === '_semaphore' ? outer : null;
}

function explainSemaphore(semaphore: WaitHolder, chain: Chain): Explanation | null {
  const value = numberAt(semaphore, '_value');
  const waiting = numberAt(semaphore, '_queue.length');
  if (value === null || waiting === null || !hasAt(semaphore, '_weightedWaiters')) return null;
  const isWatched = semaphore.member === '_weightedWaiters';
  const queued = `${waiting} waiting${isWatched ? '; waitForUnlock()' : ''}`;
  if (mutexOf(chain) !== null) {
    const isLocked = value <= 0;
    return {
      text: `async-mutex Mutex: ${isLocked ? 'locked' : 'not locked'}, ${queued}`,
      counts: { inUse: isLocked ? 1 : 0, limit: 1, waiting },
    };
  }
  return {
    text: `async-mutex Semaphore: ${value} free, ${queued}${weightOfNext(semaphore)}`,
    counts: { inUse: null, limit: null, waiting },
  };
}

/** A waiter with a large weight holds up those with small ones behind it. */
function weightOfNext(semaphore: WaitHolder): string {
  const weight = numberAt(semaphore, '_queue.0.weight') ?? 1;
  return weight === 1 ? '' : `, the next one for ${weight}`;
}

export const ASYNC_MUTEX: Explainer = {
  library: 'async-mutex',
  classes: {
    Semaphore: {
      read: READ,
      // `called` is a variable of the function that acquire() resolves with.
      handsOut: { releaser: 'called', toMethods: true, cancelledBy: ['cancel', 'setValue'] },
      explain: explainSemaphore,
    },
    Mutex: { read: [] },
  },
};
