import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { at, blockedMain, EMPTY, reportAt } from './support/compared';
import { scratchFolder } from './support/files';
import { runGmr } from './support/gmr-command';
import { PATIENT } from './support/patience';
import { asyncFrame, facts, greenGroup, greenThreads, mainThread, workerThread } from './support/photographs';
import type { Fleet } from '../src/compare/fleet/model';
import type { GreenThreadGroup, IsolateThread, Photograph } from '../src/report/model';
import type { WaitAnswer } from '../src/report/waits';

/** A pod of the fleet. */
function pod(
  index: number,
  main: Partial<IsolateThread>,
  workers: readonly IsolateThread[] = [],
): Photograph {
  return reportAt(0, {
    pid: 1,
    reportId: `1-${index}`,
    facts: facts({ host: `cart-${index}` }),
    isolates: [mainThread({ ...EMPTY, ...main }), ...workers],
  });
}

function poolMain(waiting: number): Partial<IsolateThread> {
  return { greenThreads: greenThreads([poolGroup('', waiting)]) };
}

function poolGroup(name: string, waiting: number): GreenThreadGroup {
  const text = `pg Pool${name === '' ? '' : ` ${name}`}: 10 of 10 clients in use, ${waiting} waiting`;
  const answer: WaitAnswer = {
    before: '',
    text,
    after: '',
    library: 'pg',
    counts: { inUse: 10, limit: 10, waiting },
    resource: null,
    holders: [],
  };
  const waits = { via: null, answers: [answer], rest: '' };
  return greenGroup([asyncFrame('load')], { count: waiting, waitsFor: text, waits });
}

function suspendedMain(count: number, secondsLeft: number): Partial<IsolateThread> {
  const waitsFor = `timer 60000 ms (${secondsLeft} s left)`;
  return {
    greenThreads: greenThreads([greenGroup([asyncFrame('poll', { line: 40 })], { count, waitsFor })]),
  };
}

/** Forty pods of five kinds. */
function fleet(): Photograph[] {
  const pods: Photograph[] = [];
  const add = (count: number, make: (index: number) => Photograph): void => {
    for (let i = 0; i < count; i++) pods.push(make(pods.length));
  };
  add(20, (index) => pod(index, { state: index % 2 === 0 ? 'idle' : 'running' }));
  add(11, (index) => pod(index, poolMain(12 + index)));
  add(5, (index) => pod(index, suspendedMain(index, index)));
  add(3, (index) => pod(index, { ...blockedMain(index, [at('hash', 7)], 100), loopStalledMs: 1000 * index }));
  add(1, (index) => pod(index, blockedMain(0, [at('validateEmail', 14)], 100)));
  return pods;
}

function filesOf(t: TestContext, photographs: readonly Photograph[]): string[] {
  const folder = scratchFolder(t);
  return photographs.map((photograph, index) => {
    const file = join(folder, `${String(index).padStart(2, '0')}.json`);
    writeFileSync(file, JSON.stringify(photograph));
    return file;
  });
}

