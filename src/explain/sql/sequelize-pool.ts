import type { WaitHolder } from '../../report/waits';
import { type Chain, numberAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { usage } from '../base/words';

function explainPool(pool: WaitHolder, chain: Chain): Explanation | null {
  const inUse = numberAt(pool, '_inUseObjects.length');
  const idle = numberAt(pool, '_availableObjects.length');
  const limit = numberAt(pool, '_factory.max');
  const waiting = numberAt(pool, '_pendingAcquires.length');
  const count = numberAt(pool, '_count');
  if (inUse === null || idle === null || limit === null || waiting === null || count === null) return null;
  if (pool.member !== '_pendingAcquires') return null;
  const isOfSequelize = chain.outside('ConnectionManager')?.member === 'pool';
  const [name, noun] = isOfSequelize
    ? ['sequelize connection pool', 'connection']
    : ['sequelize-pool Pool', 'resource'];
  const making = count - inUse - idle;
  const rest = making > 0 ? `, ${making} being made` : '';
  return {
    text: `${name}: ${usage(inUse, limit, noun, waiting)}${rest}`,
    counts: { inUse, limit, waiting },
    // There is always a limit: 30 s if none was given.
    givenUpAfterMs: numberAt(pool, 'acquireTimeoutMillis'),
  };
}

export const SEQUELIZE_POOL: Explainer = {
  library: 'sequelize-pool',
  classes: {
    Pool: {
      read: [
        '_inUseObjects.length',
        '_availableObjects.length',
        '_factory.max',
        '_pendingAcquires.length',
        '_count',
        'acquireTimeoutMillis',
      ],
      handsOut: { tokens: ['_inUseObjects.*.resource'] },
      explain: explainPool,
    },
    ConnectionManager: { read: [] },
    // Of sequelize: what a function with a transaction has of it.
    Transaction: { read: [], wraps: 'connection' },
  },
};
