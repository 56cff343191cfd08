import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireLib } from './support/lib';
import { frame } from './support/photographs';

const { formatPosition, isGenerated, shownName, shownPosition } = requireLib(
  'report/positions',
) as typeof import('../src/report/positions');

const GENERATED = { file: '/srv/cart.js', line: 2, column: 950, functionName: 'n' };
const ORIGINAL = { file: '/srv/src/cart.ts', line: 16, column: 7, functionName: 'total', source: null };

describe('the shown position of a frame', () => {
  test('is that in the original file where it is known', () => {
    const mapped = frame('n', { ...GENERATED, original: ORIGINAL });
    assert.deepEqual(shownPosition(mapped), { file: '/srv/src/cart.ts', line: 16, column: 7 });
    assert.equal(shownName(mapped), 'total');
    assert.equal(isGenerated(mapped), false);
  });

  test('keeps the name of V8 where the map has none', () => {
    const mapped = frame('n', { ...GENERATED, original: { ...ORIGINAL, functionName: null } });
    assert.equal(shownName(mapped), 'n');
  });

  test('is that of V8 otherwise', () => {
    const plain = frame('n', { ...GENERATED, generated: 'it has no source map' });
    assert.equal(formatPosition(shownPosition(plain)), '/srv/cart.js:2:950');
    assert.equal(isGenerated(plain), true);
    assert.equal(formatPosition(shownPosition(frame('f', { file: null, line: 3, column: 1 }))), null);
    assert.equal(
      formatPosition(shownPosition(frame('f', { file: 'a.js', line: 3, column: null }))),
      'a.js:3',
    );
  });
});
