import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compare, openThings, reportsOf, verdictOf } from './support/compared';
import { asyncFrame, greenGroup, greenThreads, mainThread } from './support/photographs';
import { requireLib } from './support/lib';
import type { GreenThreadGroup, IsolateThread } from '../src/report/model';
import type { OpenGroup } from '../src/report/open';
import type { ResourceCounts, ResourceUse, WaitAnswer } from '../src/report/waits';

const { renderComparison } = requireLib(
  'compare/text/text-comparison',
) as typeof import('../src/compare/text/text-comparison');

const LOAD = asyncFrame('loadUser', { file: '/srv/app/app.js', line: 12 });
const TRANSFER = asyncFrame('transfer', { file: '/srv/app/app.js', line: 20 });
const FETCH = asyncFrame('fetchRates', { file: '/srv/app/rates.js', line: 3 });

function suspended(
  groups: readonly GreenThreadGroup[],
  more: Partial<Parameters<typeof greenThreads>[1] & object> = {},
): Partial<IsolateThread> {
  return { greenThreads: greenThreads(groups, more), loopStalledMs: 4 };
}

function answer(
  text: string,
  counts: ResourceCounts | null,
  resource: ResourceUse | null = null,
): WaitAnswer {
  return { before: '', text, after: '', library: 'pg', counts, resource, holders: [] };
}

function waiting(count: number, text: string): Partial<GreenThreadGroup> {
  return { count, waitsFor: text, waits: { via: null, answers: [answer(text, null)], rest: '' } };
}

describe('a comparison of suspended functions', () => {
  test('names the place with more and more of them', () => {
    const counts = [40, 95, 151];
    const photographs = reportsOf(3, (index) =>
      suspended([greenGroup([LOAD], waiting(counts[index] ?? 0, `timer of 60 s (${59 - index} s left)`))]),
    );
    assert.equal(
      verdictOf(photographs)[0],
      '3 of 3 reports: 40 -> 95 -> 151 async functions suspended in loadUser (app.js:12): growing, waiting for timer of 60 s (57 s left)',
    );
    const [row] = compare(photographs).suspended;
    assert.equal(row?.change, 'growing');
    assert.equal(compare(photographs).suspended.length, 1);
  });

  test('knows new, gone, shrinking and equal ones', () => {
    const numbers = { a: [0, 5, 4], b: [5, 3, 0], c: [30, 20, 10], d: [7, 7, 7], e: [7, 8, 7], f: [4, 5, 6] };
    const photographs = reportsOf(3, (index) =>
      suspended(
        Object.entries(numbers)
          .filter(([, counts]) => (counts[index] ?? 0) > 0)
          .map(([name, counts]) => greenGroup([asyncFrame(name)], { count: counts[index] ?? 0 })),
      ),
    );
    const rows = compare(photographs).suspended;
    const changes = Object.fromEntries(rows.map(({ frames, change }) => [frames[0]?.functionName, change]));
    assert.deepEqual(changes, { a: 'new', b: 'gone', c: 'shrinking', d: 'same', e: 'varying', f: 'varying' });
    assert.equal(verdictOf(photographs)[0], 'nothing stuck, nothing growing');
  });

  test('does not call gone what a report may have omitted', () => {
    const photographs = reportsOf(3, (index) =>
      suspended(
        index === 2 ? [] : [greenGroup([LOAD], { count: 9 })],
        index === 2 ? { groupsLeftOut: 3 } : {},
      ),
    );
    const [row] = compare(photographs).suspended;
    assert.deepEqual(
      row?.counts.map(({ count }) => count),
      [9, 9, null],
    );
    assert.equal(row?.change, 'same');
  });

  test('does not call growing what was not counted completely before', () => {
    const photographs = reportsOf(3, (index) =>
      suspended([greenGroup([LOAD], { count: 10 + index * 10 })], {
        partial: index === 0 ? 'no time' : null,
      }),
    );
    assert.equal(compare(photographs).suspended[0]?.change, 'varying');
    assert.equal(verdictOf(photographs)[0], 'nothing stuck, nothing growing');
  });

  test('tells places with different waits apart only where all waits are known', () => {
    const both = (index: number, isKnown: boolean): Partial<IsolateThread> =>
      suspended([
        greenGroup([LOAD], waiting(2, 'pg query SELECT ...')),
        greenGroup([LOAD], isKnown || index === 0 ? waiting(3, 'redis command GET') : { count: 3 }),
      ]);
    assert.equal(compare(reportsOf(2, (index) => both(index, true))).suspended.length, 2);
    const merged = compare(reportsOf(2, (index) => both(index, false))).suspended;
    assert.deepEqual(
      merged.map(({ counts }) => counts.map(({ count }) => count)),
      [[5, 5]],
    );
  });

  test('says how long they have waited only where no code ran', () => {
    const idle = reportsOf(2, () => ({ ...suspended([greenGroup([LOAD])]), loopStalledMs: 7000 }));
    assert.equal(compare(idle).suspended[0]?.waitedAtLeastMs, 7000);
    const running = reportsOf(2, () => ({ ...suspended([greenGroup([LOAD])]), state: 'running' }));
    assert.equal(compare(running).suspended[0]?.waitedAtLeastMs, null);
    assert.match(renderComparison(compare(idle)), /change +number +waited at least +thread/);
    assert.match(renderComparison(compare(running)), /change +number +thread/);
  });

  test('names functions that wait for each other', () => {
    const cycle = [asyncFrame('lockA', { inCycle: true }), asyncFrame('lockB', { inCycle: true, line: 9 })];
    const photographs = reportsOf(3, (index) =>
      suspended(index === 0 ? [] : [greenGroup(cycle, { deadlock: true })]),
    );
    assert.equal(
      verdictOf(photographs)[0],
      '2 of 3 reports: DEADLOCK: lockA (cart.js:6) <-> lockB (cart.js:9)',
    );
  });
});

