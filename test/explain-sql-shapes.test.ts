import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HeldValue, WaitAnswer, WaitHolder } from '../src/report/waits';
import { requireLib } from './support/lib';

const { explainWait } = requireLib('explain/explain') as typeof import('../src/explain/explain');

type Values = Readonly<Record<string, string | number | boolean | null | { readonly class: string }>>;

function heldValue(value: Values[string] & {}): HeldValue {
  if (typeof value === 'object') return { kind: 'object', text: value.class };
  return { kind: typeof value as 'string' | 'number' | 'boolean', text: String(value) };
}

function holder(
  className: string,
  member: string | null,
  values: Values,
  rest?: Partial<WaitHolder>,
): WaitHolder {
  const held = Object.entries(values).map(([path, value]): [string, HeldValue] => [
    path,
    value === null ? { kind: 'null', text: 'null' } : heldValue(value),
  ]);
  return {
    kind: 'object',
    className,
    functionName: null,
    file: null,
    member,
    knownAs: className,
    values: Object.fromEntries(held),
    ...rest,
  };
}

function explained(...holders: readonly WaitHolder[]): WaitAnswer {
  const answer = {
    before: '',
    text: 'unknown',
    after: '',
    library: null,
    counts: null,
    resource: null,
    holders,
  };
  const [found] = explainWait({ via: null, answers: [answer], rest: '' }).answers;
  assert.ok(found !== undefined);
  return found;
}

function ring(name: string, head: number, tail: number, capacity: number): Values {
  return { [`${name}._head`]: head, [`${name}._tail`]: tail, [`${name}._list.length`]: capacity };
}

const CLIENT = { host: '127.0.0.1', port: 5432, _connecting: false, _connected: true };
const PG_CLIENT = { ...CLIENT, connectionParameters: { class: 'ConnectionParameters' } };
const PG_QUERY = holder('Query', 'callback', { text: 'SELECT 1', portal: '', _canceledDueToError: false });

describe('what the clients of databases wait for, from the values of their objects', () => {
  test('counts what is in a ring that goes beyond its end, and shows no limit where there is none', () => {
    const { text, counts } = explained(
      holder('Pool', '_connectionQueue', {
        'config.connectionLimit': 0,
        ...ring('_allConnections', 0, 3, 4),
        ...ring('_freeConnections', 3, 0, 4),
        ...ring('_connectionQueue', 6, 1, 8),
      }),
    );
    assert.equal(text, 'mysql2 Pool: 2 connections in use, 3 waiting');
    assert.deepEqual(counts, { inUse: 2, limit: null, waiting: 3 });
  });

  test('finds the running query where pg keeps it up to 8.16', () => {
    const client = holder('Client', 'queryQueue', { ...PG_CLIENT, 'activeQuery.text': 'SELECT 2' });
    assert.equal(
      explained(PG_QUERY, client).text,
      'pg query SELECT ? (on 127.0.0.1:5432), queued behind SELECT ?',
    );
  });

  test('shows sockets and addresses of IPv6 as such', () => {
    const onHost = (host: string): string =>
      explained(PG_QUERY, holder('Client', '_activeQuery', { ...PG_CLIENT, host })).text;
    assert.equal(onHost('/run/postgresql'), 'pg query SELECT ? (on /run/postgresql)');
    assert.equal(onHost('::1'), 'pg query SELECT ? (on [::1]:5432)');
  });

  test('shows that a server was not reached yet', () => {
    const client = holder('Client', '_connectionCallback', {
      ...PG_CLIENT,
      _connecting: true,
      'connection.stream.connecting': true,
    });
    const connection = holder('Connection', '_events', {
      _internalId: 1,
      _command: { class: 'ClientHandshake' },
      'config.host': 'db',
      'config.port': 3306,
      'stream.connecting': true,
    });
    const events = holder('', 'connect', {}, { kind: 'plain-object', knownAs: null });
    assert.equal(explained(client).text, 'pg Client connecting to 127.0.0.1:5432, not reached yet');
    assert.equal(explained(events, connection).text, 'mysql2 connecting to db:3306, not reached yet');
  });

  test('shows the counts of a generic-pool that a request leads to', () => {
    const request = holder('ResourceRequest', '_resolve', { _creationTimestamp: 1, _state: 'PENDING' });
    const pool = (priorities: number): WaitHolder =>
      holder('Pool', '_waitingClientsQueue', {
        '_config.max': 4,
        '_resourceLoans.size': 3,
        '_factoryCreateOperations.size': 1,
        '_waitingClientsQueue._size': priorities,
        '_waitingClientsQueue._slots.0._list.length': 2,
      });
    assert.equal(
      explained(request, pool(1)).text,
      'generic-pool Pool: 3 of 4 resources in use, 2 waiting, 1 being made',
    );
    // The others of its lists were not read.
    assert.equal(
      explained(request, pool(2)).text,
      'generic-pool Pool: 3 of 4 resources in use, 1 being made',
    );
  });

  test('names the SQL of a cursor or stream whose rows are waited for', () => {
    const client = holder('Client', '_activeQuery', PG_CLIENT);
    const cursor = holder('Cursor', '_cb', { text: 'SELECT 1', state: 'busy', _portal: 'C_1' });
    const stream = holder('QueryStream', '_events', { 'cursor.text': 'SELECT 1' });
    const readable = holder('', 'readable', {}, { kind: 'plain-object', knownAs: null });
    assert.equal(explained(cursor, client).text, 'pg cursor, rows of SELECT ? (on 127.0.0.1:5432)');
    assert.equal(
      explained(readable, stream, client).text,
      'pg query stream, rows of SELECT ? (on 127.0.0.1:5432)',
    );
  });

  test('says nothing of classes that merely have the same name', () => {
    const others = [
      holder('Pool', '_pendingQueue', { max: 4 }),
      holder('Pool', 'waiting', { 'used.length': 1, max: 1, 'pendingAcquires.length': 1 }),
      holder('Query', 'callback', { text: 'SELECT 1' }),
      holder('Query', 'onResult', { sql: 'SELECT 1' }),
      holder('Client', '_connectionCallback', { host: 'a', port: 1, _connecting: true }),
      holder('Connection', '_events', { 'config.host': 'a', 'config.port': 1 }),
      holder('Cursor', '_cb', { text: 'SELECT 1' }),
      holder('Transaction', '_resolver', { txid: 'abc', _completed: false }),
      holder('ResourceRequest', '_resolve', { _state: 'PENDING' }),
      holder('newClient()', 'pendingItem', { 'client._connecting': true }, { kind: 'scope', file: null }),
    ];
    for (const other of others) assert.equal(explained(other).library, null, JSON.stringify(other));
  });
});
