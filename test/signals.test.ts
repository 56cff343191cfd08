import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, before, describe, test } from 'node:test';
import { PASSIVE_READING, buildNativeAddon } from './support/native-addon';
import { markedFrame } from './support/marks';
import { PATIENT, TIME_SCALE, eventually } from './support/patience';
import { threadsOpenFor, untilAllThreadsSleep } from './support/proc';
import { assertFrame, mainBlock, workerBlock } from './support/report-text';
import { type Service, startService } from './support/service';

function scratchFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gmr-signals-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('a signal and the setup', PATIENT, () => {
  test('before the setup it has its default action: it ends the process', async (t) => {
    const service = await startService(t, { script: 'plain-service.cjs' }).ready();
    service.signal();
    assert.deepEqual(await service.exited(), { code: null, signal: 'SIGUSR2' });
  });

  test('right after the setup it is answered, while the service still starts', async (t) => {
    const service = await startService(t, { script: 'quick-service.cjs' }).ready();
    assert.match(await service.reportOnSignal(), /Guru Meditation/);
    await service.line('started');
  });

  test('during the setup it harms nothing', async (t) => {
    const service = startService(t, { script: 'setup-under-fire.cjs' });
    await service.line('armed');
    const burst = setInterval(() => service.signal(), 1);
    t.after(() => clearInterval(burst));
    await service.ready();
    clearInterval(burst);
    service.skipReports();
    assert.match(await service.reportOnSignal(), /Guru Meditation/);
  });
});

describe('10,000 signals in a row', PATIENT, () => {
  test('are answered by some reports, and the service goes on', async (t) => {
    const service = await startService(t, { script: 'counting-service.cjs' }).ready();
    const sender = startService(t, { script: 'signal-sender.cjs', args: [String(service.pid), '10000'] });
    assert.deepEqual(await sender.exited(), { code: 0, signal: null });
    await service.report();
    const seen = service.stdout.length;
    await service.line('count ', seen);
    service.skipReports();
    assert.match(await service.reportOnSignal(), /counting-service\.cjs/);
    assert.ok(service.reportCount < 10_000, 'signals that come together share a report');
  });
});

describe('a flood of signals', PATIENT, () => {
  test('interrupts each thread once at most: the reporter takes the rest', async (t) => {
    const service = await startService(t, { script: 'counting-service.cjs' }).ready();
    const openBefore = threadsOpenFor(service.pid, constants.signals.SIGUSR2);
    // One by one: each takes the first thread that still has the signal open, and the reporter is asleep again.
    for (let sent = 0; sent <= openBefore.length; sent += 1) await service.reportOnSignal();
    await eventually('only the reporter has the signal open', () => {
      const left = threadsOpenFor(service.pid, constants.signals.SIGUSR2);
      return left.length === 1 && left[0] === 'gmr-reporter' ? true : undefined;
    });
  });
});

describe('child processes', PATIENT, () => {
  for (const how of ['fork', 'cluster']) {
    test(`made by ${how} answer for themselves, and so does their parent`, async (t) => {
      const service = startService(t, { script: 'family-service.cjs', args: [how] });
      const childPid = Number((await service.line('ready ')).split(' ')[1]);
      process.kill(childPid, 'SIGUSR2');
      assert.match(mainBlock(await service.report()).head, new RegExp(`#${childPid}\\b.*\\(child\\)`));
      assert.match(
        mainBlock(await service.reportOnSignal()).head,
        new RegExp(`#${service.pid}\\b.*\\(parent\\)`),
      );
    });
  }
});

describe('a blocking system call', PATIENT, () => {
  for (const where of ['main', 'worker']) {
    test(`in ${where} is not disturbed`, async (t) => {
      const fifo = join(scratchFolder(t), 'fifo');
      execFileSync('mkfifo', [fifo]);
      const service = await startService(t, { script: 'fifo-service.cjs', args: [fifo, where] }).ready();
      await assertSilentInRead(service, where);
      await assertSilentInRead(service, where);
      writeFileSync(fifo, 'hello');
      assert.equal(await service.line('read '), 'read hello');
      service.skipReports();
      assert.match(await service.reportOnSignal(), /Guru Meditation/);
    });
  }
});

describe(
  'a blocking system call under a profiler, whose signals make the thread run for moments',
  PATIENT,
  () => {
    test('is told as what the thread is blocked in, or not at all', async (t) => {
      const fifo = join(scratchFolder(t), 'fifo');
      execFileSync('mkfifo', [fifo]);
      const execArgv = ['--cpu-prof', `--cpu-prof-dir=${scratchFolder(t)}`, '--cpu-prof-interval=500'];
      const service = await startService(t, {
        script: 'fifo-service.cjs',
        args: [fifo, 'main'],
        execArgv,
      }).ready();
      for (let made = 0; made < 20; made += 1) {
        const { body } = mainBlock(await service.reportOnSignal());
        if (/read from memory while blocked/.test(body))
          assert.match(body, /^ *state: [SD] \w+ in read\(fd/m);
      }
    });
  },
);

/** Long enough for the signals and the report to come while the call lasts. */
const CALL_MS = 1_500 * TIME_SCALE;

describe('a native call that signals could end early', PATIENT, () => {
  before(() => {
    buildNativeAddon('gmr_fixture');
  });

  for (const where of ['main', 'worker']) {
    for (const call of ['rawSleep', 'rawPoll', 'sleepMs']) {
      test(`(${call} in ${where}) never sees EINTR`, async (t) => {
        const args = [call, String(CALL_MS), where];
        const service = await startService(t, { script: 'native-service.cjs', args }).ready();
        await untilAllThreadsSleep(service.pid);
        let during = 0;
        for (let over = false; !over && during < 5;) {
          await service.reportOnSignal();
          over = service.stdout.includes('result');
          if (!over) during += 1;
        }
        assert.ok(during >= 2, `only ${during} reports came while the call lasted: little was tested`);
        assert.equal(await service.line('result '), 'result 0');
      });
    }

    test(`(spinMs in ${where}) is held for a moment, and shows what it spins in`, async (t) => {
      const args = ['spinMs', String(CALL_MS), where];
      const service = await startService(t, { script: 'native-service.cjs', args }).ready();
      const report = await service.reportOnSignal();
      const block = where === 'main' ? mainBlock(report) : workerBlock(report, 'caller');
      assert.match(block.body, /^ *state: R\b.*read from memory while held/m);
      assert.match(block.body, /^ *note: not answering/m);
      assertFrame(block, markedFrame('native-service.cjs', 'native-call'));
      await service.line('result ');
    });
  }
});

async function assertSilentInRead(service: Service, where: string): Promise<void> {
  await untilAllThreadsSleep(service.pid);
  const report = await service.reportOnSignal();
  const block = where === 'main' ? mainBlock(report) : workerBlock(report, 'reader');
  if (PASSIVE_READING.skip === false) {
    assert.match(block.body, /^ *state: S\b.* in read\(fd \d+ -> .*read from memory while blocked/m);
    assert.match(block.body, /^ *readSync \(node:fs:/m);
  } else {
    // No stack, and the reason for it; never a guess.
    assert.match(block.head, / NOT ANSWERING/);
    assert.match(block.body, /: not tested on arm64|the kernel does not show where the thread is/);
    assert.doesNotMatch(block.body, /captured |readSync \(/);
  }
}
