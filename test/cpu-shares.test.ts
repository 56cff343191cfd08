import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { PATIENT } from './support/patience';
import { startService } from './support/service';

interface Thread {
  readonly name: string;
  readonly tid: number;
  readonly cpuShare: number | null;
  readonly cpuWaitShare: number | null;
}

/** The threads that are not of gmr-native. */
async function threadsOf(t: TestContext, way: 'busy' | 'idle'): Promise<readonly Thread[]> {
  const service = startService(t, { script: 'pool-service.cjs', args: [way] });
  const prefix = 'threads ';
  const threads = JSON.parse((await service.line(prefix)).slice(prefix.length)) as readonly Thread[];
  return threads.filter(({ name }) => !name.startsWith('gmr-'));
}

/** The largest share of a CPU among them. */
async function largestShare(t: TestContext, way: 'busy' | 'idle'): Promise<number> {
  const shares = (await threadsOf(t, way)).map(({ cpuShare }) => cpuShare);
  assert.ok(shares.length > 0);
  for (const share of shares) assert.ok(share !== null && share >= 0 && share <= 1, `${share}`);
  return Math.max(...shares.map((share) => share ?? 0));
}

describe(
  'the share of a CPU that another thread used',
  { ...PATIENT, skip: process.platform !== 'linux' },
  () => {
    test('is larger for a thread that computes than for all that sleep', async (t) => {
      const idle = await largestShare(t, 'idle');
      const busy = await largestShare(t, 'busy');
      // On a busy machine it is far from a whole CPU.
      assert.ok(busy > 2 * idle && busy > 0.02, `${busy} against ${idle}`);
    });

    test('and the time for which it waited for one make up nearly all, on a busy machine too', async (t) => {
      const threads = await threadsOf(t, 'busy');
      const wanted = threads.map(({ cpuShare, cpuWaitShare }) => (cpuShare ?? 0) + (cpuWaitShare ?? 0));
      assert.ok(Math.max(...wanted) > 0.5, JSON.stringify(threads));
    });
  },
);
