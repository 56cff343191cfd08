import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { reportFiles, scratchFolder } from './support/files';
import { PATIENT } from './support/patience';
import { mainBlock, sectionOf } from './support/report-text';
import { cutReports, startService, type Ending, type Service } from './support/service';

/** A small heap is full soon; without a core dump's worth of output. */
const HEAP_FLAGS = ['--max-old-space-size=40', '--max-semi-space-size=1'];

interface End {
  readonly ending: Ending;
  readonly stderr: string;
  readonly reports: readonly string[];
}

function start(t: TestContext, presence: 'with' | 'without', way: string, env = {}): Service {
  const execArgv = way === 'heap' ? HEAP_FLAGS : [];
  return startService(t, { script: 'fatal-service.cjs', args: [presence, way], execArgv, env });
}

async function endOf(t: TestContext, presence: 'with' | 'without', way: string, env = {}): Promise<End> {
  const service = start(t, presence, way, env);
  const ending = await service.exited();
  return { ending, stderr: service.stderr, reports: cutReports(service.stderr) };
}

/** What Node itself says at the end, without pids and addresses. */
function lastWords(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => /^(Error: |FATAL ERROR|Node\.js v|\[.*ERR_)/.test(line));
}

describe('a fatal error', PATIENT, () => {
  for (const [way, expected] of [
    ['throw', /The process is about to end: Error: no connection to postgres:\/\/app:\*\*\*@db\/shop/],
    ['reject', /trigger: +fatal error: unhandled rejection: Error: no connection/],
    ['reject-nothing', /fatal error: unhandled rejection: .*undefined/],
    ['hostile', /fatal error: Error: hostile/],
    ['worker', /fatal error: Error: of the worker/],
    [
      'listener-throws',
      /fatal error: an 'uncaughtException' listener threw while it handled: Error: no connection/,
    ],
  ] as const) {
    test(`(${way}) is reported, and the process ends as it would have`, async (t) => {
      const ends = await Promise.all([endOf(t, 'without', way), endOf(t, 'with', way)]);
      const [control, { ending, stderr, reports }] = ends;
      assert.equal(reports.length, 1, stderr.slice(0, 2000));
      const [report = ''] = reports;
      assert.match(report, expected);
      assert.deepEqual(ending, control.ending);
      assert.deepEqual(lastWords(stderr), lastWords(control.stderr));
      assert.doesNotMatch(report, /hunter2/);
    });
  }

  test('has its own stack in the report, and says why sections are missing', async (t) => {
    const { reports } = await endOf(t, 'with', 'throw');
    const [report = ''] = reports;
    assert.match(
      sectionOf(report, 'Guru Meditation'),
      /^ {4,}at .*failHere \(.*fatal-service\.cjs:\d+:\d+\)$/m,
    );
    assert.match(sectionOf(report, 'Queue'), /not available: event loop blocked/);
  });

  test('that is a full heap is reported with the line that fills it', async (t) => {
    const control = await endOf(t, 'without', 'heap');
    const { ending, stderr, reports } = await endOf(t, 'with', 'heap');
    assert.equal(reports.length, 1, stderr.slice(0, 2000));
    assert.match(
      reports[0] ?? '',
      /fatal error: the heap of the main thread is about to reach its limit of \d+ MB/,
    );
    assert.match(reports[0] ?? '', /fillHeap \(.*fatal-service\.cjs:\d+/);
    const summary = sectionOf(reports[0] ?? '', 'Guru Meditation');
    assert.match(summary, /\bfillHeap \(fatal-service\.cjs:\d+/);
    // The thread that fills it waits for the report: it has measured the heap before.
    assert.match(mainBlock(reports[0] ?? '').body, /^ *heap: \d+(?:\.\d+)? MB used of/m);
    assert.deepEqual(ending, control.ending);
    assert.match(stderr, /FATAL ERROR: .*heap/i);
  });

  test('goes into a file as other reports do', async (t) => {
    const logDir = scratchFolder(t);
    await endOf(t, 'with', 'throw', { GMR_LOG_DIR: logDir });
    const [name = ''] = reportFiles(logDir);
    assert.match(readFileSync(join(logDir, name), 'utf8'), /The process is about to end/);
  });

  for (const way of ['caught', 'handled']) {
    test(`is none when the service handles it (${way})`, async (t) => {
      const service = start(t, 'with', way);
      await service.line('caught');
      assert.doesNotMatch(await service.reportOnSignal(), /fatal error/);
      assert.ok(service.alive);
    });
  }

  test('is not written when the listener of the service ends the process itself', async (t) => {
    const { ending, reports } = await endOf(t, 'with', 'listener-exits');
    assert.deepEqual({ ending, reports }, { ending: { code: 7, signal: null }, reports: [] });
  });

  test('is not reported after dispose()', async (t) => {
    const { ending, reports } = await endOf(t, 'with', 'disposed');
    assert.equal(ending.code, 1);
    assert.deepEqual(reports, []);
  });
});
