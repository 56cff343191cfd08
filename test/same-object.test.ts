import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireLib } from './support/lib';

const { namesOf } = requireLib(
  'report/summary/same-object',
) as typeof import('../src/report/summary/same-object');

describe('places that wait for the same object', () => {
  test('say the class of methods once', () => {
    assert.equal(
      namesOf(['Store.get (app.js:25)', 'Store.put (app.js:29)', 'Store.#drop (app.js:33)']),
      'Store.get (app.js:25), put (app.js:29) and #drop (app.js:33)',
    );
  });

  test('without names are positions, whose files may have dots', () => {
    assert.equal(namesOf(['app.cjs:5', 'app.cjs:6']), 'app.cjs:5 and app.cjs:6');
    assert.equal(
      namesOf(['order.service.js:5', 'order.service.js:60']),
      'order.service.js:5 and order.service.js:60',
    );
  });

  test('are at most four', () => {
    assert.equal(namesOf(['a', 'b', 'c', 'd', 'e']), 'a, b, c and 2 more places');
  });
});
