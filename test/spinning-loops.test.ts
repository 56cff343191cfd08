import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { PATIENT } from './support/patience';
import { untilAllThreadsSleep } from './support/proc';
import { mainBlock, workerBlock, type ThreadBlock } from './support/report-text';
import { startService, type Service } from './support/service';

/** On a busy machine a report may get too little of the CPU to meet a function that runs for microseconds. */
const MOST_REPORTS = 40;
const NOTE = /^ *note: its event loop turned (\d+) times in ([\d.]+) ms; the stack is that of one/m;

async function start(t: TestContext, ...args: readonly string[]): Promise<Service> {
  return await startService(t, { script: 'spinning-service.cjs', args }).ready();
}

/** The first block of a thread, in a few reports, in which a function is named. */
async function blockWith(
  service: Service,
  name: string,
  blockOf: (report: string) => ThreadBlock,
): Promise<ThreadBlock> {
  for (let reports = 1; ; reports += 1) {
    const block = blockOf(await service.reportOnSignal());
    if (reports === MOST_REPORTS || block.body.includes(`${name} (`)) return block;
  }
}

describe('an event loop that turns all the time', PATIENT, () => {
  for (const [way, name] of [
    ['immediate', 'checkByImmediate'],
    ['timer', 'checkByTimer'],
  ] as const) {
    test(`by a ${way} is running, and the report names what runs in its turns`, async (t) => {
      const service = await start(t, way);
      const block = await blockWith(service, name, mainBlock);
      assert.match(block.head, /\bRUNNING\b/);
      assert.match(block.body, new RegExp(`^ *(?:\\w+\\.)?${name} \\(.*spinning-service\\.cjs:\\d+`, 'm'));
    });

    test(`by a ${way} is seen in a worker`, async (t) => {
      const service = await start(t, 'idle', way);
      const block = await blockWith(service, name, (report) => workerBlock(report, 'spinner'));
      assert.match(block.head, /\bRUNNING\b/);
      assert.match(block.body, new RegExp(`^ *(?:\\w+\\.)?${name} \\(.*spinning-service\\.cjs:\\d+`, 'm'));
    });
  }

  test('is named by what runs most of the time, also in a report that begins between two calls', async (t) => {
    const service = await start(t, 'long-timer');
    let named = 0;
    for (let reports = 0; reports < MOST_REPORTS; reports += 1) {
      const block = mainBlock(await service.report());
      if (/^ *(?:\w+\.)?checkForLong \(.*spinning-service\.cjs:\d+/m.test(block.body)) named += 1;
    }
    // On a busy machine, the thread may not run at all while it is observed.
    assert.ok(named >= MOST_REPORTS * 0.9, String(named));
  });

  test('is told with the number of turns', async (t) => {
    const service = await start(t, 'immediate');
    let found = NOTE.exec('');
    for (let reports = 0; found === null && reports < MOST_REPORTS; reports += 1) {
      found = NOTE.exec(mainBlock(await service.reportOnSignal()).body);
    }
    assert.ok(found !== null, 'no report has the note');
    assert.ok(Number(found[1]) > Number(found[2]), 'more than one turn in a millisecond');
  });
});

describe('an event loop that waits for events', PATIENT, () => {
  test('is idle in every report, although each wakes it', async (t) => {
    const service = await start(t, 'idle');
    for (let reports = 0; reports < 5; reports += 1) {
      await untilAllThreadsSleep(service.pid);
      const block = mainBlock(await service.reportOnSignal());
      assert.match(block.head, /\bIDLE\b/);
      assert.doesNotMatch(block.body, NOTE);
    }
  });

  test('is idle beside a worker that spins', async (t) => {
    const service = await start(t, 'idle', 'immediate');
    let report = await service.reportOnSignal();
    // On a busy machine, main may still be on its way to its next wait.
    for (let reports = 1; reports < MOST_REPORTS && !/\bIDLE\b/.test(mainBlock(report).head); reports += 1) {
      report = await service.reportOnSignal();
    }
    assert.match(mainBlock(report).head, /\bIDLE\b/);
    assert.match(workerBlock(report, 'spinner').head, /\bRUNNING\b/);
  });
});

describe('native code that lasts some milliseconds and is called again at once', PATIENT, () => {
  const REPORTS = 20;
  for (const [way, name] of [
    ['parse', 'parseText'],
    ['sort', 'sortNumbers'],
    ['hash', 'hashBytes'],
    ['job', 'parseText'],
    ['request', 'parseText'],
  ] as const) {
    test(`is blamed on the function that calls it, not on the next one: ${way}`, async (t) => {
      const service = await startService(t, { script: 'short-native-service.cjs', args: [way] }).ready();
      let named = 0;
      for (let reports = 0; reports < REPORTS; reports += 1) {
        const block = mainBlock(await service.reportOnSignal());
        if (new RegExp(`^ *(?:\\w+\\.)?${name} \\(`, 'm').test(block.body)) named += 1;
      }
      // A report may find it between two calls, or get too little of the CPU.
      assert.ok(named >= REPORTS / 2, String(named));
    });
  }
});
