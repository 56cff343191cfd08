import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HeldValue, Wait, WaitHolder, WaitHolderKind } from '../src/report/waits';
import { requireLib } from './support/lib';

const { explainWait } = requireLib('explain/explain') as typeof import('../src/explain/explain');
const { STORES } = requireLib('explain/stores/all') as typeof import('../src/explain/stores/all');
const { MESSAGING } = requireLib('explain/messaging/all') as typeof import('../src/explain/messaging/all');

/** Some of those that an explainer looks for. */
const MEMBERS = ['reply', 'pending', 'acks', '_events', 'queue', 'waitQueue', 'callback', 'signal'];
const NOTHING: HeldValue = { kind: 'object', text: '' };

function holder(
  knownAs: string | null,
  member: string | null,
  values: Readonly<Record<string, string | number | HeldValue>> = {},
  kind: WaitHolderKind = 'object',
): WaitHolder {
  const held = Object.entries(values).map(([path, value]): [string, HeldValue] => [
    path,
    typeof value === 'object'
      ? value
      : { kind: typeof value === 'number' ? 'number' : 'string', text: String(value) },
  ]);
  return {
    kind,
    className: knownAs,
    functionName: null,
    file: null,
    member,
    knownAs,
    values: Object.fromEntries(held),
  };
}

function explained(...holders: readonly WaitHolder[]): string | null {
  const wait: Wait = {
    via: null,
    answers: [
      { before: '', text: 'native', after: '', library: null, counts: null, resource: null, holders },
    ],
    rest: '',
  };
  const answer = explainWait(wait).answers[0];
  return answer === undefined || answer.library === null ? null : answer.text;
}

describe('what holds a promise, in the words of stores and messaging', () => {
  for (const { library, classes } of [...STORES, ...MESSAGING]) {
    test(`says nothing of objects that only have the names of those of ${library}`, () => {
      for (const name of Object.keys(classes)) {
        for (const member of MEMBERS) assert.equal(explained(holder(name, member)), null, name);
      }
    });
  }

  test('says nothing of a promise in a list of somebody else', () => {
    const node = { list: { kind: 'object', text: 'Yallist' }, 'list.length': 3 } as const;
    assert.equal(
      explained(
        holder(null, 'resolve', {}, 'plain-object'),
        holder('Node', 'value', { ...node, 'value.resolve': NOTHING, 'value.reject': NOTHING }),
        holder(null, 'head'),
      ),
      null,
    );
  });

  test('says where a command of redis 4 is in the list that its client has', () => {
    const node = {
      list: { kind: 'object', text: 'Yallist' },
      'list.length': 3,
      'value.resolve': NOTHING,
      'value.reject': NOTHING,
    } as const;
    assert.equal(
      explained(
        holder(null, 'resolve', {}, 'plain-object'),
        holder('Node', 'value', node),
        holder('Node', 'next', node),
        holder(null, 'head'),
        holder('RedisCommandsQueue', null),
      ),
      'redis command, sent, but not answered yet, behind 1 other',
    );
  });

  test('names the server and the state of the client that has a command of ioredis', () => {
    assert.equal(
      explained(
        holder('Command', 'resolve', {
          name: 'hset',
          'args.0': 'user:ab12cd:cart',
          isResolved: { kind: 'boolean', text: 'false' },
          inTransaction: { kind: 'boolean', text: 'false' },
        }),
        holder(null, 'command', {}, 'plain-object'),
        holder(null, 'offlineQueue'),
        holder('Commander', 'offlineQueue', {
          status: 'reconnecting',
          'options.host': '127.0.0.1',
          'options.port': 6379,
        }),
      ),
      'redis HSET user:?:cart (on 127.0.0.1:6379), connection lost, connecting again',
    );
  });

  const NATS_SERVER = {
    'servers.currentServer.hostname': '127.0.0.1',
    'servers.currentServer.port': 4222,
    'pongs.length': 1,
  };

  test('names the subject of a nats request, without what may be an id', () => {
    assert.equal(
      explained(
        holder('RequestOne', 'deferred', { requestSubject: 'orders.4711.paid' }),
        holder('ProtocolHandler', 'muxSubscriptions', NATS_SERVER),
      ),
      'nats request orders.?.paid (on 127.0.0.1:4222), not answered yet',
    );
  });

  test('names the subject whose next message is waited for', () => {
    assert.equal(
      explained(
        holder('SubscriptionImpl', 'signal', { subject: 'orders.>', received: 12 }),
        holder('ProtocolHandler', 'subscriptions', NATS_SERVER),
      ),
      'nats message of orders.> (on 127.0.0.1:4222), 12 received',
    );
  });

  test('says that nats flushes', () => {
    assert.equal(
      explained(holder('ProtocolHandler', 'pongs', NATS_SERVER)),
      'nats PING (on 127.0.0.1:4222), not answered yet',
    );
  });

  test('shows no argument of a redis command that is not its key', () => {
    for (const name of ['auth', 'hello', 'eval', 'publish', 'config', 'zunion']) {
      const text = explained(
        holder('Command', 'resolve', {
          name,
          'args.0': 'hunter',
          isResolved: { kind: 'boolean', text: 'false' },
          inTransaction: { kind: 'boolean', text: 'false' },
        }),
      );
      assert.equal(text, `redis ${name.toUpperCase()}`);
    }
  });
});
