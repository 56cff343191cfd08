import type { WaitHolder } from '../../report/waits';
import { numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted } from '../base/words';

/** `readyState` of a connection. */
const STATES = ['disconnected', 'connected', 'connecting', 'disconnecting'];

function queued(what: string, count: number | null, ready: number | null): Explanation | null {
  const state = STATES[ready ?? -1];
  if (count === null || state === undefined) return null;
  return {
    text: `mongoose ${what} is ${state}, ${counted(count, 'operation')} queued`,
    counts: { inUse: null, limit: null, waiting: count },
  };
}

function explainCollection(collection: WaitHolder): Explanation | null {
  if (collection.member !== 'queue') return null;
  const name = textAt(collection, 'collectionName');
  return queued(
    `connection of collection${name === null ? '' : ` ${name}`}`,
    numberAt(collection, 'queue.length'),
    numberAt(collection, 'conn._readyState'),
  );
}

function explainConnection(connection: WaitHolder): Explanation | null {
  if (connection.member !== '_queue') return null;
  return queued('connection', numberAt(connection, '_queue.length'), numberAt(connection, '_readyState'));
}

export const MONGOOSE: Explainer = {
  library: 'mongoose',
  classes: {
    NativeCollection: {
      read: ['collectionName', 'queue.length', 'conn._readyState'],
      explain: explainCollection,
    },
    NativeConnection: { read: ['_queue.length', '_readyState'], explain: explainConnection },
  },
};
