import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { greenThreadsOf, type PrintedGreenThreads } from './support/green-threads';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { Service, startService } from './support/service';

const SCRIPT = 'green/context-service.cjs';
const NODE_MAJOR = Number(process.versions.node.split('.')[0]);
/** The other of the two ways in which Node keeps what a storage holds. */
const OTHER_WAY: Readonly<Record<number, string>> = {
  22: '--experimental-async-context-frame',
  24: '--no-async-context-frame',
};

/** Innermost function of test/fixtures/green/context-service.cjs, and what is told of its context. */
const CONTEXTS: Readonly<Record<string, string | null>> = {
  inRun: 'requestId "r-<n>" (one of 40 values), userPassword "***" (one of 4 values), count 3',
  ofMap: 'requestId "map", count 8',
  ofPrimitive: null,
  ofClass: 'requestId "class-1"',
  ofDictionary: 'requestId "dictionary"',
  ofWide: 'far "behind others"',
  ofAll:
    'requestId "r-1", userPassword "***", count 7, ratio 0.1, large 1763690106123, flag true, nothing null, ' +
    'callbackUrl "https://shop:***@example.test/", text "line\\nwith \\u2028 and "quotes" é中"',
  withoutStore: null,
  inExit: null,
  ofOther: null,
  inBoth: 'requestId "both"',
  afterAwait: 'requestId "awaited"',
  generated: 'requestId "generated"',
  innermost: 'requestId "outer"',
  joined: 'requestId "joined"',
  callee: 'requestId "called"',
  some: 'requestId "one" (in 2 of 3), count 1 (in 1 of 3)',
  afterEnter: 'requestId "entered"',
};

/** What is printed of the group whose innermost function has this name. */
function contextOf(found: PrintedGreenThreads, name: string): string | null {
  const groups = found.groups.filter(({ frames }) => frames[0]?.name === name);
  assert.equal(groups.length, 1, `${name} in\n${found.text}`);
  return groups[0]?.context?.replace(/"r-\d+" \(/, '"r-<n>" (') ?? null;
}

async function startedWith(t: TestContext, execArgv: readonly string[]): Promise<Service> {
  return startService(t, { script: SCRIPT, execArgv }).ready();
}

describe('what an AsyncLocalStorage holds', { ...PATIENT, ...STACK_READING }, () => {
  let service: Service;
  let report = '';

  before(async () => {
    service = new Service({ script: SCRIPT });
    report = await (await service.ready()).reportOnSignal();
  });
  after(() => service.stop());

  for (const [name, expected] of Object.entries(CONTEXTS)) {
    test(`is told of the keys that were asked for, masked: ${name}`, () => {
      assert.equal(contextOf(greenThreadsOf(report), name), expected);
    });
  }

  test('is told of a worker that names its own storage', () => {
    const found = greenThreadsOf(report, 'worker 1 "own"');
    assert.equal(contextOf(found, 'ofMap'), CONTEXTS['ofMap']);
    assert.equal(contextOf(found, 'afterEnter'), CONTEXTS['afterEnter']);
    assert.match(
      contextOf(found, 'some') ?? '',
      /^requestId "(one|worker-1)" \(one of 2 values, in 3 of 4\), count 1 \(in 1 of 4\)$/,
    );
  });

  test('is not told of workers that name none', () => {
    for (const label of ['worker 2 "none"', 'worker 3 "preload"']) {
      const found = greenThreadsOf(report, label);
      assert.ok(found.groups.some(({ frames }) => frames[0]?.name === 'ofMap'));
      assert.doesNotMatch(found.text, /context:/);
    }
  });

  test('never has a secret', () => {
    assert.doesNotMatch(report.replaceAll(/^ +`.*`$/gm, ''), /hunter2|secret-\d/);
  });

  const otherWay = OTHER_WAY[NODE_MAJOR];
  test(
    `is told with ${otherWay ?? 'the other way of keeping it'} as well`,
    { skip: otherWay === undefined ? 'this version of Node has one way only' : false },
    async (t) => {
      const found = greenThreadsOf(
        await (await startedWith(t, otherWay === undefined ? [] : [otherWay])).reportOnSignal(),
      );
      for (const [name, expected] of Object.entries(CONTEXTS))
        assert.equal(contextOf(found, name), expected, name);
    },
  );

  for (const flag of ['--stress-compaction', '--gc-interval=200', '--jitless']) {
    test(`is told with ${flag}`, async (t) => {
      const started = await startedWith(t, [flag]);
      // The second report finds the storage and its values where a garbage collection put them.
      for (let i = 0; i < 2; i++) {
        const found = greenThreadsOf(await started.reportOnSignal());
        for (const [name, expected] of Object.entries(CONTEXTS))
          assert.equal(contextOf(found, name), expected, name);
      }
    });
  }

  test('is read while main is blocked', async (t) => {
    const started = await startedWith(t, []);
    started.write('block\n');
    await started.line('blocked');
    const found = greenThreadsOf(await started.reportOnSignal());
    assert.equal(found.heapRead, 'at-rest', found.text);
    assert.equal(contextOf(found, 'ofMap'), CONTEXTS['ofMap']);
    assert.equal(contextOf(found, 'inRun'), CONTEXTS['inRun']);
  });

  test('is forgotten when setupAutorun is called without it', async (t) => {
    const started = await startedWith(t, []);
    started.write('again\n');
    await started.line('forgotten');
    const later = await started.reportOnSignal();
    assert.doesNotMatch(greenThreadsOf(later).text, /context:/);
    assert.equal(contextOf(greenThreadsOf(later, 'worker 1 "own"'), 'ofMap'), CONTEXTS['ofMap']);
  });
});
