import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IsolateThread, Photograph } from '../src/report/model';
import { requireLib } from './support/lib';
import { captured, fileSystemHost, frame, mainThread, photograph } from './support/photographs';
import { mainBlock } from './support/report-text';

const { format } = requireLib('formatter/format') as typeof import('../src/formatter/format');

function print(more: Partial<Photograph> = {}): string {
  return format(photograph(more), fileSystemHost);
}

function printThreads(...isolates: IsolateThread[]): string {
  return print({ isolates });
}

describe('a thread block', () => {
  test('shows the old generation of the heap against its limit, and else the limit of the whole heap', () => {
    const { heap } = mainThread();
    assert.equal(heap.status, 'known');
    const unknown = { ...heap, oldUsedBytes: null, oldLimitBytes: null } as typeof heap;
    const known = mainBlock(print()).body;
    assert.match(known, /heap: 12\.3 MB used of 20\.0 MB; old generation 10\.9 MB of 2048 MB; external /);
    const without = mainBlock(printThreads(mainThread({ heap: unknown }))).body;
    assert.match(without, /heap: 12\.3 MB used of 20\.0 MB, limit 2096 MB; external /);
  });

  test('says that the main thread waits for the report of a fatal error', () => {
    const note = 'not answering (for 13 ms): its stack was read from memory';
    const stack = captured([frame('fill')], { method: 'passive' });
    const main = mainThread({ state: 'blocked', loopStalledMs: 2000, stack, note });
    const { head, body } = mainBlock(
      print({ isolates: [main], trigger: { kind: 'fatal', error: 'the heap is full' } }),
    );
    assert.match(head, /WAITING FOR THIS REPORT/);
    assert.match(body, /note: it waits for this report; its stack was read from memory/);
    assert.doesNotMatch(head + body, /BLOCKED|not answering/);
    assert.match(mainBlock(printThreads(main)).head, /BLOCKED 2 s/);
  });

  test('does not claim that a thread without a stack is in native code', () => {
    const { body } = mainBlock(printThreads(mainThread({ state: 'running' })));
    assert.match(body, /it is in native code, or its event loop is between two callbacks\./);
  });
});
