import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { markedFrame } from './support/marks';
import { buildNativeAddon } from './support/native-addon';
import { PATIENT } from './support/patience';
import { type ThreadBlock, assertFrame, mainBlock, workerBlock } from './support/report-text';
import { type Service, startService } from './support/service';

const FIXTURE = 'callback-service.cjs';
const REPORTS = 10;
const MISSING = /^ {2}\(native frames are not available: (.*)\)$/m;

function blockOf(report: string, where: string): ThreadBlock {
  return where === 'main' ? mainBlock(report) : workerBlock(report, 'caller');
}

/**
 * A report of the time after the line `ready`, which the service writes just before. The first that shows the function
 * may be answered where it is entered, and not yet in its loop: the second is told.
 */
async function reportOfBusy(service: Service, way: string): Promise<string> {
  let report: string;
  do report = await service.reportOnSignal();
  while (!report.includes(`  ${way} (`));
  return service.reportOnSignal();
}

/** The names of the stack in their order, without their classes and the source lines. */
function namesIn(block: ThreadBlock): string[] {
  const lines = block.body.split('\n').filter((line) => /^ {2}\S/.test(line) && !/^ {2}\w+: /.test(line));
  const names = lines.map((line) => line.trim().split(/[ (<]/)[0] ?? '');
  return names.map((name) => name.replace(/^\w+\./, '')).filter((name) => name !== '');
}

/** Each is there, and after the one before it. */
function assertOrder(names: readonly string[], wanted: readonly string[]): void {
  let from = 0;
  for (const name of wanted) {
    const at = names.indexOf(name, from);
    assert.ok(at >= 0, `no ${name} after position ${from} in ${names.join(', ')}`);
    from = at + 1;
  }
}

describe('a stack that the thread told itself', PATIENT, () => {
  before(() => buildNativeAddon('gmr_fixture'));

  for (const where of ['main', 'worker']) {
    test(`has its native frames and builtins between JavaScript's (${where})`, async (t) => {
      const service = await startService(t, { script: FIXTURE, args: ['loop', where] }).ready();
      const block = blockOf(await reportOfBusy(service, 'loop'), where);
      assert.match(block.body, /captured by interrupt/);
      assertFrame(block, markedFrame(FIXTURE, 'loop'));
      assertOrder(namesIn(block), [
        'loop',
        'announced',
        'descend',
        'calledBack',
        'napi_call_function',
        'mapper',
        'map',
        'start',
      ]);
      assert.match(block.body, /^ {2}\S.*CallBack.* gmr_fixture\.node/m);
      assert.match(block.body, /^ {2}\((from libuv: .*|from the start of the program)\)$/m);
      assert.doesNotMatch(block.body, MISSING);
    });
  }

  test('never loses a frame of JavaScript while objects move; without native frames it says why', async (t) => {
    const service = await startService(t, { script: FIXTURE, args: ['churn', 'main'] }).ready();
    for (let made = 0; made < REPORTS; made += 1) {
      const block = mainBlock(await reportOfBusy(service, 'churn'));
      assertOrder(namesIn(block), ['churn', 'announced', 'descend', 'calledBack', 'mapper', 'start']);
      const hasNative = namesIn(block).includes('napi_call_function');
      assert.equal(MISSING.test(block.body), !hasNative, block.body);
    }
  });

  test('that is too deep to be copied keeps its JavaScript, and says that the rest is missing', async (t) => {
    const service = await startService(t, {
      script: FIXTURE,
      args: ['loop', 'main', '4000'],
      execArgv: ['--stack-size=2500'],
    }).ready();
    const block = mainBlock(await reportOfBusy(service, 'loop'));
    assertOrder(namesIn(block), ['loop', 'announced', 'descend', 'calledBack', 'mapper', 'start']);
    assert.equal(MISSING.exec(block.body)?.[1], 'the stack is too deep to be copied');
  });
});
