import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { at, blockedMain, compare, reportAt, reportsOf } from './support/compared';
import { scratchFolder } from './support/files';
import { GMR, runGmr } from './support/gmr-command';
import { requireLib } from './support/lib';
import { HARD_LIMIT_MS, PATIENT } from './support/patience';
import { facts } from './support/photographs';
import type { Comparison } from '../src/compare/model';
import type { Photograph } from '../src/report/model';

const { renderLog } = requireLib('views/log') as typeof import('../src/views/log');
const { watchReports } = requireLib('cli/watch') as typeof import('../src/cli/watch');

const STUCK = reportsOf(3, (index) => blockedMain(index, [at('validateEmail', 14)], 100));

function filesOf(t: TestContext, photographs: readonly unknown[]): string[] {
  const folder = scratchFolder(t);
  return photographs.map((content, index) => {
    const file = join(folder, `${index + 1}.json`);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  });
}

describe('gmr diff', PATIENT, () => {
  test('begins with the verdict', async (t) => {
    const { code, stdout, stderr } = await runGmr(['diff', ...filesOf(t, STUCK).toReversed()]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.match(stdout, /^3 of 3 reports: main thread in validateEmail \(app\.js:14\): stuck, 100 % CPU/);
    assert.match(stdout, /\n {2}main thread {2}stuck {4}100 % {7}100 %\n/);
  });

  test('prints as JSON what it found', async (t) => {
    const files = filesOf(t, STUCK);
    const { stdout } = await runGmr(['diff', '--json', ...files]);
    const comparison = JSON.parse(stdout) as Comparison;
    assert.deepEqual(
      comparison.reports.map(({ origin }) => origin),
      files,
    );
    assert.deepEqual(
      { ...comparison, reports: [] },
      JSON.parse(JSON.stringify({ ...compare(STUCK), reports: [] })),
    );
  });

  test('omits a report that is given twice, and needs two', async (t) => {
    const [first = '', second = ''] = filesOf(t, STUCK);
    const twice = await runGmr(['diff', first, second, first]);
    assert.match(twice.stdout, /^2 of 2 reports/);
    assert.match(twice.stderr, /^gmr: .*1\.json is the same report as .*1\.json, and is omitted\n$/);
    const once = await runGmr(['diff', first, first]);
    assert.equal(once.code, 2);
    assert.match(once.stderr, /a comparison needs at least two reports, and there is 1\n$/);
  });

  test('tells reports of two containers apart whose ids are equal', async (t) => {
    const [one, , three] = STUCK;
    assert.ok(one !== undefined && three !== undefined && 'host' in one.facts);
    const other = { ...three, reportId: one.reportId, facts: { ...one.facts, host: 'pod-2' } };
    const { code, stdout } = await runGmr(['diff', ...filesOf(t, [one, other])]);
    assert.equal(code, 0);
    assert.match(stdout, /^These are reports of 2 different processes/);
  });

  test('compares the reports in a log, and names one that is not complete', async (t) => {
    const long = { facts: facts({ cwd: `/${'srv/'.repeat(9000)}` }) };
    const lines = STUCK.map((one) =>
      renderLog({ ...one, ...long }, 16_000_000)
        .trimEnd()
        .split('\n'),
    );
    const [first = [], second = [], third = []] = lines;
    assert.ok(third.length > 1, 'a report has several lines');
    const log = ['starting', ...first, 'between', ...second, ...third.slice(0, -1)].join('\n');
    const { code, stdout, stderr } = await runGmr(['diff', ...filesOf(t, [`${log}\n`])]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^2 of 2 reports: main thread in validateEmail \(app\.js:14\)/);
    assert.match(stdout, /1\.json \(14423-0\)\n/);
    assert.match(
      stderr,
      /^gmr: .*1\.json: report 14423-2 is incomplete: of \d+ parts, these are missing: \d+\n$/,
    );
  });

  const problems: readonly (readonly [string, string, RegExp])[] = [
    [
      'a text report',
      '  Guru Meditation \n',
      /2\.json is a text report, and only JSON reports can be compared: set GMR_FORMAT=json/,
    ],
    ['another file', 'hello', /2\.json is not a JSON report/],
    ['broken JSON', '{"schemaVersion": 1,', /2\.json looks like JSON and is not/],
    ['a report that lacks parts', '{"schemaVersion": 1}', /2\.json is not a complete report: TypeError/],
    ['a later schema', '{"schemaVersion": 7}', /schemaVersion is 7, and this gmr knows 1/],
  ];
  for (const [title, content, message] of problems) {
    test(`refuses ${title}`, async (t) => {
      const { code, stdout, stderr } = await runGmr(['diff', ...filesOf(t, [STUCK[0], content])]);
      assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
      assert.match(stderr, message);
    });
  }

  test('reads what a command prints', { skip: process.platform === 'win32' }, (t) => {
    const [first = '', ...others] = filesOf(t, STUCK);
    const diff = `exec ${[process.execPath, GMR, 'diff', ...others].map((word) => `'${word}'`).join(' ')}`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', `${diff} <(cat '${first}')`], {
      encoding: 'utf8',
      timeout: HARD_LIMIT_MS,
    });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.match(stdout, /^3 of 3 reports: main thread in validateEmail/);
  });

  test('says so first if the reports are of several processes', async (t) => {
    const { code, stdout } = await runGmr(['diff', ...filesOf(t, [reportAt(0), reportAt(1, { pid: 8 })])]);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^These are reports of 2 different processes: pid 14423 on web-3, .*; pid 8 on web-3, /,
    );
  });
});

describe('a watch', PATIENT, () => {
  interface Taken {
    readonly stop: AbortController;
    readonly notes: string[];
    readonly run: (take: () => Promise<Photograph>, count?: number) => ReturnType<typeof watchReports>;
  }

  function watch(): Taken {
    const stop = new AbortController();
    const notes: string[] = [];
    const say = (sentence: string): void => void notes.push(sentence);
    return {
      stop,
      notes,
      run: (take, count = 3) => watchReports({ take, count, intervalMs: 1, stop: stop.signal, say }),
    };
  }

  /** The three reports, then what `then` does. */
  function reports(
    then: () => Promise<Photograph> = () => Promise.reject(new Error('no more')),
  ): () => Promise<Photograph> {
    const left = [...STUCK];
    return () => {
      const next = left.shift();
      return next === undefined ? then() : Promise.resolve(next);
    };
  }

  test('takes as many reports as requested', async () => {
    const { run, notes } = watch();
    assert.equal((await run(reports())).length, 3);
    assert.deepEqual(notes, ['report 1 of 3 taken', 'report 2 of 3 taken', 'report 3 of 3 taken']);
  });

  test('ends with what it has when the process ends', async () => {
    const { run, notes } = watch();
    assert.equal(
      (
        await run(
          reports(() => Promise.reject(new Error('there is no process 7 here'))),
          5,
        )
      ).length,
      3,
    );
    assert.equal(notes.at(-1), 'report 4 failed: Error: there is no process 7 here; comparing the first 3');
  });

  test('fails when there is nothing to compare', async () => {
    const { run } = watch();
    await assert.rejects(
      run(() => Promise.reject(new Error('refused'))),
      /refused/,
    );
  });

  test('ends when it is stopped, while it waits for a report or for the next one', async () => {
    const { run, notes, stop } = watch();
    const pending = reports(() => {
      queueMicrotask(() => stop.abort());
      return new Promise(() => undefined);
    });
    assert.equal((await run(pending, 9)).length, 3);
    assert.equal(notes.at(-1), 'stopped after 3 of 9 reports');
  });
});
