import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Photograph } from '../src/report/model';
import { requireLib } from './support/lib';
import {
  asyncFrame,
  captured,
  frame,
  greenGroup,
  greenThreads,
  mainThread,
  nodeFrame,
  otherThread,
  photograph,
  workerThread,
} from './support/photographs';

const { renderCollapsed } = requireLib('views/collapsed') as typeof import('../src/views/collapsed');
const { maskPhotograph } = requireLib(
  'formatter/mask-photograph',
) as typeof import('../src/formatter/mask-photograph');

function collapse(more: Partial<Photograph>): readonly string[] {
  const text = renderCollapsed(maskPhotograph(photograph(more)));
  assert.ok(text === '' || text.endsWith('\n'));
  return text.split('\n').slice(0, -1);
}

const native = frame('read', {
  kind: 'native',
  file: 'libc.so.6',
  line: null,
  column: null,
  isUserCode: false,
});

describe('collapsed stacks', () => {
  test('have the outermost function first, behind async callers, without columns', () => {
    const stack = captured([native, frame('deploy'), nodeFrame('emit', 'node:events')], {
      asyncFrames: [frame('main', { kind: 'async', line: 3 })],
    });
    assert.deepEqual(collapse({ isolates: [mainThread({ state: 'running', stack })] }), [
      'main;async main (deploy.js:3);emit (node:events:797);deploy (deploy.js:41);read (libc.so.6) 1',
    ]);
  });

  test('are one line for threads that are alike, and for green threads with their number', () => {
    const group = greenGroup([asyncFrame('query'), asyncFrame('handler', { line: 9 })], { count: 73 });
    const other = otherThread(12, { name: 'libuv-worker', stack: captured([native]) });
    const lines = collapse({
      isolates: [
        mainThread({ greenThreads: greenThreads([group], { threadsLeftOut: 4, groupsLeftOut: 2 }) }),
      ],
      otherThreads: [other, { ...other, tid: 13 }, otherThread(14)],
    });
    assert.deepEqual(lines, [
      'main;(idle) 1',
      'other threads;libuv-worker;read (libc.so.6) 2',
      'other threads;node;(stack not read) 1',
      'main (suspended);async handler (cart.js:9);async query (cart.js:6) 73',
      'main (suspended);(groups omitted from the report) 4',
    ]);
  });

  test('say what is missing', () => {
    const stack = captured([frame('inner'), frame('outer')], {
      cut: { afterIndex: 0, count: 180, atLeast: false },
    });
    const gone = { status: 'unavailable', reason: 'no answer' } as const;
    assert.deepEqual(
      collapse({
        isolates: [
          mainThread({ state: 'blocked', stack }),
          workerThread(1, { name: 'resizer', state: 'not-answering', stack: gone }),
          workerThread(2, { state: 'waiting' }),
        ],
      }),
      [
        'main;outer (deploy.js:41);(180 frames omitted);inner (deploy.js:41) 1',
        'worker 1 "resizer";(not-answering) 1',
        'worker 2;(waiting) 1',
      ],
    );
  });

  test('cannot be broken by a number that is none', () => {
    const group = { ...greenGroup([asyncFrame('wait')]), count: '\u001b[2J5' as unknown as number };
    const lines = collapse({ isolates: [mainThread({ greenThreads: greenThreads([group]) })] });
    assert.doesNotMatch(lines.join('\n'), /\u001b/);
  });

  test('cannot be broken by a name', () => {
    const evil = frame('a;b 7\nforged;line 3', { className: 'C;D', file: '/mnt/x;y 1\n.js' });
    const [line = '', ...others] = collapse({
      isolates: [workerThread(1, { name: 'n;m\n', state: 'running', stack: captured([evil]) })],
    });
    assert.deepEqual(others, []);
    assert.equal(
      line,
      'worker 1 "n\\x3bm\\n";C\\x3bD.a\\x3bb 7\\nforged\\x3bline 3 (/mnt/x\\x3by 1\\n.js:41) 1',
    );
  });
});
