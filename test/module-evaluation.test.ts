import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { greenThreadsOf, type PrintedGreenThreads } from './support/green-threads';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { Service } from './support/service';

interface Taken {
  readonly report: string;
  readonly found: PrintedGreenThreads;
}

async function take(script: string, t: TestContext): Promise<Taken> {
  const service = new Service({ script });
  t.after(() => service.stop());
  await service.ready();
  const report = await service.reportOnSignal();
  return { report, found: greenThreadsOf(report) };
}

describe('the evaluation of ES modules', { ...PATIENT, ...STACK_READING }, () => {
  test('a module that waits for one that imports it is a deadlock', async (t) => {
    const { report, found } = await take('waits/module-circle.mjs', t);
    assert.doesNotMatch(report, /nothing in the heap can resolve/);
    assert.match(
      report,
      /main thread: DEADLOCK: module-circle\.mjs:8 waits for itself, through import\('\.\/module-circle-plugins\.mjs'\)\./,
    );
    const circle = found.groups.find(({ deadlock }) => deadlock);
    assert.deepEqual(
      circle?.frames.filter(({ inCycle }) => inCycle).map(({ via }) => via),
      ['import', null, null],
    );
  });

  test('import() waits for the top-level code of all that the module imports', async (t) => {
    const { report, found } = await take('waits/module-importing.mjs', t);
    assert.doesNotMatch(report, /nothing in the heap can resolve/);
    const [group] = found.groups;
    assert.equal(found.groups.length, 1, found.text);
    assert.equal(group?.deadlock, false);
    assert.match(group.waitsFor ?? '', /^Inbox\.waiting \(.*module-waiting\.mjs\)$/);
    assert.match(group.frames[0]?.place ?? '', /module-waiting\.mjs:5:25$/);
    assert.equal(group.frames[0]?.via, 'import');
    assert.ok(group.frames.some(({ name }) => name === 'loadPlugins'));
    assert.match(
      report,
      /main thread: 1 async function suspended at module-waiting\.mjs:5, waiting for Inbox/,
    );
  });
});
