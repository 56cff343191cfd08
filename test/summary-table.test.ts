import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireLib } from './support/lib';
import { photograph } from './support/photographs';
import type { Situation } from './support/situations';
import { CALLBACKS } from './support/situations-callbacks';
import { LOOPS } from './support/situations-loops';
import { OWNERS } from './support/situations-owners';
import { PLACES } from './support/situations-threads';
import { SAME_OBJECT, SUSPENDED } from './support/situations-waits';
import { ALARMS, WORKERS } from './support/situations-workers';
import type { Photograph } from '../src/report/model';

const { summarize } = requireLib('report/summary/index') as typeof import('../src/report/summary/index');

function check(title: string, situations: readonly Situation[]): void {
  describe(`the summary of ${title}`, () => {
    for (const { name, given, summary } of situations) {
      test(name, () => {
        assert.deepEqual(summarize(photograph(given) as unknown as Photograph), summary);
      });
    }
  });
}

check('a main thread, by its place', PLACES);
check('code that is not the application alone', OWNERS);
check('event loops that turn often', LOOPS);
check('suspended async functions', SUSPENDED);
check('places that wait for the same object', SAME_OBJECT);
check('waiting callbacks', CALLBACKS);
check('workers', WORKERS);
check('heaps, other threads and fatal errors', ALARMS);

test('warns of a heap that is nearly full', () => {
  const alarm = ALARMS.find(({ name }) => name.startsWith('a heap of which'));
  const summary = summarize(photograph(alarm?.given) as unknown as Photograph);
  assert.match(summary[0] ?? '', /^main thread: its heap is 98 % full/);
});
