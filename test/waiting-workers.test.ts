import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportOfStuckThreads } from './support/blocked-states';
import { markedFrame } from './support/marks';
import { PASSIVE_NATIVE_READING, STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { untilAllThreadsSleep } from './support/proc';
import { assertFrame, mainBlock, sectionOf, workerBlock } from './support/report-text';
import { type Service, startService } from './support/service';
import type { TestContext } from 'node:test';

async function sleepers(t: TestContext, ...states: readonly string[]): Promise<Service> {
  const service = startService(t, { script: 'blocked-service.cjs', args: states });
  await service.ready();
  await untilAllThreadsSleep(service.pid);
  return service;
}

describe('a worker that sleeps in Atomics.wait', { ...PATIENT, ...STACK_READING }, () => {
  test('waits, and is not called blocked', async (t) => {
    const service = await sleepers(t, 'idle', 'atomics-wait', 'atomics-wait', 'atomics-wait');
    const report = await reportOfStuckThreads(service);
    for (const index of [0, 1, 2]) {
      const block = workerBlock(report, `atomics-wait-${index}`);
      assert.match(block.head, /\bWAITING\b/);
      assertFrame(block, markedFrame('states.cjs', 'atomics-wait'));
    }
    assert.doesNotMatch(sectionOf(report, 'Guru Meditation'), /blocked/i);
  });

  test('waits in the next report too', async (t) => {
    const service = await sleepers(t, 'idle', 'atomics-wait');
    for (let reports = 0; reports < 4; reports += 1) {
      const report = await service.reportOnSignal();
      assert.match(workerBlock(report, 'atomics-wait-0').head, /\bWAITING\b/);
      await untilAllThreadsSleep(service.pid);
    }
  });

  test('waits in WebAssembly', PASSIVE_NATIVE_READING, async (t) => {
    const service = await sleepers(t, 'idle', 'wasm-atomic-wait');
    const report = await reportOfStuckThreads(service);
    assert.match(workerBlock(report, 'wasm-atomic-wait-0').head, /\bWAITING\b/);
  });

  test('is told from one that is blocked in a system call', async (t) => {
    const service = await sleepers(t, 'idle', 'atomics-wait', 'exec-sync');
    const report = await reportOfStuckThreads(service);
    assert.match(workerBlock(report, 'atomics-wait-0').head, /\bWAITING\b/);
    assert.match(workerBlock(report, 'exec-sync-1').head, /\b(?:BLOCKED|NOT ANSWERING)\b/);
  });

  test('does not hide a main thread that is blocked in the same call', async (t) => {
    const service = await sleepers(t, 'atomics-wait', 'atomics-wait');
    const report = await reportOfStuckThreads(service);
    assert.match(mainBlock(report).head, /\b(?:BLOCKED|RUNNING)\b/);
    assert.match(workerBlock(report, 'atomics-wait-0').head, /\bWAITING\b/);
  });
});
