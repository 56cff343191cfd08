import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeWaits } from './support/named-waits';

const AFTER = String.raw`\(\d+ s left\)`;
const NOTHING = String.raw`a promise that nothing in the heap can resolve any more`;

/** Function of test/fixtures/waits/several-promises.cjs, and what it waits for. */
const WAITS: Readonly<Record<string, RegExp>> = {
  onBothLists: /^Promise\.all: Array "(first|second)" \([^|]*\) \| Array "(?!\1)(?:first|second)" \([^|]*\)$/,
  onTimerAndNothing: new RegExp(String.raw`^Promise\.all: timer 600000 ms \(\d+ ms left\) \| ${NOTHING}$`),
  onTimerOrNothing: /^timer 500000 ms \(\d+ ms left\)$/,
  onAllSettled: /^Promise\.allSettled: (?=.*Array "first" )(?=.*timer 400000 ms )[^,]*$/,
  onAny: /^Array "second" \([^,]*\)$/,
  // It cannot be fulfilled any more, only rejected.
  onAll: new RegExp(
    String.raw`^Promise\.all: Array "first" \([^,]*\) \| ${NOTHING}, given up after 200 s ${AFTER}$`,
  ),
  onAborted: /^event "answer" of EventEmitter \([^,]*\)$/,
  onExportedMap: /^object "export(?:ed|s)\.calls" \(/,
  onExportedLock: /^Lock\.waiting \(.*exporting\.cjs\)$/,
  onSession: /^object "sessions" \(\S*several-promises\.cjs\)$/,
};

describeWaits({
  title: 'what functions wait for that wait for several promises',
  script: 'waits/several-promises.cjs',
  waits: WAITS,
  // Where the thread ran meanwhile, less is known.
  isComplete: ({ heapRead }) => heapRead === 'at-rest',
  more: (found) => {
    test('is no deadlock where a race or a rejection may end it', () => {
      const { text } = found();
      assert.doesNotMatch(text, /DEADLOCK|in the cycle/);
      assert.match(text, /async job /);
      assert.match(text, /async left /);
    });
  },
});
