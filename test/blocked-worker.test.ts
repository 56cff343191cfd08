import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BLOCKED_STATES, blockedState, reportOfStuckThreads } from './support/blocked-states';
import { markedFrame } from './support/marks';
import { PASSIVE_READING } from './support/native-addon';
import { HARD_LIMIT_MS, PATIENT } from './support/patience';
import { untilAllThreadsSleep } from './support/proc';
import { assertFrame, mainBlock, sectionOf, workerBlock } from './support/report-text';
import { startService } from './support/service';

describe('the report of a service with a stuck worker', PATIENT, () => {
  for (const { state, title, check } of BLOCKED_STATES) {
    test(`names function and line of ${title}`, async (t) => {
      const service = startService(t, { script: 'blocked-service.cjs', args: ['idle', state] });
      await service.ready();
      if (state === 'idle') await untilAllThreadsSleep(service.pid);
      const report = await reportOfStuckThreads(service);
      check(workerBlock(report, `${state}-0`));
      assert.match(workerBlock(report, `${state}-0`).body, /state-worker\.cjs/);
    });
  }

  test('has the stack of a worker while the main thread is stuck too', async (t) => {
    const service = startService(t, { script: 'blocked-service.cjs', args: ['atomics-wait', 'regex'] });
    await service.ready();
    const report = await reportOfStuckThreads(service);
    blockedState('atomics-wait').check(mainBlock(report));
    blockedState('regex').check(workerBlock(report, 'regex-0'));
  });
});

describe('one silent worker of eight', PATIENT, () => {
  // Idle ones first: while the others start, they get where they said they were going.
  const states = ['idle', 'idle', 'idle', 'idle', 'idle', 'exec-sync', 'atomics-wait', 'busy-loop'];

  test('costs the others nothing and is named', async (t) => {
    const service = startService(t, { script: 'ticking-service.cjs', args: states });
    await service.ready();
    const started = Date.now();
    const report = await reportOfStuckThreads(service);
    assert.ok(Date.now() - started < HARD_LIMIT_MS / 3, 'the report took too long');

    blockedState('atomics-wait').check(workerBlock(report, 'atomics-wait-6'));
    blockedState('busy-loop').check(workerBlock(report, 'busy-loop-7'));
    for (const index of [0, 1, 2, 3, 4]) blockedState('idle').check(workerBlock(report, `idle-${index}`));

    const silent = workerBlock(report, 'exec-sync-5');
    if (PASSIVE_READING.skip === false) {
      assert.match(silent.body, /^ *state: S\b.*\b(epoll_|poll|read|wait).*read from memory while blocked/m);
      assert.match(silent.body, /^ *note: not answering/m);
      assertFrame(silent, markedFrame('states.cjs', 'exec-sync'));
    } else {
      assert.match(silent.head, / NOT ANSWERING/);
      assert.doesNotMatch(silent.body, /captured /);
    }
    assert.doesNotMatch(sectionOf(report, 'Threads'), /FAILED/);
  });

  test('does not stall the main thread', async (t) => {
    const service = startService(t, { script: 'ticking-service.cjs', args: states });
    await service.ready();
    await reportOfStuckThreads(service);
    const gap = await service.line('largest gap', service.stdout.length);
    const gapMs = Number(gap.split(' ')[2]);
    assert.ok(gapMs < 200 * (HARD_LIMIT_MS / 30_000), `main stood still for ${gapMs} ms`);
  });
});
