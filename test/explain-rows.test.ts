import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireLib } from './support/lib';

const { wantedRows } = requireLib('explain/wanted-rows') as typeof import('../src/explain/wanted-rows');

// Of native/image/values/wanted_values.h, which leaves out what is beyond.
const MAX_PATHS = 128;
const MAX_STEPS = 16;

test('explainers want no more values of a class than are read', () => {
  const rows = wantedRows().trimEnd().split('\n');
  const tooMany = rows.flatMap((row) => {
    const [name = '', ...paths] = row.split('\t');
    const isLong = paths.some((path) => path.split('.').length > MAX_STEPS);
    const isBroken = name === '' || paths.includes('') || row.includes('*/');
    return isLong || isBroken || paths.length > MAX_PATHS ? [`${name}: ${paths.length} paths`] : [];
  });
  assert.deepEqual(tooMany, []);
});
