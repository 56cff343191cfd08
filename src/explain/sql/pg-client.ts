import type { WaitHolder } from '../../report/waits';
import { addressAt } from '../base/address';
import { classAt, type Chain, eventAt, hasAt, isFalseAt, isTrueAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { sqlWithoutValues } from '../base/words';

/** Short enough that the program's variable after it is shown too. */
const MAX_ACTIVE_SQL = 60;

// No underscore up to pg 8.16.
const QUEUES: readonly (string | null)[] = ['_queryQueue', 'queryQueue'];
const ACTIVE = ['_activeQuery', 'activeQuery'] as const;

function isPgClient(client: WaitHolder | null): client is WaitHolder {
  return (
    client !== null &&
    classAt(client, 'connectionParameters') !== null &&
    (isTrueAt(client, '_connecting') || isFalseAt(client, '_connecting'))
  );
}

function explainQuery(query: WaitHolder, chain: Chain): Explanation | null {
  const sql = textAt(query, 'text');
  if (sql === null || !hasAt(query, '_canceledDueToError') || textAt(query, 'portal') === null) return null;
  return { text: `pg query ${sqlWithoutValues(sql)}${onClient(chain)}` };
}

/** The Client that has the query, and whether it has sent it; empty when that is not known. */
export function onClient(chain: Chain): string {
  const client = chain.outside('Client');
  if (!isPgClient(client)) return '';
  const address = addressAt(client, 'host', 'port');
  return `${address === null ? '' : ` (on ${address})`}${queueText(client)}`;
}

function queueText(client: WaitHolder): string {
  if (!QUEUES.includes(client.member)) return '';
  if (isTrueAt(client, '_connecting')) return ', queued until the Client has connected';
  if (isFalseAt(client, '_connected')) return ', queued in a Client that is not connected';
  const active = activeSql(client);
  return active === null ? ', queued' : `, queued behind ${sqlWithoutValues(active, MAX_ACTIVE_SQL)}`;
}

function activeSql(client: WaitHolder): string | null {
  for (const name of ACTIVE) {
    const sql = textAt(client, `${name}.text`);
    if (sql !== null) return sql;
  }
  return null;
}

/** How far a new connection has got; empty when that is not known. */
export function connectingText(client: WaitHolder, path = ''): string {
  const address = addressAt(client, `${path}host`, `${path}port`);
  const to = address === null ? '' : ` to ${address}`;
  if (isTrueAt(client, `${path}connection.stream.connecting`)) return `${to}, not reached yet`;
  if (isFalseAt(client, `${path}connection.stream.connecting`)) return `${to}, waiting for its answer`;
  return to;
}

function explainClient(client: WaitHolder, chain: Chain): Explanation | null {
  if (!isPgClient(client)) return null;
  if (client.member === '_connectionCallback' && isTrueAt(client, '_connecting')) {
    return { text: `pg Client connecting${connectingText(client)}` };
  }
  const event = eventAt(client, chain);
  const address = addressAt(client, 'host', 'port');
  return event === null || address === null
    ? null
    : { text: `event "${event}" of the pg Client (on ${address})` };
}

/** What tells how far a Client has got, relative to a path to it. */
export const CLIENT_STATE: readonly string[] = [
  'host',
  'port',
  '_connecting',
  '_connected',
  'connection.stream.connecting',
];

export const PG_CLIENT: Explainer = {
  library: 'pg',
  // query_timeout
  limits: /[\\/]node_modules[\\/]pg[\\/]/,
  classes: {
    Client: {
      read: [...CLIENT_STATE, 'connectionParameters', ...ACTIVE.map((name) => `${name}.text`)],
      explain: explainClient,
    },
    Query: {
      read: ['text', 'portal', '_canceledDueToError'],
      explain: explainQuery,
    },
  },
};
