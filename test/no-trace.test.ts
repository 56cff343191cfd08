import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { type TestContext, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { LIBC_HAS_TABLES, buildNativeAddon } from './support/native-addon';
import { HARD_LIMIT_MS, PATIENT, TIME_SCALE } from './support/patience';
import { threadsOf } from './support/proc';
import { workerBlock } from './support/report-text';
import { type Service, cutReports, startService } from './support/service';

const SCRIPT = 'short-call-service.cjs';
const CALLS = ['nanosleep', 'clock_nanosleep', 'poll', 'read', 'connect', 'sem_timedwait'];
const PLACES = ['worker', 'addon-thread'] as const;
/** Long enough for some reports, however long one takes here. */
const CALL_MS = 400 * TIME_SCALE;
const EVERY_MS = 20;
/** Of a frame in a report: its module, when nothing leads to the caller of the C library's function. */
const MODULE_SHOWN = LIBC_HAS_TABLES ? 'gmr_fixture\\.node' : 'ld-musl-\\S+';
/** A loaded machine lets a thread wait for its CPU; a report must not. */
const LATE_MS = 150 * TIME_SCALE;
const ABREAST = { ...PATIENT, concurrency: 3 };

interface Outcome {
  readonly errno: number;
  readonly ms: number;
}

async function outcome(service: Service, word: string): Promise<Outcome> {
  const [, errno, ms] = (await service.line(`${word} `)).split(' ').map(Number);
  return { errno: errno ?? -1, ms: ms ?? -1 };
}

describe('a system call that any signal would end early', ABREAST, () => {
  before(() => buildNativeAddon('gmr_fixture'));

  for (const where of PLACES) {
    for (const call of CALLS) {
      test(`(${call}, ${where}) lasts as long with reports as without`, async (t) => {
        const service = startService(t, { script: SCRIPT, args: [call, String(CALL_MS), where] });
        const quiet = await outcome(service, 'quiet');
        const tid = (await service.line('ready ')).split(' ')[1];
        const ended = outcome(service, 'result');
        let sent = 0;
        for (let over = false; !over; sent += 1) {
          service.signal();
          over = await Promise.race([ended.then(() => true), delay(EVERY_MS, false)]);
        }
        const { errno, ms } = await ended;

        assert.ok(sent > 5, `only ${sent} reports were asked for`);
        assert.notEqual(errno, constants.errno.EINTR);
        assert.equal(errno, quiet.errno);
        assert.ok(ms >= CALL_MS - 1, `it lasted for ${ms} ms only`);
        assert.ok(ms < quiet.ms + LATE_MS, `it lasted for ${ms} ms instead of ${quiet.ms} ms`);
        await service.report();
        const reports = cutReports(service.stderr);
        // The thread was looked at, and not spared. Where all is slow, a report has no time for every such thread.
        if (where === 'addon-thread' && TIME_SCALE > 1) return;
        const isCaptured = (report: string): boolean =>
          where === 'worker'
            ? workerBlock(report, 'caller').body.includes('read from memory while blocked')
            : new RegExp(`\\btid ${tid} .*\\n(?: {8}.*\\n)* {8}.*${MODULE_SHOWN}`).test(report);
        assert.ok(reports.some(isCaptured), reports.at(-1));
      });
    }
  }
});

/** What strace tells of one thread while `meanwhile` runs; null, and the test skipped with the reason, without it. */
async function signalsSeen(
  t: TestContext,
  tid: number,
  meanwhile: () => Promise<void>,
): Promise<string | null> {
  if (spawnSync('strace', ['-V']).status !== 0) {
    t.skip('strace is not installed');
    return null;
  }
  const args = ['-e', 'trace=none', '-e', 'signal=all', '-p', String(tid)];
  const tracer = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => tracer.kill('SIGKILL'));
  let text = '';
  tracer.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  while (!text.includes('attached') && tracer.exitCode === null) {
    await Promise.race([once(tracer.stderr, 'data'), once(tracer, 'exit')]);
  }
  if (!text.includes('attached')) {
    t.skip(`strace may not attach here: ${text.trim()}`);
    return null;
  }
  await meanwhile();
  tracer.kill('SIGINT');
  await once(tracer, 'close');
  return text;
}

async function takeReports(service: Service): Promise<void> {
  for (let taken = 0; taken < 10; taken += 1) await service.reportOnSignal();
}

describe('strace on a thread', PATIENT, () => {
  before(() => buildNativeAddon('gmr_fixture'));

  for (const where of PLACES) {
    test(`(${where}) that is blocked sees no signal of a report`, async (t) => {
      const args = ['poll', '1', where, String(HARD_LIMIT_MS * 2)];
      const service = startService(t, { script: SCRIPT, args });
      const tid = Number((await service.line('ready ')).split(' ')[1]);
      const text = await signalsSeen(t, tid, () => takeReports(service));
      if (text !== null) assert.doesNotMatch(text, /--- SIG/);
      assert.ok(!service.stdout.includes('result'), 'the call ended early');
    });
  }

  test('that computes in native code sees the signal that parks it', async (t) => {
    const args = ['spinMs', String(HARD_LIMIT_MS * 2), 'main'];
    const service = await startService(t, { script: 'native-service.cjs', args }).ready();
    const main = threadsOf(service.pid).find((thread) => thread.tid === service.pid);
    const text = await signalsSeen(t, main?.tid ?? 0, () => takeReports(service));
    // The proof that silence in the other tests means something.
    if (text !== null) assert.match(text, /--- SIGRT/);
  });
});
