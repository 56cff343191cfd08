import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireLib } from './support/lib';
import type { AsyncFrame, GreenThreadGroup } from '../src/report/model';
import type { ResourceUser, WaitAnswer } from '../src/report/waits';

const { deadlockedResources, describeUsers, isDeadlocked } = requireLib(
  'report/resources',
) as typeof import('../src/report/resources');

interface GivenAnswer {
  readonly resource: number;
  readonly inUse?: number | null;
  readonly limit?: number | null;
  readonly waiting?: number;
  readonly users?: readonly ResourceUser[];
  readonly after?: string;
  readonly mayBeCancelled?: boolean;
}

interface Given {
  readonly count?: number;
  readonly seenIn?: number;
  readonly answers?: readonly GivenAnswer[];
  /** Names, innermost first; `lib.x` is of a package. */
  readonly frames?: readonly string[];
  /** Between the first two frames. */
  readonly via?: string;
  readonly rest?: string;
  readonly cutAfter?: number;
}

function answerOf({
  resource,
  inUse = 1,
  limit = 1,
  waiting = 1,
  users = [],
  after = '',
  mayBeCancelled = false,
}: GivenAnswer): WaitAnswer {
  return {
    before: '',
    text: `pool ${resource}`,
    after,
    library: 'pool',
    counts: { inUse, limit, waiting },
    resource: { id: resource, holder: 0, inUse, mayBeCancelled, users },
    holders: [],
  };
}

function groupOf(id: number, given: Given): GreenThreadGroup {
  const { count = 1, seenIn = 1, answers = [], frames = [`f${id}`], via, rest = '', cutAfter } = given;
  return {
    id,
    count,
    seenIn,
    deadlock: false,
    waitsFor: answers.map(({ resource }) => `pool ${resource}`).join(' | ') || 'timer',
    waits: { via: null, answers: answers.map(answerOf), rest },
    context: [],
    traces: null,
    frames: frames.map((functionName, index) => ({
      functionName,
      via: index === 0 ? (via ?? null) : null,
    })) as unknown as readonly AsyncFrame[],
    cut: cutAfter === undefined ? null : { afterIndex: cutAfter, count: 1 },
  };
}

function groupsOf(...given: readonly Given[]): readonly GreenThreadGroup[] {
  return given.map((each, id) => groupOf(id, each));
}

function user(group: number, count = 1, frame: number | null = 0): ResourceUser {
  return { group, count, frame };
}

function dead(...given: readonly Given[]): readonly number[] {
  return [...deadlockedResources(groupsOf(...given))].toSorted((a, b) => a - b);
}

function described(...given: readonly Given[]): string {
  const [first, ...others] = groupsOf(...given);
  assert.ok(first !== undefined);
  return describeUsers(first, [first, ...others], {
    isApplication: ({ functionName }) => !functionName.startsWith('lib.'),
    name: ({ functionName }) => functionName,
    wait: ({ waitsFor }) => waitsFor ?? '',
  });
}

describe('resources that nobody will give back', () => {
  test('are those whose only user waits for them', () => {
    assert.deepEqual(dead({ answers: [{ resource: 7, users: [user(0)] }] }), [7]);
  });

  test('are those whose users wait for each other', () => {
    const groups: Given[] = [
      { answers: [{ resource: 1, users: [user(1)] }] },
      { answers: [{ resource: 2, users: [user(0)] }] },
    ];
    assert.deepEqual(dead(...groups), [1, 2]);
    assert.equal(isDeadlocked(groupOf(0, groups[0] ?? {}), new Set([1, 2])), true);
    assert.equal(isDeadlocked(groupOf(0, groups[0] ?? {}), new Set([2])), false);
  });

  test('are not those of which one user waits for something else', () => {
    const answers = [{ resource: 1, inUse: 2, limit: 2, users: [user(0), user(1)] }];
    assert.deepEqual(dead({ answers }, {}), []);
  });

  test('are not those that wait for one that will be given back', () => {
    assert.deepEqual(
      dead(
        { answers: [{ resource: 1, users: [user(1)] }] },
        { answers: [{ resource: 2, users: [user(2)] }] },
        {},
      ),
      [],
    );
  });

  test('are not those with an unknown user, a free slot, or unknown counts', () => {
    const users = [user(0)];
    assert.deepEqual(dead({ answers: [{ resource: 1, inUse: 2, limit: 2, users }] }), []);
    assert.deepEqual(dead({ answers: [{ resource: 1, inUse: 1, limit: 2, users }] }), []);
    assert.deepEqual(dead({ answers: [{ resource: 1, inUse: 1, limit: null, users }] }), []);
    assert.deepEqual(dead({ answers: [{ resource: 1, inUse: null, users }] }), []);
    assert.deepEqual(dead({ answers: [{ resource: 1, inUse: 0, limit: 0 }] }), []);
  });

  test('are not those whose user has another way out', () => {
    const users = [user(0)];
    assert.deepEqual(dead({ answers: [{ resource: 1, users }], rest: ', given up after 60 s' }), []);
    assert.deepEqual(dead({ answers: [{ resource: 1, users, after: ' and more' }] }), []);
    assert.deepEqual(dead({ answers: [{ resource: 1, users }, { resource: 2 }] }), []);
  });

  test('are not those whose waiters the program may send away', () => {
    assert.deepEqual(dead({ answers: [{ resource: 1, users: [user(0)], mayBeCancelled: true }] }), []);
  });

  test('are those of one of several locks where all functions were examined', () => {
    const answers = [{ resource: 1, inUse: 1, limit: 1, waiting: 1, users: [user(0)] }];
    assert.deepEqual(dead({ count: 2, seenIn: 1, answers }), []);
    assert.deepEqual(dead({ count: 2, seenIn: 2, answers }), [1]);
  });

  test('are not those whose user waits for the first of several', () => {
    const given = { answers: [{ resource: 1, users: [user(0, 1, 1)] }], frames: ['inner', 'outer'] };
    assert.deepEqual(dead(given), [1]);
    assert.deepEqual(dead({ ...given, via: 'Promise.all' }), [1]);
    assert.deepEqual(dead({ ...given, via: 'Promise.any' }), []);
    assert.deepEqual(dead({ ...given, via: '.then, resolve' }), []);
  });

  test('are not those whose user is not shown, or behind functions that are not', () => {
    const frames = ['inner', 'outer'];
    assert.deepEqual(dead({ answers: [{ resource: 1, users: [user(0, 1, null)] }], frames }), []);
    assert.deepEqual(dead({ answers: [{ resource: 1, users: [user(0, 1, 1)] }], frames, cutAfter: 0 }), []);
  });

  test('are not those whose user was in a group that was left out', () => {
    assert.deepEqual(dead({ answers: [{ resource: 1, users: [user(9)] }] }), []);
  });

  test('are those of several users at one place that all wait for it', () => {
    const answer = { resource: 1, inUse: 2, limit: 2, users: [user(0, 2)] };
    assert.deepEqual(dead({ count: 2, answers: [{ ...answer, waiting: 2 }] }), [1]);
    assert.deepEqual(dead({ count: 2, answers: [{ ...answer, waiting: 1 }] }), []);
  });
});

