import type { WaitHolder } from '../../report/waits';
import { numberAt } from '../base/chain';
import type { Explainer, Explanation, KnownClass } from '../base/explainer';
import { usage } from '../base/words';

function explainPool(pool: WaitHolder): Explanation | null {
  const clients = numberAt(pool, '_clients.length');
  const idle = numberAt(pool, '_idle.length');
  const waiting = numberAt(pool, '_pendingQueue.length');
  if (clients === null || idle === null || waiting === null) return null;
  const limit = numberAt(pool, 'options.max');
  const inUse = clients - idle;
  return {
    text: `pg Pool: ${usage(inUse, limit, 'client', waiting)}`,
    counts: { inUse, limit, waiting },
  };
}

const POOL: KnownClass = {
  read: ['options.max', '_clients.length', '_idle.length', '_pendingQueue.length'],
  handsOut: { tokens: ['_clients.*'], idle: ['_idle.*.client'] },
  explain: explainPool,
};

export const PG_POOL: Explainer = { library: 'pg-pool', classes: { Pool: POOL, BoundPool: POOL } };