function pool(waitingCount: number, inUse = 10): readonly GreenThreadGroup[] {
  const text = `pg Pool: ${inUse} of 10 clients in use, ${waitingCount} waiting ("pool" in /srv/app/db.js)`;
  const use = {
    id: 1,
    holder: 0,
    inUse,
    mayBeCancelled: false,
    users: [{ count: inUse, group: 2, frame: 0 }],
  };
  const answers = [answer(text, { inUse, limit: 10, waiting: waitingCount }, use)];
  return [
    greenGroup([LOAD], {
      id: 1,
      count: waitingCount,
      waitsFor: text,
      waits: { via: null, answers, rest: '' },
    }),
    greenGroup([TRANSFER], { id: 2, ...waiting(inUse, 'pg query SELECT pg_sleep(?)') }),
  ];
}

describe('a comparison of pools and locks', () => {
  test('names a pool that is exhausted in all reports, who waits and who holds it', () => {
    const photographs = reportsOf(3, (index) => suspended(pool([3, 40, 90][index] ?? 0)));
    assert.deepEqual(verdictOf(photographs).slice(0, 2), [
      '3 of 3 reports: pg Pool ("pool" in db.js) exhausted: 10 of 10 clients in use, 3 -> 40 -> 90 waiting; most wait in loadUser (app.js:12); all 10 held by transfer (app.js:20), which waits for pg query SELECT pg_sleep(?)',
      '3 of 3 reports: main thread idle; no CPU between the reports',
    ]);
    const [row] = compare(photographs).resources;
    assert.deepEqual(row?.waiting, [3, 40, 90]);
    assert.equal(row?.waitingChange, 'growing');
  });

  test('calls a mutex locked, and a pool of one client exhausted', () => {
    const lineOf = (text: string): string => {
      const counts = { inUse: 1, limit: 1, waiting: 6 };
      const waits = { via: null, answers: [answer(text, counts)], rest: '' };
      const group = greenGroup([LOAD], { count: 6, waitsFor: text, waits });
      return verdictOf(reportsOf(2, () => suspended([group])))[0] ?? '';
    };
    assert.match(
      lineOf('async-mutex Mutex: locked, 6 waiting'),
      /^2 of 2 reports: async-mutex Mutex locked: 6 -> 6 waiting/,
    );
    assert.match(
      lineOf('pg Pool: 1 of 1 client in use, 6 waiting'),
      /^2 of 2 reports: pg Pool exhausted: 1 of 1 client in use, 6 -> 6 waiting/,
    );
  });

  test('counts the reports in which nothing of it is free, if the last one is among them', () => {
    const photographs = reportsOf(3, (index) => suspended(pool(5, index === 1 ? 9 : 10)));
    assert.equal(compare(photographs).resources[0]?.exhaustedIn, 2);
    assert.match(verdictOf(photographs)[0] ?? '', /^2 of 3 reports: pg Pool/);
    const freed = reportsOf(3, (index) => suspended(pool(5, index === 2 ? 9 : 10)));
    assert.equal(compare(freed).resources[0]?.exhaustedIn, 0);
    assert.equal(verdictOf(freed)[0], 'nothing stuck, nothing growing');
  });
});

