import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, after, before, describe, test } from 'node:test';
import { type Filter, type FilterAction, buildLauncher, filtered } from './support/filters';
import { markedFrame } from './support/marks';
import { STACK_READING, isSanitized } from './support/native-addon';
import { CALLS_OF_THE_TRIAL, OWN_SYSTEM_CALLS } from './support/own-calls';
import { PATIENT, eventually } from './support/patience';
import { assertFrame, threadBlocks, workerBlock } from './support/report-text';
import { type Service, startService } from './support/service';

const DEADLY: readonly FilterAction[] = ['kill', 'kill-thread', 'trap'];
const OWN = OWN_SYSTEM_CALLS.map(({ name }) => name);
/** Calls that no part of a report may make. */
const NEVER = ['kcmp', 'memfd_create', 'ptrace', 'fork', 'vfork', 'nanosleep', 'lseek', 'getpgrp'];

/** A report file that needs the call, and what becomes of the report without it. */
interface FileCall {
  readonly call: string;
  /** Calls that are made in its place, where they are possible. */
  readonly denied?: readonly string[];
  /** Below a folder with a folder `logs`, in which there is an old report, and a link `link`. */
  readonly logDir?: string;
  readonly umask?: string;
  readonly outcome: RegExp;
}

const NOT_WRITTEN = /could not be written to .*not permitted/;
const FILE_CALLS: readonly FileCall[] = [
  { call: 'mkdirat', logDir: 'logs/new', outcome: NOT_WRITTEN },
  { call: 'readlinkat', logDir: 'link/logs', outcome: NOT_WRITTEN },
  { call: 'fchmod', umask: '0400', outcome: / written to / },
  { call: 'renameat2', outcome: / written to / },
  { call: 'linkat', denied: ['renameat2'], outcome: / written to / },
  { call: 'renameat', denied: ['renameat2', 'linkat'], outcome: NOT_WRITTEN },
  { call: 'unlinkat', outcome: / are not removed: .*(?:seccomp filter .* unlinkat|removing a file: )/ },
];
/** Made for a report on standard error. */
const OTHER_CALLS = OWN.filter((name) => !FILE_CALLS.some(({ call }) => call === name));
const ENVIRONMENT_FOR: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Enough suspended functions for lists that must grow.
  mremap: { GMR_TEST_WAITING: '20000', GMR_GREEN_THREADS_MAX_PAUSE_MS: '5000' },
};

const folder = mkdtempSync(join(tmpdir(), 'gmr-filters-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let launcher = '';

async function start(
  t: TestContext,
  action: FilterAction,
  calls: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const options = { script: 'filtered-service.cjs', args: ['busy'], env };
  return startService(t, filtered(launcher, [[action, calls]], options)).ready();
}

/** Whether this version of Node starts without the call. */
function isMadeByNode(call: string): boolean {
  let made = madeByNode.get(call);
  if (made === undefined) {
    const { status } = spawnSync(launcher, ['kill', call, process.execPath, '-e', '0'], { stdio: 'ignore' });
    made = status !== 0;
    madeByNode.set(call, made);
  }
  return made;
}

const madeByNode = new Map<string, boolean>();

async function assertServes(service: Service): Promise<void> {
  const from = service.stdout.length;
  service.write('still there?\n');
  assert.equal(await service.line('here', from), 'here');
}

/** Makes a report for which there was a CPU. Without one, as the report says, it lacks the time for all stacks. */
async function wholeReport(service: Service): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const report = await service.reportOnSignal();
    if (tries === 20 || !report.includes('no CPU was free')) return report;
  }
}

/** Makes two reports; the second one uses the verdicts of the first. */
async function assertReports(service: Service, check: (report: string) => void): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    const report = await wholeReport(service);
    assert.match(threadBlocks(report)[0]?.head ?? '', /main/);
    check(report);
    await assertServes(service);
  }
}

