import type { WaitHolder } from '../../report/waits';
import { type Chain, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { usage } from '../base/words';

function explainRequest(request: WaitHolder, chain: Chain): Explanation | null {
  if (numberAt(request, '_creationTimestamp') === null || textAt(request, '_state') !== 'PENDING')
    return null;
  // The pool, if it was found, says more.
  return chain.outside('Pool') === null ? { text: 'generic-pool: a free resource' } : null;
}

function explainPool(pool: WaitHolder): Explanation | null {
  const inUse = numberAt(pool, '_resourceLoans.size');
  const limit = numberAt(pool, '_config.max');
  const creating = numberAt(pool, '_factoryCreateOperations.size');
  if (inUse === null || limit === null || creating === null) return null;
  if (pool.member !== '_waitingClientsQueue') return null;
  // Each priority has its own list.
  const isOneList = numberAt(pool, '_waitingClientsQueue._size') === 1;
  const waiting = isOneList ? numberAt(pool, '_waitingClientsQueue._slots.0._list.length') : null;
  const making = creating > 0 ? `, ${creating} being made` : '';
  const givenUpAfterMs = numberAt(pool, '_config.acquireTimeoutMillis');
  return {
    text: `generic-pool Pool: ${usage(inUse, limit, 'resource', waiting)}${making}`,
    counts: { inUse, limit, waiting },
    ...(givenUpAfterMs === null ? {} : { givenUpAfterMs }),
  };
}

export const GENERIC_POOL: Explainer = {
  library: 'generic-pool',
  classes: {
    Pool: {
      read: [
        '_config.max',
        '_config.acquireTimeoutMillis',
        '_resourceLoans.size',
        '_factoryCreateOperations.size',
        '_waitingClientsQueue._size',
        '_waitingClientsQueue._slots.0._list.length',
      ],
      handsOut: { tokens: ['_resourceLoans.*.pooledResource.obj'] },
      explain: explainPool,
    },
    ResourceRequest: {
      read: ['_creationTimestamp', '_state'],
      explain: explainRequest,
    },
  },
};
