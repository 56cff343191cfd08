import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { libPath } from './support/lib';
import { PASSIVE_NATIVE_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { untilAllThreadsSleep } from './support/proc';
import { threadBlocks, workerBlock } from './support/report-text';
import { startService } from './support/service';

const SCRIPT = 'hooks-service.mjs';

describe("Node's own thread for module hooks", PATIENT, () => {
  test('is named when a preload got into it', async (t) => {
    const execArgv = ['--require', libPath('autorun.js')];
    const service = await startService(t, { script: SCRIPT, args: ['hooks'], execArgv }).ready();
    await untilAllThreadsSleep(service.pid);
    const block = workerBlock(await service.reportOnSignal(), 'module hooks');
    assert.match(block.head, /\bIDLE\b/);
    assert.match(block.body, /^ *note: Node's own thread for module hooks$/m);
  });

  test('is named when gmr-native is not loaded in it', async (t) => {
    const service = await startService(t, { script: SCRIPT, args: ['hooks'] }).ready();
    await untilAllThreadsSleep(service.pid);
    const block = workerBlock(await service.reportOnSignal(), 'module hooks');
    assert.match(block.body, /Node's own thread for module hooks, in which gmr-native is not loaded/);
  });

  test('has its thread and its stack then, too', PASSIVE_NATIVE_READING, async (t) => {
    const service = await startService(t, { script: SCRIPT, args: ['hooks'] }).ready();
    await untilAllThreadsSleep(service.pid);
    const block = workerBlock(await service.reportOnSignal(), 'module hooks');
    assert.match(block.head, /^Thread #\d+/);
    assert.match(block.body, /^ *state: S sleeping in epoll_/m);
  });

  test('is not there without hooks', async (t) => {
    const execArgv = ['--require', libPath('autorun.js')];
    const service = await startService(t, { script: SCRIPT, args: ['none'], execArgv }).ready();
    const heads = threadBlocks(await service.reportOnSignal()).map(({ head }) => head);
    assert.doesNotMatch(heads.join('\n'), /module hooks|worker/);
  });
});

describe('a worker of the application', PATIENT, () => {
  test('does not pass for it', async (t) => {
    const args = ['idle', 'idle'];
    const service = await startService(t, { script: 'blocked-service.cjs', args }).ready();
    const heads = threadBlocks(await service.reportOnSignal()).map(({ head }) => head);
    assert.match(heads.join('\n'), /"idle-0"/);
    assert.doesNotMatch(heads.join('\n'), /module hooks/);
  });
});
