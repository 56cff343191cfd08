import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { greenText } from './support/green-threads';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { mainBlock } from './support/report-text';
import { inWords, needsTracers, TracedService, withoutAge } from './support/tracers';

const NODE_MAJOR = Number(process.versions.node.split('.')[0]);
/** With async_hooks, dd-trace keeps its stores in a WeakMap, where they are not found. */
const FRAMES: Readonly<Record<number, readonly string[]>> = {
  22: ['--experimental-async-context-frame'],
  24: [],
  26: [],
};
const execArgv = FRAMES[NODE_MAJOR];
const hasNoFrames = execArgv === undefined ? 'this version of Node keeps no contexts in frames' : false;
const TRACED = { ...PATIENT, ...STACK_READING, skip: needsTracers().skip || hasNoFrames };

function started(t: TestContext, args: readonly string[] = []): Promise<TracedService> {
  return TracedService.start(t, 'dd-service.cjs', { args, execArgv: execArgv ?? [] });
}

describe('the span of dd-trace', TRACED, () => {
  for (const path of ['/spin', '/read']) {
    for (const ids of ['128 bits', '64 bits']) {
      test(`is that of the code that a thread runs: ${path}, ids of ${ids}`, async (t) => {
        const service = await started(t, [ids]);
        const active = await service.request(path);
        const request = /^ *request: (.*)$/m.exec(mainBlock(await service.report()).body)?.[1];
        assert.equal(withoutAge(request), inWords(active));
      });
    }
  }

  test('is that of suspended functions', async (t) => {
    const service = await started(t);
    const own = await service.request('/own');
    assert.equal(own.spanName, 'work');
    const line = /^ *(trace .*)$/m.exec(greenText(await service.report(), 'main'))?.[1];
    assert.equal(withoutAge(line), inWords(own));
  });

  test('is counted by trace', async (t) => {
    const service = await started(t);
    const first = await service.request('/suspended/1');
    for (const id of [2, 3]) await service.request(`/suspended/${id}`);
    const line = /^ *3 traces; the oldest: (.*)$/m.exec(greenText(await service.report(), 'main'))?.[1];
    assert.equal(withoutAge(line), inWords(first));
  });
});
