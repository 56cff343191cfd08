import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greenThreadsOf, type PrintedGreenThreads } from './support/green-threads';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { Service } from './support/service';

/** Where the thread ran meanwhile, less is known. */
const MOST_REPORTS = 20;

test(
  'a callback that nothing can call is not said to settle anything',
  { ...PATIENT, ...STACK_READING },
  async (t) => {
    const service = new Service({ script: 'waits/lost-callbacks.cjs' });
    t.after(() => service.stop());
    await service.ready();
    let found: PrintedGreenThreads | undefined;
    for (let i = 0; i < MOST_REPORTS && found?.heapRead !== 'at-rest'; i += 1) {
      found = greenThreadsOf(await service.reportOnSignal());
      assert.doesNotMatch(found.text, /which may settle it/);
    }
    const waitOf = (name: string): string | null | undefined =>
      found?.groups.find(({ frames }) => frames[0]?.name === name)?.waitsFor;
    assert.match(
      waitOf('lost') ?? '',
      /^callback in join \(\S+\/lost-callbacks\.cjs:11:24\), which nothing in the heap can call any more \(only running or native code could\)$/,
    );
    assert.match(
      waitOf('locked') ?? '',
      /^callback in lock \(\S+\/lost-callbacks\.cjs:\d+:\d+\) with "release", (?:which nothing|and what would call it)/,
    );
    assert.match(waitOf('kept') ?? '', /^Deduplicator\.inflight \("calls" in /);
  },
);
