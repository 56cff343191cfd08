import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { sectionOf } from './support/report-text';
import { startService } from './support/service';

const PAUSE_MS = 400;
const WORKER = String.raw`worker 1 \(quiet\)`;
/** From Node 24 on, V8 posts a task to the main thread when the formatter's isolate is disposed of. */
const THREADS = Number(process.versions.node.split('.')[0]) < 24 ? ['main thread', WORKER] : [WORKER];

/** For how long a thread has been idle, in ms, by the summary of a report. */
function idleMs(report: string, thread: string): number {
  const summary = sectionOf(report, 'Guru Meditation');
  const [, value, unit] = new RegExp(`${thread}: idle for ([\\d.]+) (ms|s)\\.`).exec(summary) ?? [];
  assert.ok(value !== undefined, summary);
  return Number(value) * (unit === 's' ? 1000 : 1);
}

describe('a loop that does nothing but answer reports', { ...PATIENT, ...STACK_READING }, () => {
  test('has been idle since before the first report', async (t) => {
    const service = startService(t, { script: 'quiet-service.cjs' });
    await service.ready();
    for (const thread of THREADS) {
      const first = idleMs(await service.reportOnSignal(), thread);
      for (let reports = 1; reports <= 3; reports += 1) {
        await delay(PAUSE_MS);
        assert.ok(idleMs(await service.reportOnSignal(), thread) > first + reports * PAUSE_MS * 0.9);
      }
    }
  });

  test('has been idle since it did something else', async (t) => {
    const service = startService(t, { script: 'quiet-service.cjs' });
    await service.ready();
    await service.reportOnSignal();
    await delay(5 * PAUSE_MS);
    service.write('x');
    await service.line('woken');
    // It may still be at work.
    await delay(PAUSE_MS);
    const idle = idleMs(await service.reportOnSignal(), 'main thread');
    assert.ok(idle < 5 * PAUSE_MS, String(idle));
  });
});