function timers(count: number, text = 'setInterval'): OpenGroup {
  return {
    id: 1,
    kind: 'timer',
    count,
    keepAlive: count,
    text,
    details: {},
    numbers: {},
    functions: [
      {
        role: 'calls',
        functionName: 'tick',
        file: '/srv/app/app.js',
        line: 3,
        column: 1,
        source: null,
        original: null,
        generated: null,
      },
    ],
  };
}

describe('a comparison of open things and heaps', () => {
  test('names what is opened and not closed', () => {
    const photographs = reportsOf(3, (index) => ({ open: openThings([timers(10 + 40 * index)]) }));
    assert.equal(
      verdictOf(photographs)[0],
      '3 of 3 reports: 10 -> 50 -> 90 timers: growing; grew most: setInterval (tick, app.js:3)',
    );
    const [, row] = compare(photographs).open;
    assert.deepEqual(row?.functions, [{ functionName: 'tick', file: '/srv/app/app.js', line: 3 }]);
    assert.match(
      renderComparison(compare(photographs)),
      /growing +10 -> 50 -> 90 .* setInterval \(tick, app\.js:3\)/,
    );
  });

  test('names what grew most, which need not be most of them', () => {
    const other = { ...timers(200), id: 2, functions: [] };
    const photographs = reportsOf(3, (index) => ({
      open: openThings([{ ...other, count: 200 + index }, timers(10 + 40 * index)]),
    }));
    assert.equal(
      verdictOf(photographs)[0],
      '3 of 3 reports: 210 -> 251 -> 292 timers: growing; grew most: setInterval (tick, app.js:3)',
    );
  });

  test('keeps the last numbers of a long series in a table, and counts one row more', () => {
    const photographs = reportsOf(20, (index) => ({
      open: openThings([timers(100 + 40 * index)]),
      ...suspended(Array.from({ length: 21 }, (_, line) => greenGroup([asyncFrame('wait', { line })]))),
    }));
    const text = renderComparison(compare(photographs));
    assert.match(
      text,
      /^ +growing +100 -> 140 -> 180 -> 220 -> \.\.\. -> 740 -> 780 -> 820 -> 860 +main thread +timer /m,
    );
    assert.match(text, /^ +\(1 more row; --json prints all\)$/m);
  });

  test('names the class that grows most with the heap', () => {
    const heap = mainThread().heap;
    assert.ok(heap.status === 'known');
    const photographs = reportsOf(3, (index) => ({
      heap: { ...heap, oldUsedBytes: 40_000_000 * (index + 1) },
      heapClasses: {
        status: 'known',
        classes: [
          {
            name: 'Order',
            file: '/srv/app/orders.js',
            count: 1000 * (index + 1),
            bytes: 30_000_000 * (index + 1),
          },
          { name: 'Array', file: '', count: 10, bytes: 20_000_000 + index },
        ],
        otherClasses: 0,
        otherBytes: 0,
        totalObjects: 0,
        approximate: false,
      },
    }));
    assert.equal(
      verdictOf(photographs)[0],
      'main thread: heap growing: 38.1 MB -> 76.3 MB -> 114 MB of 2048 MB in the old generation; most in Order, 57.2 MB more (normal until V8 collects it)',
    );
  });

  test('keeps two places of the same file name apart', () => {
    const other = asyncFrame('loadUser', { file: '/srv/app/lib/app.js', line: 1 });
    const photographs = reportsOf(2, (index) =>
      suspended([
        greenGroup([LOAD], { count: 10 + 10 * index }),
        greenGroup([other], { count: 10 + 10 * index }),
        greenGroup([FETCH]),
      ]),
    );
    const lines = verdictOf(photographs).join('\n');
    assert.match(lines, /loadUser \(app\/app\.js:12\)/);
    assert.match(lines, /loadUser \(lib\/app\.js:1\)/);
  });
});
