import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { markedFrame } from './support/marks';
import { PASSIVE_NATIVE_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { untilAllThreadsSleep } from './support/proc';
import { assertFrame, threadBlocks, workerBlock } from './support/report-text';
import { startService } from './support/service';

const EVERY_WAY: readonly string[] = [
  'default',
  'no-exec-argv',
  'no-env',
  'no-exec-argv-no-env',
  'empty-exec-argv',
  'eval',
  'data-url',
  'limited',
  'parent',
  'parent-no-exec-argv',
  'nested',
  'nested-no-exec-argv',
];

describe('workers', PATIENT, () => {
  test('are in the report whatever way they were started', async (t) => {
    const service = await startService(t, { script: 'worker-ways.mjs' }).ready();
    const report = await service.reportOnSignal();
    for (const name of EVERY_WAY) {
      const block = workerBlock(report, name);
      assert.match(block.head, /IDLE|RUNNING/, `${name} has not answered`);
    }
    assert.equal(
      threadBlocks(report).filter((block) => /\bworker \d+/.test(block.head)).length,
      EVERY_WAY.length,
    );
  });

  test('are described by entry file and resource limits', async (t) => {
    const service = await startService(t, { script: 'worker-ways.mjs' }).ready();
    const report = await service.reportOnSignal();
    assert.match(workerBlock(report, 'default').body, /waiting-worker\.cjs/);
    assert.match(workerBlock(report, 'limited').body, /\b48\b.*\b8\b|\b8\b.*\b48\b/);
    // A nested worker is known to its own parent only, and still is told by its file.
    assert.match(workerBlock(report, 'nested').body, /waiting-worker\.cjs/);
  });

  test('of a class that was taken before the setup are named as not registered', async (t) => {
    const service = await startService(t, {
      script: 'unregistered-service.cjs',
      args: ['busy'],
    }).ready();
    const report = await service.reportOnSignal();
    const strangers = threadBlocks(report).filter((block) => /\bworker \d+/.test(block.head));
    assert.equal(strangers.length, 1, report);
    assert.match(strangers[0]?.head ?? '', /NOT REGISTERED/);
  });

  test(
    'of such a class have a stack nevertheless while they are blocked',
    PASSIVE_NATIVE_READING,
    async (t) => {
      const service = await startService(t, {
        script: 'unregistered-service.cjs',
        args: ['waiting'],
      }).ready();
      await untilAllThreadsSleep(service.pid);
      const report = await service.reportOnSignal();
      const [stranger] = threadBlocks(report).filter((block) => /\bworker \d+/.test(block.head));
      assert.ok(stranger, report);
      assert.match(stranger.head, /NOT REGISTERED/);
      assert.match(stranger.body, /read from memory while blocked/);
      assertFrame(stranger, markedFrame('unregistered-service.cjs', 'unregistered-wait'));
    },
  );

  test('that set up themselves do not take the signal for the process', async (t) => {
    const service = await startService(t, { script: 'worker-only-service.cjs' }).ready();
    service.signal();
    assert.deepEqual(await service.exited(), { code: null, signal: 'SIGUSR2' });
  });
});

/** As without gmr-native: Node itself gives 0 or 1 to a worker that is ended while it starts. */
const EXIT_CODES: readonly { readonly way: string; readonly codes: RegExp }[] = [
  { way: 'exit', codes: /^codes 3$/ },
  { way: 'natural-end', codes: /^codes 0$/ },
  { way: 'terminate-busy', codes: /^codes 1$/ },
  { way: 'terminate-idle', codes: /^codes 1$/ },
  { way: 'terminate-waiting', codes: /^codes 1$/ },
  { way: 'terminate-at-start', codes: /^codes [01]( [01])?$/ },
];

describe('signals while workers start and end', PATIENT, () => {
  for (const { way, codes } of EXIT_CODES) {
    test(`leave the end by '${way}' as it is`, async (t) => {
      const service = startService(t, { script: 'terminating-service.cjs', args: [way, '15'] });
      await service.ready();
      const burst = setInterval(() => service.signal(), 1);
      t.after(() => clearInterval(burst));
      assert.match(await service.line('codes '), codes);
      clearInterval(burst);
      service.skipReports();
      const report = await service.reportOnSignal();
      assert.match(report, /Guru Meditation/);
    });
  }
});
