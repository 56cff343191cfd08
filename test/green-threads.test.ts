import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { assertAllMarks } from './support/green-marks';
import { greenThreadsOf } from './support/green-threads';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { startService } from './support/service';

/** Flags of V8 and Node that change how objects or code are laid out, or when they move. */
const FEW: readonly string[] = ['', '--jitless', '--stress-compaction', '--inspect=0'];
const ALL: readonly string[] = [
  ...FEW,
  '--always-sparkplug',
  '--no-sparkplug',
  '--maglev',
  '--single-threaded',
  '--gc-interval=200',
  '--stress-scavenge=40',
  '--interpreted-frames-native-stack',
  '--enable-source-maps',
  '--expose-gc',
];
const WAYS = process.env['GMR_GREEN_FLAGS'] === 'all' ? ALL : FEW;

describe(
  'every async function that waits is listed where it waits, with its callers',
  {
    ...PATIENT,
    ...STACK_READING,
  },
  () => {
    const check = async (
      t: Parameters<typeof startService>[0],
      how: { readonly execArgv?: readonly string[]; readonly env?: Readonly<Record<string, string>> },
      label = 'main',
    ): Promise<void> => {
      const service = startService(t, { script: 'green/shapes-service.cjs', ...how });
      await service.ready();
      // The second report finds functions whose maps and code are as the first one left them.
      for (let report = 0; report < 2; report += 1) {
        assertAllMarks(greenThreadsOf(await service.reportOnSignal(), label), service.stderr.slice(0, 2000));
      }
    };

    for (const flag of WAYS) {
      test(`with ${flag === '' ? 'no flags' : flag}`, (t) =>
        check(t, { execArgv: flag === '' ? [] : [flag] }));
    }

    test('with async_hooks and AsyncLocalStorage in use', (t) =>
      check(t, { env: { GREEN_WITH_HOOKS: '1' } }));

    test('in a worker, apart from main', async (t) => {
      const env = { GREEN_IN_WORKER: '1' };
      await check(t, { env }, 'worker 1 "shapes"');
      const service = startService(t, { script: 'green/shapes-service.cjs', env });
      await service.ready();
      const main = greenThreadsOf(await service.reportOnSignal());
      assert.ok(!main.text.includes('shapes.cjs'), main.text);
    });
  },
);
