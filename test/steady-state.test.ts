import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { PATIENT } from './support/patience';
import { threadsOf } from './support/proc';
import { startService } from './support/service';

const WATCHED_SECONDS = Number(process.env['GMR_STEADY_SECONDS'] ?? 3);

/** strace on one thread; resolves when it has taken hold, or with the reason why it cannot. */
async function attach(t: TestContext, tid: number): Promise<{ tracer: ChildProcess; text: () => string }> {
  const tracer = spawn('strace', ['-p', String(tid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => tracer.kill('SIGKILL'));
  let text = '';
  tracer.stderr?.setEncoding('utf8').on('data', (part: string) => (text += part));
  while (!/attached/.test(text) && tracer.exitCode === null) {
    await Promise.race([once(tracer.stderr ?? tracer, 'data'), once(tracer, 'exit')]);
  }
  return { tracer, text: () => text };
}

/** Lines of strace that are a system call made while it watched: not the one that it found the thread in. */
function systemCalls(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => /^\w+\(/.test(line) || line.startsWith('---'))
    .filter((line, index) => index > 0 || !/detached|unfinished|resuming interrupted/.test(line));
}

/** strace on the reporter thread; null, and the test skipped with the reason, where strace cannot be had. */
async function watchReporter(
  t: TestContext,
  pid: number,
): Promise<Awaited<ReturnType<typeof attach>> | null> {
  const reporter = threadsOf(pid).find((thread) => thread.name === 'gmr-reporter');
  assert.ok(reporter !== undefined, 'there is no thread named gmr-reporter');
  const hasStrace = spawnSync('strace', ['-V']).status === 0;
  const watched = hasStrace ? await attach(t, reporter.tid) : null;
  if (watched !== null && /attached/.test(watched.text())) return watched;
  t.skip(
    watched === null ? 'strace is not installed' : `strace may not attach here: ${watched.text().trim()}`,
  );
  return null;
}

describe('while nobody asks for a report', PATIENT, () => {
  test(`the reporter thread makes no system call in ${WATCHED_SECONDS} s`, async (t) => {
    const service = await startService(t, { script: 'steady-service.cjs' }).ready();
    const watched = await watchReporter(t, service.pid);
    if (watched === null) return;
    const { tracer, text } = watched;

    // The time that passes is the subject here; nothing is waited for.
    await delay(WATCHED_SECONDS * 1000);
    tracer.kill('SIGINT');
    await once(tracer, 'close');
    assert.deepEqual(systemCalls(text()), []);
    // It was asleep, not gone.
    assert.match(await service.reportOnSignal(), /Guru Meditation/);
  });

  test('strace sees the reporter thread when it is asked', async (t) => {
    const service = await startService(t, { script: 'steady-service.cjs' }).ready();
    const watched = await watchReporter(t, service.pid);
    if (watched === null) return;
    const { tracer, text } = watched;
    await service.reportOnSignal();
    tracer.kill('SIGINT');
    await once(tracer, 'close');
    // The proof that silence in the other test means something.
    assert.ok(systemCalls(text()).length > 10, text());
  });

  test('there is one thread more than without it', async (t) => {
    const plain = await startService(t, { script: 'plain-service.cjs' }).ready();
    const steady = await startService(t, { script: 'quick-service.cjs' }).ready();
    await steady.line('started');
    const names = (pid: number): string[] =>
      threadsOf(pid)
        .map((thread) => thread.name)
        .sort();
    const others = (): string[] => names(steady.pid).filter((name) => name !== 'gmr-reporter');
    // A new thread bears the name of its maker for a moment.
    for (let tries = 0; tries < 100 && !isDeepStrictEqual(others(), names(plain.pid)); tries += 1)
      await delay(50);
    assert.deepEqual(others(), names(plain.pid));
    assert.equal(names(steady.pid).length, names(plain.pid).length + 1);
  });
});