describe('the users of a resource', () => {
  test('are not told where none are known', () => {
    assert.equal(described({}), '');
    assert.equal(described({ answers: [{ resource: 1 }] }), '');
    assert.equal(described({ answers: [{ resource: 1, users: [user(9)] }] }), '');
  });

  test('are told with what they wait for', () => {
    assert.equal(
      described({ answers: [{ resource: 1, users: [user(1)] }] }, {}),
      'held by f1, which waits for timer',
    );
    assert.equal(
      described({ answers: [{ resource: 1, users: [user(0)] }] }),
      'held by f0, which waits for it itself',
    );
  });

  test('are counted', () => {
    const several = (inUse: number | null, count: number): string =>
      described(
        { answers: [{ resource: 1, inUse, limit: 4, users: [user(1, count)] }] },
        { count: 4, seenIn: 4 },
      );
    assert.equal(several(2, 2), 'both held by f1, which waits for timer');
    assert.equal(several(4, 4), 'all 4 held by f1, which waits for timer');
    assert.equal(several(4, 3), '3 of 4 held by f1, which waits for timer');
    assert.equal(several(null, 3), 'held by 3 calls of f1, which waits for timer');
    assert.equal(several(null, 1), 'held by f1, which waits for timer');
  });

  test('are listed, most first, and at most three', () => {
    const users = [user(1), user(2, 2), user(3), user(4), user(5)];
    const waiting = { answers: [{ resource: 1, inUse: 6, limit: 6, users }] };
    assert.equal(
      described(waiting, {}, { count: 2, seenIn: 2 }, {}, {}, {}),
      'held: 2 by f2, which waits for timer; 1 by f1, which waits for timer; 1 by f3, which waits for timer; others by 2 more functions',
    );
    const unknown = { answers: [{ resource: 1, inUse: 9, limit: 9, users: users.slice(0, 2) }] };
    assert.equal(
      described(unknown, {}, { count: 2, seenIn: 2 }),
      '3 of 9 held: 2 by f2, which waits for timer; 1 by f1, which waits for timer',
    );
  });

  test('are not said to wait all for what was seen in some', () => {
    const answers = [{ resource: 1, inUse: 4, limit: 4, users: [user(1, 4)] }];
    const text = 'all 4 held by f1, which waits for timer (seen in 2 of them)';
    assert.equal(described({ answers }, { count: 4, seenIn: 2 }), text);
  });

  test('are counted together where the same is said of them', () => {
    const answers = [{ resource: 1, inUse: 5, limit: 5, users: [user(1, 4), user(2)] }];
    const alike = { frames: ['visit'] };
    assert.equal(
      described({ answers }, { ...alike, count: 4, seenIn: 4 }, alike),
      'all 5 held by visit, which waits for timer',
    );
  });

  test('are named by the nearest function of the application', () => {
    const name = (frames: readonly string[], frame: number | null): string =>
      described({ answers: [{ resource: 1, users: [user(1, 1, frame)] }] }, { frames });
    assert.equal(name(['inner', 'lib.run', 'outer'], 1), 'held by inner, which waits for timer');
    assert.equal(name(['lib.query', 'lib.run', 'outer'], 1), 'held by outer, which waits for timer');
    assert.equal(name(['lib.query', 'lib.run'], 1), 'held by lib.run, which waits for timer');
    assert.equal(name([], null), 'held by a suspended function, which waits for timer');
  });

  test('are told without what they wait for where only one of them was asked and may be alone with it', () => {
    assert.equal(
      described(
        { answers: [{ resource: 1, users: [user(1)] }] },
        { count: 2, answers: [{ resource: 1, waiting: 1 }] },
      ),
      'held by f1',
    );
  });
});
