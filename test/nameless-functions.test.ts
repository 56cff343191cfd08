import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PATIENT } from './support/patience';
import { STACK_READING } from './support/native-addon';
import { startService } from './support/service';

describe('suspended functions without names', { ...PATIENT, ...STACK_READING }, () => {
  test('are named by the functions that they are written in, also if these have no scope', async (t) => {
    const service = await startService(t, { script: 'green/nameless-service.cjs' }).ready();
    const report = await service.reportOnSignal();
    const names = [...report.matchAll(/^ *async (\(anonymous\)(?: in \w+)?) \(/gm)].map(
      ([, name = '']) => name,
    );
    assert.deepEqual(
      names.toSorted((a, b) => a.localeCompare(b)),
      ['(anonymous)', '(anonymous) in importAll', '(anonymous) in load'],
      report,
    );
  });
});
