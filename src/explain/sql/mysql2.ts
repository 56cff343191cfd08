import type { WaitHolder } from '../../report/waits';
import { addressAt } from '../base/address';
import { classAt, type Chain, eventAt, hasAt, isFalseAt, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation, KnownClass } from '../base/explainer';
import { sqlWithoutValues, usage } from '../base/words';

/** Short enough that the program's variable after it is shown too. */
const MAX_ACTIVE_SQL = 60;
const CONNECTIONS = ['PoolConnection', 'Connection'];
const HANDSHAKE = 'ClientHandshake';

/** A ring buffer of mysql2 itself or, in earlier versions, of denque. Its length is an accessor. */
function lengthAt(holder: WaitHolder, queue: string): number | null {
  const head = numberAt(holder, `${queue}._head`);
  const tail = numberAt(holder, `${queue}._tail`);
  const capacity = numberAt(holder, `${queue}._list.length`);
  if (head === null || tail === null || capacity === null) return null;
  return tail >= head ? tail - head : capacity - head + tail;
}

function lengthPaths(queue: string): readonly string[] {
  return [`${queue}._head`, `${queue}._tail`, `${queue}._list.length`];
}

// The oldest two. Other libraries have pools of this name too, and for each of them these paths are read in vain.
const SOME_AUTHORIZED = ['_allConnections._list.0.authorized', '_allConnections._list.1.authorized'];

function explainPool(pool: WaitHolder): Explanation | null {
  const limit = numberAt(pool, 'config.connectionLimit');
  const all = lengthAt(pool, '_allConnections');
  const free = lengthAt(pool, '_freeConnections');
  const waiting = lengthAt(pool, '_connectionQueue');
  if (limit === null || all === null || free === null || waiting === null) return null;
  // If any other property leads to the promise, one of its connections is waited for.
  if (pool.member !== '_connectionQueue') return null;
  const inUse = all - free;
  // 0: no limit.
  const text = `mysql2 Pool: ${usage(inUse, limit === 0 ? null : limit, 'connection', waiting)}`;
  const areConnecting = SOME_AUTHORIZED.some((path) => isFalseAt(pool, path));
  return {
    text: areConnecting ? text.replace(' in use', ' in use or connecting') : text,
    counts: { inUse, limit: limit === 0 ? null : limit, waiting },
  };
}

function on(holder: WaitHolder, path = ''): string {
  const address = addressAt(holder, `${path}config.host`, `${path}config.port`);
  return address === null ? '' : ` (on ${address})`;
}

/** The state of a command in the queue of this connection. */
function queuedText(connection: WaitHolder): string {
  const where = `${on(connection)}, queued`;
  if (classAt(connection, '_command') === HANDSHAKE) return `${where} until the connection is made`;
  const active = textAt(connection, '_command.sql') ?? textAt(connection, '_command.query');
  return active === null ? where : `${where} behind ${sqlWithoutValues(active, MAX_ACTIVE_SQL)}`;
}

function explainQuery(query: WaitHolder, chain: Chain): Explanation | null {
  const sql = textAt(query, 'sql');
  if (sql === null || !hasAt(query, '_connection') || numberAt(query, '_resultIndex') === null) return null;
  const text = `mysql2 query ${sqlWithoutValues(sql)}`;
  if (classAt(query, '_connection') !== null) return { text: text + on(query, '_connection.') };
  const connection = CONNECTIONS.map((name) => chain.outside(name)).find(
    (found) => found?.member === '_commands',
  );
  if (connection) return { text: text + queuedText(connection) };
  // In `query` of a pool, the callback that gets the connection has the query, and replaces its onResult.
  const scope = chain.holders[chain.at + 1];
  const isInPool = scope?.kind === 'scope' && scope.member === 'cmdQuery';
  const pool = isInPool ? chain.outside('Pool') : null;
  const waiting = pool === null ? null : explainPool(pool);
  if (pool !== null && waiting !== null) {
    return {
      ...waiting,
      resource: pool,
      text: `${text}, waiting for a connection of the ${waiting.text.replace(/^mysql2 /, '')}`,
    };
  }
  return { text: `${text}, ${isInPool ? 'waiting for a connection of the Pool' : 'not sent yet'}` };
}

function explainConnection(connection: WaitHolder, chain: Chain): Explanation | null {
  if (numberAt(connection, '_internalId') === null || !hasAt(connection, '_command')) return null;
  if (connection.member === '_commands') {
    const command = chain.holders.slice(0, chain.at).findLast(({ member }) => member === 'onResult');
    return command === undefined || command.className === null
      ? null
      : { text: `mysql2 ${command.className}${queuedText(connection)}` };
  }
  const event = eventAt(connection, chain);
  if (event === null) return null;
  const isHandshake = classAt(connection, '_command') === HANDSHAKE;
  return isHandshake && (event === 'connect' || event === 'error')
    ? { text: `mysql2 connecting${connectingText(connection)}` }
    : { text: `event "${event}" of the mysql2 connection${on(connection)}` };
}

function connectingText(connection: WaitHolder): string {
  const address = addressAt(connection, 'config.host', 'config.port');
  const to = address === null ? '' : ` to ${address}`;
  if (isTrueAt(connection, 'stream.connecting')) return `${to}, not reached yet`;
  if (isFalseAt(connection, 'stream.connecting')) return `${to}, waiting for its answer`;
  return to;
}

const COMMAND: KnownClass = {
  read: ['sql', '_resultIndex', '_connection', '_connection.config.host', '_connection.config.port'],
  explain: explainQuery,
};

const CONNECTION: KnownClass = {
  read: [
    '_internalId',
    'config.host',
    'config.port',
    'stream.connecting',
    '_command',
    '_command.sql',
    '_command.query',
  ],
  explain: explainConnection,
};

export const MYSQL2: Explainer = {
  library: 'mysql2',
  classes: {
    Pool: {
      read: [
        'config.connectionLimit',
        ...lengthPaths('_allConnections'),
        ...lengthPaths('_freeConnections'),
        ...lengthPaths('_connectionQueue'),
        ...SOME_AUTHORIZED,
      ],
      handsOut: { tokens: ['_allConnections._list.*'], idle: ['_freeConnections._list.*'] },
      explain: explainPool,
    },
    // In methods of the pool, what waits for a connection is a function that sees the query.
    'query()': { read: [], throughClosures: true },
    'execute()': { read: [], throughClosures: true },
    // The class that users of the promise API get.
    PromisePoolConnection: { read: [], wraps: 'connection' },
    Connection: CONNECTION,
    PoolConnection: CONNECTION,
    Query: COMMAND,
    Execute: COMMAND,
  },
};