/** Returns the process ids of the children of all its threads, including zombies. */
/** Empty when the thread has ended since. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    assert.ok(['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? ''), String(error));
    return '';
  }
}

function childrenOf({ pid }: Service): string {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks
    .map((tid) => textOf(`/proc/${pid}/task/${tid}/children`))
    .join('')
    .trim();
}

/** Lets the process open only this many more descriptors, by a limit on their numbers. */
function leaveDescriptors({ pid }: Service, spare: number): void {
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let limit = 0;
  for (let free = 0; taken.has(limit) || free < spare; limit += 1) {
    if (!taken.has(limit)) free += 1;
  }
  execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${limit}:`]);
}

function holdsTheWorker(report: string): void {
  const block = workerBlock(report, 'computer');
  assert.match(block.body, /read from memory while held/);
  assertFrame(block, markedFrame('filtered-service.cjs', 'native-compute'));
}

describe('under a seccomp filter', { ...PATIENT, ...STACK_READING }, () => {
  before(() => {
    launcher = buildLauncher(folder);
  });

  for (const call of [...OTHER_CALLS, ...CALLS_OF_THE_TRIAL.slice(0, 2)]) {
    for (const action of [...DEADLY, 'errno'] as const) {
      test(`${action} for ${call} affects neither the service nor its reports`, async (t) => {
        if (action !== 'errno' && isMadeByNode(call)) return t.skip(`Node itself calls ${call}`);
        const service = await start(t, action, [call], ENVIRONMENT_FOR[call]);
        await assertReports(service, holdsTheWorker);
        if (call === 'getdents64') await service.says('are not listed: ');
      });
    }
  }

  for (const { call, denied = [], logDir = 'logs', umask = '022', outcome } of FILE_CALLS) {
    for (const action of [...DEADLY, 'errno'] as const) {
      test(`${action} for ${call} affects neither the service nor a report in a file`, async (t) => {
        if (action !== 'errno' && isMadeByNode(call)) return t.skip(`Node itself calls ${call}`);
        const place = mkdtempSync(join(folder, 'reports-'));
        mkdirSync(join(place, 'logs'));
        symlinkSync('.', join(place, 'link'));
        const old = join(place, 'logs', 'filtered_gurumeditation_20200101000000');
        writeFileSync(old, 'an earlier report');
        utimesSync(old, 1_600_000_000, 1_600_000_000);
        const env = { GMR_LOG_DIR: join(place, logDir), GMR_MAX_REPORTS: '1', GMR_TEST_UMASK: umask };
        const filters: Filter[] = [[action, [call]]];
        if (denied.length > 0) filters.push(['errno', denied]);
        const options = { script: 'filtered-service.cjs', env };
        const service = await startService(t, filtered(launcher, filters, options)).ready();
        for (let round = 1; round <= 2; round += 1) {
          service.signal();
          await eventually(`report ${round}`, () => {
            const said = service.stderr.match(/ written to |could not be written to /g) ?? [];
            return said.length >= round || undefined;
          });
          await assertServes(service);
        }
        await eventually(`${outcome}`, () => outcome.test(service.stderr) || undefined);
      });
    }
  }

  for (const action of [...DEADLY, 'errno', 'no-such-call'] as const) {
    test(`${action} for all of our calls at once affects neither the service nor its reports`, async (t) => {
      const calls = [...OWN, ...NEVER].filter((call) => !isMadeByNode(call));
      const service = await start(t, action, calls);
      await assertReports(service, holdsTheWorker);
    });
  }

  for (const action of DEADLY) {
    test(`${action} for all of our calls leaves a report on stderr when its file cannot be written`, async (t) => {
      const reports = join(folder, `reports-${action}`);
      const service = await start(t, action, OWN, { GMR_LOG_DIR: reports });
      await assertReports(service, holdsTheWorker);
      assert.match(service.stderr, /could not be written to .*reports-.* \(.*not permitted/);
      assert.equal(existsSync(reports), false);
    });
  }

  test('that forbids renaming, the report file is written anyway', async (t) => {
    const reports = mkdtempSync(join(folder, 'reports-'));
    const service = await start(t, 'kill', ['renameat2', 'linkat', 'fchmod', 'getdents64'], {
      GMR_LOG_DIR: reports,
    });
    service.signal();
    await service.says('written to');
    const [file] = readdirSync(reports);
    assert.match(readFileSync(join(reports, file ?? ''), 'utf8'), /==== End of report/);
    await assertServes(service);
  });

  test('that allows everything, the report is the same as without a filter', async (t) => {
    const service = await start(t, 'allow', OWN);
    await assertReports(service, holdsTheWorker);
    assert.doesNotMatch(service.stderr, /seccomp/);
  });

  test('a large process is not copied, and does without the calls that would have to be tried', async (t) => {
    const service = await start(t, 'kill', ['process_vm_readv', 'rt_tgsigqueueinfo', 'wait4'], {
      GMR_TEST_BALLAST_MB: '400',
    });
    await assertReports(service, holdsTheWorker);
    // If a child had been made, it would still exist, because it would die in wait4.
    assert.equal(childrenOf(service), '');
  });

  test('a process without descriptors makes no child, with or without a filter', async (t) => {
    for (const [action, call] of [
      ['allow', 'ptrace'],
      ['kill', 'ptrace'],
      ['errno', 'process_vm_readv'],
      // A child would still be here, as the one does that tried this call at setup.
      ['kill', 'wait4'],
    ] as const) {
      const service = await start(t, action, [call]);
      const atSetup = childrenOf(service);
      if (call !== 'wait4') assert.equal(atSetup, '', `${action} ${call}`);
      for (const spare of [0, 1, 2, 3, 5]) {
        leaveDescriptors(service, spare);
        await service.reportOnSignal();
        await assertServes(service);
        if (spare === 0) assert.equal(childrenOf(service), atSetup, `${action} ${call}`);
      }
      if (call === 'wait4') continue;
      execFileSync('prlimit', [`--pid=${service.pid}`, '--nofile=1024:']);
      await assertReports(service, holdsTheWorker);
      assert.equal(childrenOf(service), '', action);
    }
  });

  test('the process that tries the calls is gone after the report', { skip: isSanitized() }, async (t) => {
    const service = await start(t, 'kill', ['process_vm_readv', 'rt_tgsigqueueinfo']);
    await assertReports(service, holdsTheWorker);
    assert.equal(childrenOf(service), '');
  });
});