describe('gmr merge', PATIENT, () => {
  test('names the kinds of processes in a fleet, outliers first', async (t) => {
    const files = filesOf(t, fleet());
    const { code, stdout, stderr } = await runGmr(['merge', ...files.toReversed()]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const lines = stdout.split('\n').filter((line) => /^\d/.test(line));
    assert.deepEqual(lines, [
      '40 processes: 5 classes of processes that look alike, outliers first',
      '1 of 40 processes: main thread blocked for 2 s in validateEmail (app.js:14)',
      '3 of 40 processes: main thread blocked for 36 s to 38 s in hash (app.js:7)',
      '5 of 40 processes: main thread idle; 31 to 35 async functions suspended in poll (cart.js:40), waiting for timer 60000 ms (31 s to 35 s left)',
      '11 of 40 processes: main thread idle; pg Pool exhausted, 32 to 42 waiting; most wait in load (cart.js:6)',
      '20 of 40 processes: main thread not blocked (10 idle, 10 running)',
    ]);
    assert.match(
      stdout,
      new RegExp(`validateEmail.*\\n {2}look at: ${files[39]} \\(cart-api, pid 1 on cart-39\\)\\n`),
    );
  });

  test('prints the classes as JSON', async (t) => {
    const { stdout } = await runGmr(['merge', '--json', ...filesOf(t, fleet())]);
    const found = JSON.parse(stdout) as Fleet;
    assert.equal(found.fleetVersion, 1);
    assert.deepEqual([found.reports, found.processes], [40, 40]);
    assert.deepEqual(
      found.classes.map(({ processes }) => processes),
      [1, 3, 5, 11, 20],
    );
    assert.deepEqual(found.classes[3]?.aspects[1]?.count, { least: 32, most: 42 });
    assert.equal(found.classes[4]?.members.length, 20);
    assert.deepEqual([found.classes[4]?.mainIdle, found.classes[4]?.mainRunning], [10, 10]);
  });

  test('puts processes into one class in which the same pools are exhausted, whatever the numbers', async (t) => {
    const both = (index: number, first: number, second: number): Photograph => {
      const groups = [poolGroup('a', first), poolGroup('b', second)];
      return pod(index, { greenThreads: greenThreads(first > second ? groups : groups.toReversed()) });
    };
    const { stdout } = await runGmr(['merge', ...filesOf(t, [both(1, 9, 4), both(2, 3, 8)])]);
    assert.match(
      stdout,
      /\n2 of 2 processes: main thread idle; pg Pool a exhausted, 3 to 9 waiting; .*; pg Pool b exhausted, 4 to 8 waiting/,
    );
  });

  test('counts of each process the latest report', async (t) => {
    const early = pod(1, blockedMain(0, [at('hash', 7)], 100));
    const late = { ...pod(1, {}), requestedAtMs: early.requestedAtMs + 5000, reportId: '1-late' };
    const { stdout } = await runGmr(['merge', ...filesOf(t, [late, early, pod(2, {})])]);
    assert.equal(
      stdout.split('\n')[0],
      '2 processes (3 reports; of each process, the latest counts): all look alike',
    );
    assert.match(stdout, /\n2 of 2 processes: main thread idle\n/);
  });

  test('calls a mutex locked', async (t) => {
    const locked = (index: number, waiting: number): Photograph => {
      const text = `async-mutex Mutex: locked, ${waiting} waiting`;
      const counts = { inUse: 1, limit: 1, waiting };
      const common = { before: '', after: '', library: 'async-mutex', resource: null, holders: [] };
      const waits = { via: null, answers: [{ ...common, text, counts }], rest: '' };
      const group = greenGroup([asyncFrame('load')], { count: waiting, waitsFor: text, waits });
      return pod(index, { greenThreads: greenThreads([group]) });
    };
    const { stdout } = await runGmr(['merge', ...filesOf(t, [locked(1, 3), locked(2, 9)])]);
    assert.match(stdout, /\n2 of 2 processes: main thread idle; async-mutex Mutex locked, 3 to 9 waiting;/);
  });

  test('names workers that are blocked, and tells places in files of the same name apart', async (t) => {
    const blocked = (id: number, file: string): IsolateThread =>
      workerThread(id, { ...EMPTY, ...blockedMain(0, [at('job', 3, file)], 100) });
    const { stdout } = await runGmr([
      'merge',
      ...filesOf(t, [
        pod(1, {}, [blocked(1, '/srv/app/a/job.js')]),
        pod(2, {}, [blocked(1, '/srv/app/b/job.js'), blocked(2, '/srv/app/b/job.js')]),
      ]),
    ]);
    assert.match(stdout, /1 of 2 processes: main thread idle; 1 worker blocked in job \(job\.js:3\)/);
    assert.match(stdout, /1 of 2 processes: main thread idle; 2 workers blocked in job \(job\.js:3\)/);
  });

  test('lists files that cannot be read, and goes on', async (t) => {
    const [good = '', bad = '', text = ''] = filesOf(t, [pod(1, {}), pod(2, {}), pod(3, {})]);
    writeFileSync(bad, '{"schemaVersion": 1}');
    writeFileSync(text, '  Guru Meditation  ');
    const { code, stdout } = await runGmr(['merge', bad, good, text, 'no-such-file']);
    assert.equal(code, 0);
    assert.match(stdout, /^1 process: nothing to compare it with\n/);
    assert.match(stdout, /\nNot read:\n/);
    assert.match(stdout, /01\.json is not a complete report: TypeError/);
    assert.match(stdout, /02\.json is a text report, and only JSON reports can be compared/);
    assert.match(stdout, /cannot read no-such-file: .*ENOENT/);
  });

  test('fails if no file can be read', async () => {
    const { code, stdout, stderr } = await runGmr(['merge', 'no-such-file', 'nor-this']);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    assert.match(stderr, /^gmr: cannot read no-such-file: .*\ngmr: cannot read nor-this: .*\n$/);
  });
});
