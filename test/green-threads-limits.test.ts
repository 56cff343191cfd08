import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test, type TestContext } from 'node:test';
import { greenThreadsOf } from './support/green-threads';
import { STACK_READING, buildNativeAddon, fuzzRuns, isSanitized } from './support/native-addon';
import { fixturePath } from './support/paths';
import { PATIENT, TIME_SCALE } from './support/patience';
import { sectionOf } from './support/report-text';
import { cutReports, startService, type Service } from './support/service';

const CHURN_MS = 1000 * Number(process.env['GMR_CHURN_SECONDS'] ?? 5);
const SLOWEST_DUMP_MS = 5000 * TIME_SCALE;

/** test/native/green: pages of which 3, 90 and the last have what is looked for; one cannot be read. */
interface GreenFixture {
  filter(
    pages: number,
    milliseconds: number,
  ): { readonly found: readonly number[]; readonly inTime: boolean; readonly noted: number };
  deadWords(isNewest: boolean): readonly number[];
  prepare(): string;
  ownCopies(): { readonly placed: number; readonly listed: number };
}

async function start(t: TestContext, env: Readonly<Record<string, string>>): Promise<Service> {
  return startService(t, { script: 'green/limits-service.cjs', env }).ready();
}

describe('the Green Threads section', { ...PATIENT, ...STACK_READING }, () => {
  test('counts, and lists the largest group first', async (t) => {
    const found = greenThreadsOf(await (await start(t, {})).reportOnSignal());
    assert.equal(found.suspended, 21 + 15);
    assert.equal(found.threads, 16);
    assert.deepEqual(
      found.groups.map(({ count }) => count),
      [5, 4, 3, 2, 1, 1],
    );
  });

  test('is in what generateReport() gives too', async (t) => {
    const service = await start(t, {});
    service.write('now\n');
    await service.line('generated');
    const found = greenThreadsOf(cutReports(service.stdout)[0] ?? '');
    // Nothing of generateReport() itself.
    assert.equal(found.suspended, 21 + 15);
    assert.equal(found.threads - found.callbacks, 16);
    assert.doesNotMatch(found.text, /generateReport/);
    const callbacks = found.groups.filter(({ isCallback }) => isCallback);
    assert.deepEqual(
      callbacks.map(({ waitsFor, frames }) => [waitsFor, ...frames.map(({ name }) => name)]),
      [['ReportRequest in Set "requests" (gmr:deferred/reports.js)', 'write']],
    );
  });

  test('is there when only the first report had no time for the self-test', async (t) => {
    const service = await start(t, { GMR_REPORT_TIMEOUT_MS: '100' });
    await service.reportOnSignal();
    service.write('patient\n');
    await service.line('patient');
    assert.equal(greenThreadsOf(await service.reportOnSignal()).suspended, 21 + 15);
  });

  test('lists who waits for generateReport(), and that it does', async (t) => {
    const service = await start(t, {});
    service.write('async\n');
    await service.line('generated');
    const found = greenThreadsOf(cutReports(service.stdout)[0] ?? '');
    assert.equal(found.suspended, 21 + 15 + 2);
    assert.equal(found.threads, 16 + 1);
    const waiting = found.groups.filter(({ frames }) => frames.some(({ name }) => name.endsWith('Report')));
    assert.deepEqual(
      waiting.map(({ waitsFor, frames }) => [waitsFor, ...frames.map(({ name }) => name)]),
      [['ReportRequest in Set "requests" (gmr:deferred/reports.js)', 'makeReport', 'answerReport']],
    );
  });

  test('leaves out groups and functions beyond its limits, and says so', async (t) => {
    const env = { GMR_GREEN_THREADS_MAX_GROUPS: '2', GMR_GREEN_THREADS_MAX_FRAMES: '3' };
    const found = greenThreadsOf(await (await start(t, env)).reportOnSignal());
    assert.equal(found.groupCount, 6);
    assert.deepEqual(
      found.groups.map(({ count }) => count),
      [5, 4],
    );
    assert.match(found.text, /4 more groups with 7 green threads omitted: greenThreads\.maxGroups/);
    const long = await start(t, { GMR_GREEN_THREADS_MAX_FRAMES: '3' });
    const deep = greenThreadsOf(await long.reportOnSignal()).groups.find(({ cutCount }) => cutCount > 0);
    assert.equal(deep?.cutCount, 18);
    assert.equal(deep.frames.length, 3);
  });

  test('says how to ask for more when the heap is too large', async (t) => {
    const large = await start(t, { GMR_GREEN_THREADS_MAX_HEAP_MB: '1' });
    assert.match(
      sectionOf(await large.reportOnSignal(), 'Green Threads'),
      /^ {2}not available: the heap of \d+ MB is larger than the limit of 1 MB; greenThreads\.maxHeapMb \(GMR_\w+\) raises it/,
    );
  });

  // With much of its own memory the heap is not even listed.
  const inTime = {
    skip: isSanitized('tsan') ? 'the shadow memory of ThreadSanitizer may be too large' : false,
  };

  test('says how to ask for more when the scan takes too long', inTime, async (t) => {
    const long = await start(t, { GMR_GREEN_THREADS_MAX_ANALYSIS_MS: '1', GREEN_BALLAST_MB: '150' });
    assert.match(
      sectionOf(await long.reportOnSignal(), 'Green Threads'),
      /(?:not available|INCOMPLETE): .*(?: 1 ms(?: that are allowed)?| used up); greenThreads\.maxAnalysisMs/,
    );
  });

  test('misses nothing, and counts nothing twice, in a heap that two threads read', async (t) => {
    const service = await start(t, {
      GREEN_BALLAST_MB: '100',
      GREEN_SPREAD: 'yes',
      GMR_GREEN_THREADS_MAX_ANALYSIS_MS: String(3000 * TIME_SCALE),
    });
    const suspended = 21 + 15 + 100 * 100;
    let exact = 0;
    for (let made = 0; made < 20 && exact < 5; made += 1) {
      const report = await service.reportOnSignal();
      if (/^ {2}not available: the garbage collector was at work/m.test(sectionOf(report, 'Green Threads')))
        continue;
      const found = greenThreadsOf(report);
      // A report of a thread that ran may miss objects that V8 moved meanwhile.
      const isWhole = found.suspended === suspended && !found.text.includes('INCOMPLETE');
      if (found.heapRead === 'running' && !isWhole) continue;
      exact += 1;
      assert.equal(found.suspended, suspended, found.text);
      assert.doesNotMatch(found.text, /INCOMPLETE/);
    }
    assert.ok(exact > 0, 'no report was exact');
  });

  test('names what went on while the heap was read', async (t) => {
    const service = startService(t, { script: 'green/going-on-service.cjs' });
    await service.ready();
    for (let made = 0; made < 100; made += 1) {
      const report = await service.reportOnSignal();
      const { text } = greenThreadsOf(report);
      // What V8 was just at work on has no place, and what waits for it may still be where it was.
      if (!text.includes('they were in')) continue;
      assert.match(
        text,
        /they were in .*async (?:fetchPage|readAll) \(.*going-on-service\.cjs:(?:10|14):\d+\)/,
      );
      assert.doesNotMatch(report, /no async function (?:of the application )?is suspended/);
      return;
    }
    assert.fail('nothing went on in 100 reports');
  });

  test('is read as it was at one moment on request, and only that pauses the thread', async (t) => {
    const pausedMs = (report: string): number => {
      const match = /; paused ([\d.]+) (ms|s)/.exec(sectionOf(report, 'Threads'));
      return Number(match?.[1]) * (match?.[2] === 's' ? 1000 : 1);
    };
    const service = await start(t, { GMR_GREEN_THREADS_CONSISTENT: 'yes', GREEN_BALLAST_MB: '20' });
    const report = await service.reportOnSignal();
    const found = greenThreadsOf(report);
    assert.equal(found.heapRead, 'paused');
    assert.ok(pausedMs(report) >= found.costMs, report);
    const other = await (await start(t, { GREEN_BALLAST_MB: '20' })).reportOnSignal();
    assert.notEqual(greenThreadsOf(other).heapRead, 'paused');
    assert.ok(pausedMs(other) < greenThreadsOf(other).costMs, other);
  });

  test('can be switched off', async (t) => {
    const service = await start(t, { GMR_GREEN_THREADS: 'no' });
    assert.match(
      sectionOf(await service.reportOnSignal(), 'Green Threads'),
      /^ {2}not available: greenThreads\.enabled is false$/m,
    );
  });

  for (const way of ['busyLoop', 'readSync', 'execSync', 'atomics', 'native']) {
    test(`lists what waits behind a main thread that is stuck in ${way}`, async (t) => {
      const service = startService(t, { script: 'green/blocked-service.cjs', args: [way] });
      await service.ready();
      const found = greenThreadsOf(await service.reportOnSignal());
      assert.deepEqual(
        found.groups.map(({ count, frames }) => `${count} ${frames.map(({ name }) => name).join(' ')}`),
        ['10 inner outer'],
      );
      // No thread is paused for it; a thread that is blocked does not even change anything meanwhile.
      const isRunning = way === 'busyLoop' || way === 'native';
      assert.equal(found.heapRead, isRunning ? 'running' : 'at-rest', found.text);
    });
  }

  test('lists exactly what waits for good while main and a worker make garbage', async (t) => {
    const service = startService(t, {
      script: 'green/churn-service.cjs',
      limitMs: CHURN_MS + 60_000 * TIME_SCALE,
    });
    await service.ready();
    const until = Date.now() + CHURN_MS;
    let reports = 0;
    let exact = 0;
    for (; Date.now() < until || reports < 3; reports += 1) {
      const report = await service.reportOnSignal();
      for (const label of ['main', 'worker 1 "churner"']) {
        const found = greenThreadsOf(report, label);
        const own = found.groups.filter(({ frames }) =>
          frames.some(({ place }) => !place.startsWith('node:')),
        );
        const shown = own.map(({ count, frames }) => `${count} ${frames.map(({ name }) => name).join(' ')}`);
        if (shown.sort().join() === '50 waits,50 waits caller') exact += 1;
        // In the first reports they are young, and V8 may move them while the heap is read.
        else assert.match(found.text, /collected young objects meanwhile/, `report ${reports}`);
        for (const text of shown) assert.match(text, /^([1-9]|[1-4]\d|50) waits( caller)?$/, found.text);
      }
    }
    t.diagnostic(`${reports} reports, ${exact} of ${2 * reports} sections exact`);
    assert.ok(exact > reports, 'most sections are exact');
  });

  for (const count of [100, 400]) {
    test(`are looked for in the right ones of ${count} pages, by two threads`, () => {
      const fixture = require(buildNativeAddon('green_fixture')) as GreenFixture;
      const patient = fixture.filter(count, 10_000 * TIME_SCALE);
      assert.deepEqual(patient, { found: [3, 90, count - 1], inTime: true, noted: count - 1 });
      assert.equal(fixture.filter(count, 0).inTime, false);
    });
  }

  test('are not read where a garbage collection freed them, or behind the newest object', () => {
    const fixture = require(buildNativeAddon('green_fixture')) as GreenFixture;
    const freed = [4, 5, 6, 7, 8, 9, 24, 25];
    assert.deepEqual(fixture.deadWords(false), freed);
    assert.deepEqual(fixture.deadWords(true), [...freed, 28, 29, 30, 31]);
  });

  test('are not read from the copies that a scan makes', () => {
    const fixture = require(buildNativeAddon('green_fixture')) as GreenFixture;
    assert.equal(fixture.prepare(), '');
    const { placed, listed } = fixture.ownCopies();
    assert.ok(placed > 0, 'no copy was made where a page may be');
    assert.equal(listed, 0);
  });

  test('does neither die nor hang when the layout is wrong', () => {
    const addon = buildNativeAddon('green_fixture');
    const runs = fuzzRuns(500);
    // Another one each time; the message of a failure tells it.
    const seed = Date.now() % 1_000_000;
    const child = spawnSync(
      process.execPath,
      [`${fixturePath('green')}/fuzz.cjs`, addon, String(runs), String(seed)],
      { encoding: 'utf8', timeout: (60_000 + runs * 100) * TIME_SCALE },
    );
    const context = `seed ${seed}: status ${child.status}, signal ${child.signal}, ${child.stderr}${child.stdout}`;
    assert.equal(child.status, 0, context);
    const fuzzed = JSON.parse(child.stdout) as Record<'problem' | 'runs' | 'groups' | 'slowestMs', unknown>;
    assert.equal(fuzzed.problem, '', context);
    assert.equal(fuzzed.runs, runs, context);
    assert.ok(Number(fuzzed.groups) > 0, `${context}: the fuzzer reached nothing`);
    assert.ok(Number(fuzzed.slowestMs) < SLOWEST_DUMP_MS, context);
  });
});
