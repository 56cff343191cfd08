import type { WaitHolder } from '../../report/waits';
import { type Chain, numberAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { usage } from '../base/words';

/** Operations of a pool other than acquire(), by the list that they are in. */
const OPERATIONS: Readonly<Record<string, string>> = {
  pendingCreates: 'made',
  pendingValidations: 'validated',
  pendingDestroys: 'destroyed',
};

/** knex uses tarn's Pool or a class that extends it, in a property of its client. */
function isOfKnex(pool: WaitHolder, chain: Chain): boolean {
  const owner = chain.outside('Client');
  const isOfDialect = owner?.member === 'pool' && (owner.className ?? '').startsWith('Client_');
  return isOfDialect || pool.className === 'KnexPool';
}

function explainPool(pool: WaitHolder, chain: Chain): Explanation | null {
  const inUse = numberAt(pool, 'used.length');
  const limit = numberAt(pool, 'max');
  const waiting = numberAt(pool, 'pendingAcquires.length');
  const creating = numberAt(pool, 'pendingCreates.length');
  if (inUse === null || limit === null || waiting === null || creating === null) return null;
  const [name, noun] = isOfKnex(pool, chain)
    ? ['knex connection pool (tarn)', 'connection']
    : ['tarn Pool', 'resource'];
  const operation = OPERATIONS[pool.member ?? ''];
  if (operation !== undefined) return { text: `${name}: a ${noun} is being ${operation}` };
  if (pool.member === 'used') return { text: `${name}: a ${noun} to be released` };
  if (pool.member !== 'pendingAcquires') return null;
  const making = creating > 0 ? `, ${creating} being made` : '';
  return {
    text: `${name}: ${usage(inUse, limit, noun, waiting)}${making}`,
    counts: { inUse, limit, waiting },
  };
}

export const TARN: Explainer = {
  library: 'tarn',
  classes: {
    Pool: {
      read: ['max', 'used.length', 'pendingAcquires.length', 'pendingCreates.length'],
      handsOut: { tokens: ['used.*.resource'] },
      explain: explainPool,
    },
  },
};
