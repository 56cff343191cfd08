import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type TestContext, describe, test } from 'node:test';
import { scratchFolder } from './support/files';
import { GMR, installed, linuxOnly, runGmr } from './support/gmr-command';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { needsServers } from './support/servers';
import { type Service, startService } from './support/service';
import { type ComparedMode, takeReports } from './support/taken';
import type { Comparison } from '../src/compare/model';
import type { Photograph, ProcessFacts } from '../src/report/model';

interface Case {
  readonly mode: ComparedMode;
  readonly title: string;
  readonly firstLine: RegExp;
  readonly kind: string;
}

const CASES: readonly Case[] = [
  {
    mode: 'stuck',
    title: 'a regular expression that does not end',
    firstLine:
      /^3 of 3 reports: main thread, matching a regular expression in validateEmail \(compared-service\.cjs:\d+\).*: stuck, (\d+ % to )?\d+ % CPU( \(ready to run each time\))?, event loop has not turned for [\d.]+ s$/,
    kind: 'stuck',
  },
  {
    mode: 'loop',
    title: 'a loop that calls other functions',
    firstLine:
      /^3 of 3 reports: main thread in (crunchRows|add|multiply) \(compared-service\.cjs:[\d-]+\).*: stuck, /,
    kind: 'stuck',
  },
  {
    mode: 'busy',
    title: 'a thread that does one job after the other',
    firstLine: /^main thread busy: it moved, /,
    kind: 'busy',
  },
  {
    mode: 'leak',
    title: 'more and more suspended functions',
    firstLine:
      /^3 of 3 reports: 30 -> 60 -> 90 async functions suspended in loadUser \(compared-service\.cjs:\d+\): growing, waiting for /,
    kind: 'growing',
  },
  {
    mode: 'pool',
    title: 'a pool that is exhausted',
    firstLine:
      /^3 of 3 reports: generic-pool Pool.* exhausted: 4 of 4 resources in use, 30 -> 60 -> 90 waiting; most wait in checkout \(compared-service\.cjs:\d+\).*; .*held by transfer \(compared-service\.cjs:\d+\)/,
    kind: 'exhausted',
  },
  {
    mode: 'idle',
    title: 'a service that has nothing to do',
    firstLine: /^nothing stuck, nothing growing$/,
    kind: 'nothing',
  },
];

describe('the first line of gmr diff names', { ...PATIENT, ...STACK_READING }, () => {
  for (const { mode, title, firstLine, kind } of CASES) {
    test(title, async (t) => {
      const { skip } = await needsServers();
      if (mode === 'pool' && skip !== false) return t.skip(skip);
      const { files } = await takeReports(t, mode, 3);
      const { code, stdout, stderr } = await runGmr(['diff', ...files]);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      assert.match(stdout.split('\n')[0] ?? '', firstLine, stdout);
      const json = await runGmr(['diff', '--json', ...files]);
      const comparison = JSON.parse(json.stdout) as Comparison;
      assert.equal(comparison.verdict[0]?.kind, kind);
      assert.equal(comparison.verdict[0]?.text, stdout.split('\n')[0]);
    });
  }
});

describe('gmr merge on forty reports of real processes', { ...PATIENT, ...STACK_READING }, () => {
  test('names the five kinds, outliers first', async (t) => {
    const { skip } = await needsServers();
    if (skip !== false) return t.skip(skip);
    const folder = scratchFolder(t);
    const sizes: Readonly<Record<string, number>> = { loop: 1, stuck: 3, leak: 6, pool: 10, idle: 20 };
    const files: string[] = [];
    for (const [mode, size] of Object.entries(sizes)) {
      const { files: taken } = await takeReports(t, mode as ComparedMode, 1);
      const report = JSON.parse(readFileSync(taken[0] ?? '', 'utf8')) as Photograph & {
        readonly facts: ProcessFacts;
      };
      for (let pod = 0; pod < size; pod++) {
        const file = join(folder, `${mode}-${pod}.json`);
        writeFileSync(
          file,
          JSON.stringify({ ...report, facts: { ...report.facts, host: `${mode}-${pod}` } }),
        );
        files.push(file);
      }
    }
    const { code, stdout } = await runGmr(['merge', ...files]);
    assert.equal(code, 0);
    const expected = [
      /^40 processes: 5 classes of processes that look alike, outliers first$/,
      /^1 of 40 processes: main thread blocked for .* in (add|multiply|crunchRows) \(compared-service\.cjs:\d+\)$/,
      /^3 of 40 processes: main thread blocked for .*validateEmail \(compared-service\.cjs:\d+\)$/,
      /^6 of 40 processes: main thread (idle|running); 30 async functions suspended in loadUser \(compared-service\.cjs:\d+\), waiting for /,
      /^10 of 40 processes: main thread (idle|running); generic-pool Pool.* exhausted, 30 waiting; most wait in checkout .*held by transfer /,
      /^20 of 40 processes: main thread (idle|running)$/,
    ];
    const lines = stdout.split('\n').filter((line) => /^\d/.test(line));
    assert.equal(lines.length, expected.length, stdout);
    for (const [index, line] of lines.entries()) assert.match(line, expected[index] ?? /$^/);
    assert.match(stdout, /^ {2}look at: .*loop-0\.json \(compared, pid \d+ on loop-0\)$/m);
  });
});

