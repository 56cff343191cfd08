import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { mainBlock, workerBlock } from './support/report-text';
import { startService } from './support/service';

const SCRIPT = 'context/thread-context-service.cjs';
const NODE_MAJOR = Number(process.versions.node.split('.')[0]);
/** The other of the two ways in which Node keeps what a storage holds. */
const OTHER_WAY: Readonly<Record<number, string>> = {
  22: '--experimental-async-context-frame',
  24: '--no-async-context-frame',
  26: '--no-async-context-frame',
};

const REQUEST = 'requestId "r-1"';
const PATHS =
  'requestId "r-2", user.id 7, user.password "***", headers.x-id "h-1", a\\.b true, @tenant "acme", ' +
  'list.1 "second", symbols.@region "eu", symbols.7 "seven"';

/** States of test/fixtures/context/thread-context-service.cjs, and the line about the context; null: there is none. */
const STATES: Readonly<Record<string, string | null>> = {
  'a loop': REQUEST,
  'a read': REQUEST,
  'native code': REQUEST,
  'Atomics.wait': REQUEST,
  'a loop after an await': REQUEST,
  'a read after an await': REQUEST,
  'a timer': REQUEST,
  'an immediate': REQUEST,
  'a next tick': REQUEST,
  'a callback of Node': REQUEST,
  'a then': REQUEST,
  'a nested run': REQUEST,
  'a run after a nested one': REQUEST,
  'deep resources': REQUEST,
  'a resource of another request': 'requestId "resource"',
  'an event emitter': REQUEST,
  'after enterWith': REQUEST,
  'exit()': null,
  'after exit()': REQUEST,
  'after the run': null,
  'after disable()': null,
  'a run of another storage': null,
  'runs of two storages': REQUEST,
  'a run with a primitive': null,
  'a run with paths': PATHS,
  'a blocked run with paths': PATHS,
};

interface Start {
  readonly state: string;
  readonly execArgv?: readonly string[];
  readonly isWorker?: boolean;
}

/** The line about the context of the thread that is stuck; null when there is none. */
async function contextOf(
  t: TestContext,
  { state, execArgv = [], isWorker = false }: Start,
): Promise<string | null> {
  const service = startService(t, { script: SCRIPT, args: [state, isWorker ? 'worker' : ''], execArgv });
  await service.ready();
  const report = await service.reportOnSignal();
  const { body } = isWorker ? workerBlock(report, 'stuck') : mainBlock(report);
  const line = /^ *context: (.*)$/m.exec(body);
  return line?.[1] ?? null;
}

describe(
  'what an AsyncLocalStorage holds for the code that a thread runs',
  {
    ...PATIENT,
    ...STACK_READING,
  },
  () => {
    for (const [state, expected] of Object.entries(STATES)) {
      test(`is reported of a main thread in ${state}`, async (t) => {
        assert.equal(await contextOf(t, { state }), expected);
      });
    }

    for (const state of ['a loop', 'a read', 'native code', 'Atomics.wait', 'a run with paths']) {
      test(`is reported of a worker in ${state}`, async (t) => {
        assert.equal(await contextOf(t, { state, isWorker: true }), STATES[state]);
      });
    }

    const otherWay = OTHER_WAY[NODE_MAJOR];
    const skip = otherWay === undefined ? 'this version of Node has one way only' : false;
    for (const [state, expected] of Object.entries(STATES)) {
      test(
        `is reported with ${otherWay ?? 'the other way of keeping it'} in ${state}`,
        { skip },
        async (t) => {
          assert.equal(
            await contextOf(t, { state, execArgv: otherWay === undefined ? [] : [otherWay] }),
            expected,
          );
        },
      );
    }

    for (const flag of ['--stress-compaction', '--gc-interval=200', '--jitless']) {
      test(`is reported with ${flag}`, async (t) => {
        for (const state of ['a loop after an await', 'a blocked run with paths'])
          assert.equal(await contextOf(t, { state, execArgv: [flag] }), STATES[state], state);
      });
    }
  },
);
