import type { WaitHolder } from '../../report/waits';
import { type Chain, eventAt, hasAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { sqlWithoutValues } from '../base/words';
import { onClient } from './pg-client';

function explainCursor(cursor: WaitHolder, chain: Chain): Explanation | null {
  const sql = textAt(cursor, 'text');
  if (sql === null || textAt(cursor, 'state') === null || !hasAt(cursor, '_portal')) return null;
  // If any other property leads to the promise, it does not wait for rows.
  if (cursor.member !== '_cb' && cursor.member !== '_queue') return null;
  return { text: `pg cursor, rows of ${sqlWithoutValues(sql)}${onClient(chain)}` };
}

function explainStream(stream: WaitHolder, chain: Chain): Explanation | null {
  const sql = textAt(stream, 'cursor.text');
  if (sql === null || eventAt(stream, chain) !== 'readable') return null;
  return { text: `pg query stream, rows of ${sqlWithoutValues(sql)}${onClient(chain)}` };
}

/** Also for pg-query-stream, which is built on it. */
export const PG_CURSOR: Explainer = {
  library: 'pg-cursor',
  classes: {
    Cursor: {
      read: ['text', 'state', '_portal'],
      explain: explainCursor,
    },
    QueryStream: {
      read: ['cursor.text'],
      explain: explainStream,
    },
  },
};