describe('gmr watch', linuxOnly, () => {
  const WATCH = ['--interval', '0.4', '--timeout', '30'];

  /** A service that writes JSON reports into a folder that the command sees. */
  async function started(t: TestContext, mode: ComparedMode): Promise<Service> {
    const service = startService(t, {
      script: 'compared-service.cjs',
      args: [mode],
      env: { GMR_FORMAT: 'json', GMR_LOG_DIR: scratchFolder(t) },
    });
    await service.ready();
    await installed(service);
    return service;
  }

  test('takes reports and compares them', async (t) => {
    const service = await started(t, 'stuck');
    const { code, stdout, stderr } = await runGmr(['watch', String(service.pid), '--count', '2', ...WATCH]);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^2 of 2 reports: main thread, matching a regular expression in validateEmail \(compared-service\.cjs:\d+\).*: stuck, /,
    );
    assert.match(stderr, /gmr: report 1 of 2 taken\n[^]*gmr: report 2 of 2 taken\n/);
    const json = await runGmr(['watch', String(service.pid), '--count', '2', '--json', ...WATCH]);
    assert.equal((JSON.parse(json.stdout) as Comparison).verdict[0]?.kind, 'stuck');
  });

  test('compares on Ctrl-C what was taken so far', async (t) => {
    const service = await started(t, 'idle');
    const watch = startService(t, {
      script: GMR,
      args: ['watch', String(service.pid), '--count', '60', ...WATCH],
    });
    await watch.says('report 2 of 60 taken');
    watch.signal('SIGINT');
    assert.deepEqual(await watch.exited(), { code: 0, signal: null });
    assert.match(watch.stderr, /gmr: stopped after \d+ of 60 reports\n/);
    assert.match(watch.stdout, /^nothing stuck, nothing growing\n/);
  });

  test('ends on Ctrl-C without waiting for a second report that does not come', async (t) => {
    const service = await started(t, 'idle');
    const watch = startService(t, {
      script: GMR,
      args: ['watch', String(service.pid), '--count', '60', '--interval', '0.4', '--timeout', '600'],
    });
    await watch.says('report 1 of 60 taken');
    service.signal('SIGSTOP');
    await pause(1000);
    watch.signal('SIGINT');
    assert.deepEqual(await watch.exited(), { code: 1, signal: null });
    assert.match(watch.stderr, /gmr: stopped before the second report: there is nothing to compare\n$/);
    service.signal('SIGCONT');
  });

  test('compares what there is when the process ends', async (t) => {
    const service = await started(t, 'idle');
    const watch = startService(t, {
      script: GMR,
      args: ['watch', String(service.pid), '--count', '60', ...WATCH],
    });
    await watch.says('report 2 of 60 taken');
    await service.stop();
    assert.deepEqual(await watch.exited(), { code: 0, signal: null });
    assert.match(
      watch.stderr,
      /gmr: report \d+ failed: [^\n]*(?:no process|process ended|not set up)[^\n]*; comparing the first \d+\n/,
    );
    assert.match(watch.stdout, /^nothing stuck, nothing growing\n/);
  });

  test('fails when there is no such process', async () => {
    const { code, stdout, stderr } = await runGmr(['watch', 'no-such-service']);
    assert.deepEqual({ code, stdout }, { code: 4, stdout: '' });
    assert.match(stderr, /no process with gmr-native is called 'no-such-service'/);
  });
});
