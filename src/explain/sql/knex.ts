import type { WaitHolder } from '../../report/waits';
import { isFalseAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';

/** The promise of a whole transaction, not of one of its queries. */
function explainTransaction(transaction: WaitHolder): Explanation | null {
  const id = textAt(transaction, 'txid');
  if (id === null || !/^trx\d+$/.test(id) || !isFalseAt(transaction, '_completed')) return null;
  return transaction.member === '_resolver' || transaction.member === '_rejecter'
    ? { text: `knex transaction ${id} to be committed or rolled back` }
    : null;
}

export const KNEX: Explainer = {
  library: 'knex',
  classes: {
    Transaction: {
      read: ['txid', '_completed'],
      explain: explainTransaction,
    },
  },
};
