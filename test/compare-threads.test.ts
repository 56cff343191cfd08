import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  at,
  blockedMain,
  compare,
  EMPTY,
  INTERVAL_MS,
  reportAt,
  reportsOf,
  verdictOf,
} from './support/compared';
import {
  captured,
  facts,
  frame,
  mainThread,
  nodeFrame,
  osThread,
  otherThread,
  STARTED_AT_MS,
  workerThread,
} from './support/photographs';
import type { IsolateThread } from '../src/report/model';

const IMMEDIATE = nodeFrame('processImmediate', 'node:internal/timers');

describe('a comparison of threads', () => {
  test('names the function in which the main thread is stuck, and its CPU', () => {
    const frames = [at('validateEmail', 14), at('handle', 30)];
    const verdict = verdictOf(reportsOf(3, (index) => blockedMain(index, frames, 100)));
    assert.deepEqual(verdict, [
      '3 of 3 reports: main thread in validateEmail (app.js:14), called from handle (app.js:30): stuck, 100 % CPU, event loop has not turned for 22 s',
    ]);
  });

  test('names the deepest function that stays on the stack', () => {
    const inner = [at('add', 3), at('multiply', 7), at('add', 4)];
    const photographs = reportsOf(3, (index) =>
      blockedMain(index, [inner[index] ?? at('add', 3), at('crunch', 20 + index), at('handle', 30)], 99),
    );
    const comparison = compare(photographs);
    assert.match(
      comparison.verdict[0]?.text ?? '',
      /^3 of 3 reports: main thread in crunch \(app\.js:20-22\), called from handle \(app\.js:30\): stuck, 99 % CPU/,
    );
    assert.equal(comparison.threads[0]?.place?.functionName, 'crunch');
  });

  test('names the system call of a thread that is stuck without CPU', () => {
    const syscall = { number: 0, name: 'read', description: 'read(fd 24 -> /run/jobs.fifo)' };
    const photographs = reportsOf(3, (index) => ({
      ...blockedMain(index, [], 0),
      os: osThread(14423, { syscall }),
      stack: captured([at('readJob', 9)], { method: 'passive' }),
    }));
    assert.match(
      verdictOf(photographs)[0] ?? '',
      /^3 of 3 reports: main thread in readJob \(app\.js:9\), in read\(fd 24 -> \/run\/jobs\.fifo\): stuck, no CPU,/,
    );
  });

  test('does not take a thread that gets little of a CPU for one that waits', () => {
    const photographs = reportsOf(2, (index) => ({
      ...blockedMain(index, [at('hash', 5)], 20),
      os: osThread(14423, { state: 'R', cpuUserMs: 2000 * index }),
    }));
    assert.match(verdictOf(photographs)[0] ?? '', /: stuck, 20 % CPU \(ready to run each time\), event loop/);
  });

  test('says in how many of the reports it has been stuck', () => {
    const photographs = reportsOf(3, (index) => ({
      ...blockedMain(index, [at('hang', 5)], 100),
      ...(index === 0
        ? { state: 'idle', stack: captured([]) }
        : { loopStalledMs: index * INTERVAL_MS - 4000 }),
    }));
    assert.match(
      verdictOf(photographs)[0] ?? '',
      /^2 of 3 reports: main thread in hang \(app\.js:5\): stuck/,
    );
  });

  test('says that a thread was stuck and has moved on', () => {
    for (const loopStalledMs of [5, 32_000]) {
      const photographs = reportsOf(4, (index) => ({
        ...blockedMain(index, [at('hang', 5)], 10),
        ...(index === 3 ? { state: 'idle', stack: captured([]), loopStalledMs } : {}),
      }));
      assert.equal(
        verdictOf(photographs)[0],
        '3 of 4 reports: main thread in hang (app.js:5): was stuck, but has moved on',
      );
      const [main] = compare(photographs).threads;
      assert.deepEqual(main?.stuckBetween, { first: 1, last: 3 });
      assert.equal(main?.hasMovedOn, true);
    }
  });

  test('does not claim that a thread has moved on of which nothing is known since', () => {
    const notKnown = 'in hang (app.js:5): stuck between reports 1 and 2; not known since';
    const stuck = (index: number): Partial<IsolateThread> => blockedMain(index, [at('hang', 5)], 10);
    const later: readonly Partial<IsolateThread>[] = [{ loopStalledMs: null }, { state: 'waiting' }];
    for (const last of later) {
      const photographs = reportsOf(3, (index) => ({ ...stuck(index), ...(index === 2 ? last : {}) }));
      assert.equal(verdictOf(photographs)[0], `2 of 3 reports: main thread ${notKnown}`);
      assert.equal(compare(photographs).threads[0]?.hasMovedOn, false);
    }
    const fatal = reportsOf(3, stuck).map((one, index) =>
      index < 2 ? one : { ...one, trigger: { kind: 'fatal' as const, error: 'Error: boom' } },
    );
    assert.ok(verdictOf(fatal).includes(`2 of 3 reports: main thread ${notKnown}`));
    const ended = [0, 1, 2].map((index) =>
      reportAt(index, {
        isolates: [mainThread(EMPTY), ...(index < 2 ? [workerThread(1, { ...EMPTY, ...stuck(index) })] : [])],
      }),
    );
    assert.ok(verdictOf(ended).includes(`2 of 3 reports: worker 1 ${notKnown}`));
  });

  test('does not claim that a thread moved of which nothing is known', () => {
    const unknown = { status: 'unavailable', reason: 'gmr-native is not loaded in it' } as const;
    const photographs = [0, 1].map((index) =>
      reportAt(index, {
        isolates: [
          mainThread(EMPTY),
          workerThread(1, {
            ...EMPTY,
            state: 'not-registered',
            os: unknown,
            stack: unknown,
            loopStalledMs: null,
          }),
        ],
      }),
    );
    assert.equal(compare(photographs).threads[1]?.finding, 'unknown');
    assert.deepEqual(verdictOf(photographs), [
      'nothing stuck, nothing growing',
      '2 of 2 reports: main thread idle; no CPU between the reports',
    ]);
  });

  test('does not call a thread stuck whose event loop turned', () => {
    const photographs = reportsOf(3, (index) => ({
      ...blockedMain(index, [at('hash', 5)], 90),
      state: 'running',
      loopStalledMs: 12,
    }));
    const [first, ...others] = verdictOf(photographs);
    assert.equal(
      first,
      '3 of 3 reports: main thread in hash (app.js:5): same stack each time, but by its clock, the event loop turned in between, 90 % CPU',
    );
    assert.deepEqual(others, []);
  });

  test('says that a busy thread moved', () => {
    const photographs = reportsOf(3, (index) => ({
      ...blockedMain(index, [at(['a', 'b', 'c'][index] ?? 'a', index)], 97),
      state: 'running',
      loopStalledMs: 3,
    }));
    assert.deepEqual(verdictOf(photographs), [
      'main thread busy: it moved, 97 % CPU',
      'nothing stuck, nothing growing',
    ]);
  });

  test('says no more than that it moved where no CPU is known', () => {
    const photographs = [0, 1, 2].map((index) => ({
      ...reportAt(0, {
        reportId: `14423-${index}`,
        isolates: [
          mainThread({
            ...EMPTY,
            ...blockedMain(0, [at(['a', 'b', 'c'][index] ?? 'a', index)], 97),
            state: 'running',
            loopStalledMs: 3,
            os: osThread(14423, { state: 'R' }),
          }),
        ],
      }),
      requestedAtMonotonicMs: 1000 + index * 100,
    }));
    assert.equal(verdictOf(photographs)[0], 'main thread busy: it moved');
  });

  test('calls a thread busy that is ready to run each time, but gets little of a CPU', () => {
    const photographs = reportsOf(3, (index) => ({
      ...blockedMain(index, [at(['a', 'b', 'c'][index] ?? 'a', index)], 0),
      os: osThread(14423, { state: 'R', cpuUserMs: 2000 * index }),
      state: 'running',
      loopStalledMs: 3,
    }));
    assert.equal(verdictOf(photographs)[0], 'main thread busy: it moved, 20 % CPU (ready to run each time)');
  });

  test('says that nothing is stuck when all is idle', () => {
    const photographs = reportsOf(3, () => ({ loopStalledMs: 9900 }));
    const verdict = verdictOf(photographs);
    assert.deepEqual(verdict, [
      'nothing stuck, nothing growing',
      '3 of 3 reports: main thread idle; no CPU between the reports',
    ]);
  });

  test('says what could not be compared', () => {
    const reason = 'the thread did not answer';
    const photographs = reportsOf(3, (index) =>
      index === 1 ? { greenThreads: { status: 'unavailable', reason } } : {},
    );
    assert.deepEqual(verdictOf(photographs), [
      'nothing stuck, nothing growing in what could be compared',
      '3 of 3 reports: main thread idle; no CPU between the reports',
      'not compared: suspended functions of the main thread (report 2: the thread did not answer)',
    ]);
  });

  test('names a loop that spins', () => {
    const photographs = reportsOf(2, (index) => ({
      ...blockedMain(index, [at('poll', 4)], 100),
      state: 'running',
      loopStalledMs: 0,
      loopTurns: { count: 9000, duringMs: 30 },
      stack: captured([at('poll', 4), IMMEDIATE]),
    }));
    assert.match(
      verdictOf(photographs)[0] ?? '',
      /^2 of 2 reports: main thread spinning: its event loop turned 9,000 times .* in poll \(app\.js:4\)/,
    );
  });

  test('knows a thread by its number and its start, not by its counters', () => {
    const photographs = [0, 1].map((index) =>
      reportAt(index, {
        isolates: [mainThread()],
        otherThreads: [
          otherThread(900, { startTicks: 5, cpuUserMs: index * 5000 }),
          otherThread(901, { startTicks: index, cpuUserMs: index * 5000 }),
        ],
      }),
    );
    const threads = compare(photographs).otherThreads.map(({ tid, cpuPercent }) => [tid, cpuPercent[0]]);
    assert.deepEqual(threads, [
      [900, 50],
      [901, null],
      [901, null],
    ]);
  });

  test('names threads of the libuv pool that are in one call all the time', () => {
    const syscall = { number: 0, name: 'read', description: 'read(fd 9 -> /mnt/nfs/a)' };
    const stack = captured([
      frame('uv__fs_read', { kind: 'native', file: 'node' }),
      frame('worker', { kind: 'native', file: 'node' }),
    ]);
    const photographs = [0, 1].map((index) =>
      reportAt(index, {
        otherThreads: [otherThread(7, { syscall, stack }), otherThread(8, { syscall, stack })],
      }),
    );
    assert.match(
      verdictOf(photographs)[0] ?? '',
      /^2 of 2 reports: threads 7, 8 \(libuv worker\) in read\(fd 9 -> \/mnt\/nfs\/a\) each time, no CPU in between$/,
    );
  });

  test('reports workers that were restarted', () => {
    const photographs = [2, 3].map((threadId, index) =>
      reportAt(index, {
        isolates: [mainThread(), workerThread(threadId, { name: 'resizer' }), workerThread(1)],
      }),
    );
    assert.ok(
      verdictOf(photographs).includes('workers restarted: worker 2 (resizer) gone, worker 3 (resizer) new'),
      verdictOf(photographs).join('\n'),
    );
  });

  test('puts workers that are stuck at one place into one line', () => {
    const photographs = [0, 1, 2].map((index) =>
      reportAt(index, {
        isolates: [
          mainThread(),
          ...[1, 2].map((threadId) =>
            workerThread(threadId, {
              ...blockedMain(index, [at('parse', 8)], 100),
              os: osThread(20 + threadId, { cpuUserMs: index * 9900 }),
            }),
          ),
        ],
      }),
    );
    assert.match(
      verdictOf(photographs)[0] ?? '',
      /^3 of 3 reports: worker 1, worker 2 in parse \(app\.js:8\): stuck, 99 % CPU/,
    );
  });

  test('does not take a process that is about to end for stuck', () => {
    const photographs = reportsOf(2, (index) => blockedMain(index, [at('a', 1)], 0));
    const last = {
      ...photographs[1],
      trigger: { kind: 'fatal', error: 'Error: boom\n    at x' },
    } as (typeof photographs)[number];
    const verdict = verdictOf([photographs[0] as typeof last, last]);
    assert.equal(verdict[0], 'report 2: the process is about to end: Error: boom');
    assert.ok(!verdict.some((line) => line.includes('stuck')), verdict.join('\n'));
  });
});

