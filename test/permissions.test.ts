import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, after, before, describe, test } from 'node:test';
import { markedFrame } from './support/marks';
import { STACK_READING, buildNativeAddon } from './support/native-addon';
import { fixturePath } from './support/paths';
import { PATIENT, TIME_SCALE, eventually } from './support/patience';
import { threadsOf } from './support/proc';
import { assertFrame, mainBlock, workerBlock } from './support/report-text';
import { type Service, startService } from './support/service';

/** Time from the signal to the report, starved by other processes, too. */
const LONGEST_REPORT_MS = 5000 * TIME_SCALE;
const NOBODY = 65534;

const folder = mkdtempSync(join(tmpdir(), 'gmr-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Case {
  readonly title: string;
  /** Arguments of restricted-service.cjs. */
  readonly restrictions: readonly string[];
  readonly checkMain: (report: string) => void;
  readonly checkWorker: (report: string) => void;
}

function readPassively(report: string): void {
  const block = mainBlock(report);
  assert.match(block.head, / BLOCKED | RUNNING/);
  assert.match(block.body, /^ *state: S\b.* in read\(fd \d+ -> .*fifo\).*read from memory while blocked/m);
  assert.match(block.body, /^ *readSync \(node:fs:/m);
  assertFrame(block, markedFrame('restricted-service.cjs', 'blocked-read'));
}

function readWhileParked(report: string): void {
  const block = workerBlock(report, 'spinner');
  assert.match(block.body, /^ *state: R\b.*read from memory while held/m);
  assertFrame(block, markedFrame('restricted-service.cjs', 'native-spin'));
}

/** No stack, and the reason for it; never a guess. */
function notAvailable(reason: RegExp): (report: string) => void {
  return (report) => {
    const block = mainBlock(report);
    assert.match(block.head, / NOT ANSWERING/);
    assert.match(block.body, reason);
    assert.doesNotMatch(block.body, /captured |readForever|readSync \(/);
  };
}

const READ_BOTH = { checkMain: readPassively, checkWorker: readWhileParked };
const CASES: readonly Case[] = [
  { title: 'nothing is restricted', restrictions: [], ...READ_BOTH },
  { title: 'seccomp denies ptrace', restrictions: ['no-ptrace'], ...READ_BOTH },
  { title: 'seccomp denies ptrace and process_vm_readv', restrictions: ['no-vm-read'], ...READ_BOTH },
  { title: 'the process cannot gain privileges', restrictions: ['no-new-privileges'], ...READ_BOTH },
  {
    title: 'the process runs as nobody',
    restrictions: ['nobody', 'dumpable'],
    ...READ_BOTH,
  },
  {
    title: 'the process runs as nobody and is not dumpable',
    restrictions: ['nobody', 'not-dumpable'],
    checkMain: notAvailable(/the kernel does not show where the thread is/),
    checkWorker: readWhileParked,
  },
  {
    title: 'the process runs as nobody, is not dumpable, and seccomp denies process_vm_readv',
    restrictions: ['nobody', 'not-dumpable', 'no-vm-read'],
    checkMain: notAvailable(/the kernel does not show where the thread is/),
    checkWorker: readWhileParked,
  },
  {
    title: 'seccomp denies directed signals',
    restrictions: ['no-directed-signals'],
    checkMain: readPassively,
    checkWorker: (report) => {
      const block = workerBlock(report, 'spinner');
      assert.match(block.head, / NOT ANSWERING/);
      assert.match(block.body, /Operation not permitted/);
      assert.doesNotMatch(block.body, /the thread has ended|captured |spinForever/);
    },
  },
];

/** Why a case cannot be tried here, or false. */
function reasonToSkip({ restrictions }: Case): string | false {
  if (!restrictions.includes('nobody')) return false;
  if (process.getuid?.() !== 0) return 'only root can become nobody';
  // As a service would be installed: readable by its user.
  const script = `require('node:fs').readFileSync(${JSON.stringify(fixturePath('restricted-service.cjs'))})`;
  const child = spawnSync(process.execPath, ['-e', script], { uid: NOBODY, gid: NOBODY, cwd: '/' });
  return child.status === 0 ? false : 'nobody may not read the fixtures here';
}

async function startRestricted(
  t: TestContext,
  restrictions: readonly string[],
  fifo: string,
): Promise<Service> {
  const service = startService(t, { script: 'restricted-service.cjs', args: [fifo, ...restrictions] });
  await service.ready();
  await untilBlockedAgain(service);
  return service;
}

async function untilBlockedAgain(service: Service, from = 0): Promise<void> {
  await service.line('reading', from);
  await eventually('main sleeps', () => {
    const main = threadsOf(service.pid).find(({ tid }) => tid === service.pid);
    return main?.state === 'S' ? true : undefined;
  });
}

describe('a report of a service that may do less', { ...PATIENT, ...STACK_READING }, () => {
  before(() => {
    buildNativeAddon('gmr_fixture');
  });

  for (const [index, wanted] of CASES.entries()) {
    const skip = reasonToSkip(wanted);
    test(`tells the truth when ${wanted.title}`, { skip }, async (t) => {
      const fifo = join(folder, `${index}.fifo`);
      execFileSync('mkfifo', [fifo]);
      const service = await startRestricted(t, wanted.restrictions, fifo);
      for (const text of ['first', 'second']) {
        const from = service.stdout.length;
        const began = Date.now();
        const report = await service.reportOnSignal();
        const tookMs = Date.now() - began;
        t.diagnostic(`report after ${tookMs} ms`);
        assert.ok(tookMs < LONGEST_REPORT_MS, `the report came after ${tookMs} ms`);
        wanted.checkMain(report);
        wanted.checkWorker(report);
        // The read was not cut short, and goes on.
        writeFileSync(fifo, text);
        assert.equal(await service.line('read ', from), `read ${text}`);
        await untilBlockedAgain(service, from);
      }
      assert.ok(service.alive);
    });
  }

  const asNobody: Case = { title: '', restrictions: ['nobody', 'dumpable'], ...READ_BOTH };
  test('is plain text when no thread can be started', { skip: reasonToSkip(asNobody) }, async (t) => {
    const fifo = join(folder, 'no-thread.fifo');
    execFileSync('mkfifo', [fifo]);
    const service = await startRestricted(t, asNobody.restrictions, fifo);
    // Of this process alone; threads that exist already stay.
    const limitThreads = (soft: string): void => {
      const command = [`--pid=${service.pid}`, `--nproc=${soft}:`];
      execFileSync('prlimit', command, { uid: NOBODY, gid: NOBODY, cwd: '/' });
    };
    limitThreads('1');
    const report = await service.reportOnSignal();
    assert.match(report, /the formatter did not run \(no watchdog thread could be started\)/);
    assert.match(report, /no thread could be started that reads the symbols of node/);
    assert.match(report, /in read\(fd \d+ -> .*no-thread\.fifo\)/);
    limitThreads('10000');
    const whole = await service.reportOnSignal();
    readPassively(whole);
    // Without V8's frames, nothing confirms a guess about a native one.
    const functions = (text: string): string[] =>
      [...text.matchAll(/^ {2}(\S.*?) {2,}node$/gm)].map(([, name]) => name ?? '');
    const guessed = functions(/^-+ Thread #\d+ {2}main[^]*?\n\n/m.exec(report)?.[0] ?? '');
    assert.deepEqual(
      guessed.filter((name) => !functions(mainBlock(whole).body).includes(name)),
      [],
    );
  });
});
