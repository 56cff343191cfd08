import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BLOCKED_STATES, blockedState, reportOfStuckThreads } from './support/blocked-states';
import { markedFrame } from './support/marks';
import { PATIENT } from './support/patience';
import { untilAllThreadsSleep } from './support/proc';
import { mainBlock, threadBlocks, workerBlock } from './support/report-text';
import { startService } from './support/service';

/** Idle ones first: while the others start, they get where they said they were going. */
const MIX: readonly string[] = [
  'idle',
  'idle',
  'busy-loop',
  'regex',
  'promise-storm',
  'wasm',
  'atomics-wait',
  'after-await',
];

describe('the report of a service whose main thread is stuck', PATIENT, () => {
  for (const { state, title, check } of BLOCKED_STATES) {
    test(`names function and line of ${title}`, async (t) => {
      const service = startService(t, {
        script: 'blocked-service.cjs',
        args: [state],
        // The recursion needs more than the main thread's default stack on some versions.
        execArgv: state === 'deep-recursion' ? ['--stack-size=2500'] : [],
      });
      await service.ready();
      if (state === 'idle') await untilAllThreadsSleep(service.pid);
      check(mainBlock(await reportOfStuckThreads(service)));
    });
  }

  test('comes again and again while the thread stays stuck', async (t) => {
    const service = startService(t, { script: 'blocked-service.cjs', args: ['busy-loop'] });
    await service.ready();
    for (let round = 0; round < 3; round += 1)
      blockedState('busy-loop').check(mainBlock(await reportOfStuckThreads(service)));
  });

  test('says for how long the event loop has not turned', async (t) => {
    const service = startService(t, { script: 'blocked-service.cjs', args: ['busy-loop'] });
    await service.ready();
    const duration = async (): Promise<number> => {
      const block = mainBlock(await reportOfStuckThreads(service));
      return Number(/BLOCKED ([\d.]+) s/.exec(block.head)?.[1]);
    };
    // The first reports may come before the loop counts as stalled: then there is no number yet.
    let first = await duration();
    while (Number.isNaN(first)) first = await duration();
    let later = await duration();
    while (later === first) later = await duration();
    assert.ok(later > first, `${later} s came after ${first} s`);
  });

  test('shows eight workers in any mix of states, each in its own block', async (t) => {
    const service = startService(t, { script: 'blocked-service.cjs', args: ['busy-loop', ...MIX] });
    await service.ready();
    const report = await reportOfStuckThreads(service);
    blockedState('busy-loop').check(mainBlock(report));
    for (const [index, state] of MIX.entries()) {
      blockedState(state).check(workerBlock(report, `${state}-${index}`));
    }
    assert.equal(threadBlocks(report).filter((block) => /\bworker \d+/.test(block.head)).length, MIX.length);
  });

  test('prints the source line under the frame', async (t) => {
    const service = startService(t, { script: 'blocked-service.cjs', args: ['busy-loop'] });
    await service.ready();
    const { body } = mainBlock(await reportOfStuckThreads(service));
    const { functionName, line } = markedFrame('states.cjs', 'busy-loop');
    const lines = body.split('\n');
    const frame = lines.findIndex((text) => text.includes(`${functionName} (`) && text.includes(`:${line}:`));
    assert.match(lines[frame + 1] ?? '', /^ +`for \(announce\(\);.*`$/);
  });
});