describe('the identity of a process', () => {
  const twice = (more: Parameters<typeof reportAt>[1]): boolean =>
    compare([reportAt(0), reportAt(1, more)]).sameProcess;

  test('is its host, number and start', () => {
    assert.equal(twice({}), true);
    assert.equal(twice({ rssBytes: 1, ppid: 77, stacksAfterMs: 400 }), true);
    assert.equal(twice({ facts: facts({ startedAtMs: STARTED_AT_MS + 1 }) }), true);
    assert.equal(twice({ facts: facts({ startedAtMs: STARTED_AT_MS + 60_000 }) }), false);
    assert.equal(twice({ facts: facts({ host: 'web-4' }) }), false);
    assert.equal(twice({ pid: 3 }), false);
    assert.equal(twice({ isolates: [mainThread({ os: osThread(14423, { startTicks: 9 }) })] }), false);
    assert.equal(twice({ facts: { status: 'unavailable', reason: 'setup did not end' } }), true);
  });

  test('is the first thing that is said when the reports are of several processes', () => {
    const verdict = verdictOf([reportAt(0), reportAt(1, { pid: 3 })]);
    assert.match(
      verdict[0] ?? '',
      /^These are reports of 2 different processes: pid 14423 on web-3, started 2026-.*; pid 3 on web-3, started/,
    );
    assert.ok(!verdict.some((line) => /stuck|growing/.test(line)), verdict.join('\n'));
  });

  test('and the order of its reports do not depend on a clock that somebody sets', () => {
    const frames = [at('crunch', 10)];
    const stuck = [0, 1, 2].map((index) =>
      reportAt(index, { isolates: [mainThread({ ...EMPTY, ...blockedMain(index, frames, 100) })] }),
    );
    // The clock was put back by an hour before the last report.
    const set = stuck.map((one, index) =>
      index < 2 ? one : { ...one, requestedAtMs: one.requestedAtMs - 3_600_000 },
    );
    const comparison = compare(set);
    assert.deepEqual(
      comparison.reports.map(({ reportId, afterMs }) => [reportId, afterMs]),
      [
        ['14423-0', 0],
        ['14423-1', INTERVAL_MS],
        ['14423-2', 2 * INTERVAL_MS],
      ],
    );
    assert.deepEqual(verdictOf(set), verdictOf(stuck));
    assert.match(verdictOf(set)[0] ?? '', /^3 of 3 reports: .*stuck/);
  });

  test('does not depend on the order of the files', () => {
    const photographs = reportsOf(3, (index) => blockedMain(index, [at('hang', 5)], 100));
    assert.deepEqual(verdictOf(photographs.toReversed()), verdictOf(photographs));
  });
});
