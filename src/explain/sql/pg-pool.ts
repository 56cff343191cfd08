import type { ResourceCounts, WaitHolder } from '../../report/waits';
import { hasAt, isFalseAt, isTrueAt, numberAt } from '../base/chain';
import type { Explainer, Explanation, HandsOut } from '../base/explainer';
import { counted, usage } from '../base/words';
import { CLIENT_STATE, connectingText } from './pg-client';

const COUNTS = ['options.max', '_clients.length', '_idle.length', '_pendingQueue.length'];
const ON_CONNECT = 'this.options.onConnect';
/** As many clients as a pool has by default. */
const CLIENTS_READ = 10;
const CONNECTING = Array.from({ length: CLIENTS_READ }, (_, at) => `_clients.${at}._connecting`);
// Pools of other libraries have this name too, and for each of them these paths are read in vain.
const MAX_READ_OF_ANY_POOL = 2;

function countsOf(pool: WaitHolder): (ResourceCounts & { inUse: number }) | null {
  const clients = numberAt(pool, '_clients.length');
  const idle = numberAt(pool, '_idle.length');
  const waiting = numberAt(pool, '_pendingQueue.length');
  if (clients === null || idle === null || waiting === null) return null;
  return { inUse: clients - idle, limit: numberAt(pool, 'options.max'), waiting };
}

function explainPool(pool: WaitHolder): Explanation | null {
  const counts = countsOf(pool);
  if (counts === null) return null;
  const { inUse, limit, waiting } = counts;
  if (pool.member === '_endCallback') {
    return { text: `pg Pool ending: ${counted(inUse, 'client')} in use`, counts };
  }
  // If any other property leads to the promise, one of its clients is waited for.
  if (pool.member !== '_pendingQueue') return null;
  const text = `pg Pool: ${usage(inUse, limit, 'client', waiting)}`;
  const areConnecting = CONNECTING.some((path) => isTrueAt(pool, path));
  return { text: areConnecting ? text.replace(' in use', ' in use or connecting') : text, counts };
}

/** `newClient` of a pool: the client goes to the caller that requested it once it has connected. */
function explainNewClient(scope: WaitHolder): Explanation | null {
  if (numberAt(scope, 'this._pendingQueue.length') === null) return null;
  if (isTrueAt(scope, 'client._connecting')) {
    return { text: `pg Pool: a new client is connecting${connectingText(scope, 'client.')}` };
  }
  const isConnected = isFalseAt(scope, 'client._connecting') && isTrueAt(scope, 'client._connected');
  return isConnected && hasAt(scope, ON_CONNECT) ? { text: 'pg Pool: onConnect of a new client' } : null;
}

const CLIENTS: HandsOut = { tokens: ['_clients.*'], idle: ['_idle.*.client'] };

export const PG_POOL: Explainer = {
  library: 'pg-pool',
  // connectionTimeoutMillis
  limits: /[\\/]node_modules[\\/]pg-pool[\\/]/,
  classes: {
    Pool: {
      read: [...COUNTS, ...CONNECTING.slice(0, MAX_READ_OF_ANY_POOL)],
      handsOut: CLIENTS,
      explain: explainPool,
    },
    // The class of `require('pg').Pool`.
    BoundPool: {
      read: [...COUNTS, ...CONNECTING],
      handsOut: CLIENTS,
      explain: explainPool,
    },
    'newClient()': {
      read: ['this._pendingQueue.length', ON_CONNECT, ...CLIENT_STATE.map((path) => `client.${path}`)],
      explain: explainNewClient,
    },
  },
};
