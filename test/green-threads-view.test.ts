import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContextValue, GreenThreads, Photograph } from '../src/report/model';
import { greenText, greenThreadsOf } from './support/green-threads';
import { requireLib } from './support/lib';
import {
  asyncFrame,
  captured,
  fileSystemHost,
  greenGroup,
  greenThreads,
  mainThread,
  nodeFrame,
  photograph,
  workerThread,
} from './support/photographs';
import { sectionOf } from './support/report-text';

const { format } = requireLib('formatter/format') as typeof import('../src/formatter/format');

function print(found: GreenThreads, more: Partial<Photograph> = {}): string {
  return format(photograph({ isolates: [mainThread({ greenThreads: found })], ...more }), fileSystemHost);
}

const handler = asyncFrame('handler', { className: 'Server', line: 7, column: 46 });
const chain = [asyncFrame('loadCart', { via: 'Promise.all' }), handler];

describe('the text of the Green Threads section', () => {
  test('shows a group with its count, what it waits for, and its callers innermost first', () => {
    const group = greenGroup(chain, { count: 40, seenIn: 1, waitsFor: 'timer 45000 ms (44564 ms left)' });
    assert.deepEqual(
      greenText(print(greenThreads([group])), 'main')
        .split('\n')
        .slice(1, 9),
      [
        '  80 suspended async functions, 40 green threads, 1 group',
        '  (read from 15.0 MB of heap in 2.3 ms, without pausing the thread)',
        '',
        '  40 green threads waiting for timer 45000 ms (44564 ms left) (seen in one of them)',
        '    async loadCart (/srv/app/cart.js:6:30)',
        '      via Promise.all',
        '    async Server.handler (/srv/app/cart.js:7:46)',
        '',
      ],
    );
  });

  test('shows what an AsyncLocalStorage held, of how many, and with secrets masked by name', () => {
    const context: ContextValue[] = [
      { key: 'requestId', kind: 'string', text: 'r-1\u001b[2J', functions: 40, distinct: 40 },
      { key: 'tenant', kind: 'string', text: 'acme', functions: 3, distinct: 1 },
      { key: 'cardPin', kind: 'number', text: '4711', functions: 4, distinct: 4 },
      { key: 'auth', kind: 'boolean', text: 'true', functions: 40, distinct: 1 },
      { key: '__proto__', kind: 'string', text: 'redis://:hunter2@db', functions: 40, distinct: 1 },
    ];
    const text = greenText(print(greenThreads([greenGroup(chain, { count: 40, context })])), 'main');
    const line =
      'context: requestId "r-1\\x1b[2J" (one of 40 values), tenant "acme" (in 3 of 40), ' +
      'cardPin *** (one of 4 values, in 4 of 40), auth true, __proto__ "redis://:***@db"';
    assert.ok(text.includes(`  40 green threads\n    ${line}\n    async loadCart`), text);
  });

  test('turns the frames round when asked for', () => {
    const text = print(greenThreads([greenGroup(chain)]), {
      view: { frameOrder: 'outermost-first', frames: 'folded' },
    });
    const frames = greenThreadsOf(text).groups[0]?.frames.map(({ name }) => name);
    assert.deepEqual(frames, ['Server.handler', 'loadCart']);
  });

  test('tells other waiters, generators, callbacks, and functions without a name or file', () => {
    const frames = [
      asyncFrame('rows', { kind: 'async-generator', otherCallers: 2 }),
      asyncFrame('', { file: null, line: null, column: null }),
      asyncFrame('', { file: null, line: null, column: null, isEval: true }),
      asyncFrame('onDone', { kind: 'callback' }),
      asyncFrame('es5', { kind: 'driven-generator', isFunctionStart: true }),
    ];
    const text = greenText(print(greenThreads([greenGroup(frames)])), 'main');
    for (const line of [
      'async* rows (/srv/app/cart.js:6:30)',
      '    (2 other functions wait for it too)',
      'async (anonymous) (<no file>)',
      'async (anonymous) ([eval])',
      'callback onDone (/srv/app/cart.js:6:30)',
      'async es5 (/srv/app/cart.js:6:30, start of the function)',
    ]) {
      assert.ok(text.includes(`    ${line}\n`), `${line} in\n${text}`);
    }
  });

  test('says DEADLOCK, there and in the summary', () => {
    const cycle = [asyncFrame('lockA', { inCycle: true }), asyncFrame('lockB', { inCycle: true })];
    const text = print(
      greenThreads([greenGroup(cycle, { deadlock: true, waitsFor: 'async function lockB' })]),
    );
    assert.match(greenText(text, 'main'), /^ {2}DEADLOCK: 1 green thread: functions wait for each other/m);
    assert.match(greenText(text, 'main'), /async lockA \(.*\) <- in the cycle$/m);
    assert.match(
      sectionOf(text, 'Guru Meditation'),
      /^ {2}main thread: DEADLOCK: lockA \(cart\.js:6\) <-> lockB/m,
    );
  });

  test('names what went on while the heap was read, and the summary what a thread works for', () => {
    const found = greenThreads([], {
      heapRead: 'running',
      groupsGone: 1,
      threadsGone: 1,
      gone: [
        { frames: [asyncFrame('Client.query', { file: '/srv/app/node_modules/pg/client.js' }), ...chain] },
      ],
    });
    const stack = captured([nodeFrame('onStreamRead', 'node:internal/stream_base_commons')]);
    const running = mainThread({ state: 'running', stack, greenThreads: found });
    const text = format(photograph({ isolates: [running] }), fileSystemHost);
    assert.match(
      greenText(text, 'main'),
      /1 more green thread with 1 whole group omitted: .* was read; they were in async loadCart \(.*\)$/m,
    );
    const summary = sectionOf(text, 'Guru Meditation');
    assert.match(summary, /^ {2}main thread: running .*, while loadCart \(\w+\.js:\d+\) went on\.$/m);
    const idle = sectionOf(print(found), 'Guru Meditation');
    assert.match(idle, /^ {2}main thread: loadCart \(\w+\.js:\d+\) went on while the heap was read\.$/m);
    assert.doesNotMatch(idle, /no async function/);
  });

  test('says what was omitted, what is not known, and how the heap was read', () => {
    const text = greenText(
      print(
        greenThreads([greenGroup(chain, { cut: { afterIndex: 0, count: 18 } })], {
          heapRead: 'running',
          groupsGone: 2,
          threadsGone: 5,
          groupsLeftOut: 4,
          threadsLeftOut: 7,
          idleGenerators: 1,
          unreadable: 2,
          partial: 'only 12 of 900 MB of the heap were read',
          waitsForSkipped: 'the time for it was used up',
          contextSkipped: 'the storage is gone',
        }),
      ),
      'main',
    );
    for (const words of [
      '  at least 2 suspended async functions, 1 green thread, 1 group\n',
      '  (read from 15.0 MB of heap in 2.3 ms while the thread ran: what is shown was read again afterwards)\n',
      '  INCOMPLETE: only 12 of 900 MB of the heap were read; greenThreads.maxAnalysisMs',
      '    ... 18 functions omitted ...\n',
      '  4 more groups with 7 green threads omitted: greenThreads.maxGroups',
      '  5 more green threads with 2 whole groups omitted: they went on, or V8 moved them, while the heap was read\n',
      '  what some of them wait for is not known: the time for it was used up\n',
      '  traces and context values may be missing: the storage is gone\n',
      '  1 async generator idle',
      '  2 suspended functions could not be read\n',
    ]) {
      assert.ok(text.includes(words), `${words} in\n${text}`);
    }
  });

  test('explains once how to read it, and only where there is something to read', () => {
    const group = greenGroup(chain, { waitsFor: 'Pool.waiting ("pool" in /srv/app.js)' });
    const isolates = [mainThread(), workerThread(1)].map((isolate) => ({
      ...isolate,
      greenThreads: greenThreads([group]),
    }));
    const two = sectionOf(format(photograph({ isolates }), fileSystemHost), 'Green Threads');
    assert.equal(two.split('until V8 collects them').length, 2);
    assert.doesNotMatch(print(greenThreads([])), /until V8 collects/);
  });

  test('says in words that a promise was resolved with another one', () => {
    const group = greenGroup([asyncFrame('child', { via: 'resolve, .then' }), handler]);
    const text = print(greenThreads([group]));
    assert.match(text, /^ {6}via a promise that was resolved with this one, \.then$/m);
  });

  test('says once why no thread has any, and for each thread when the reasons differ', () => {
    const off = { status: 'unavailable', reason: 'greenThreads.enabled is false' } as const;
    const isolates = [mainThread({ greenThreads: off }), workerThread(1, { greenThreads: off })];
    const same = sectionOf(format(photograph({ isolates }), fileSystemHost), 'Green Threads');
    assert.equal(same.trim(), 'not available: greenThreads.enabled is false');
    const gone = workerThread(1, { name: 'w', greenThreads: { status: 'unavailable', reason: 'it ended' } });
    const text = format(
      photograph({ isolates: [mainThread({ greenThreads: greenThreads([]) }), gone] }),
      fileSystemHost,
    );
    assert.match(greenText(text, 'main'), /^ {2}0 suspended async functions, 0 green threads, 0 groups$/m);
    assert.match(greenText(text, 'worker 1 "w"'), /^ {2}not available: it ended$/m);
  });

  test('masks passwords in what a function waits for', () => {
    const waitsFor = 'callback of postgres://shop:hunter2@db.example/orders';
    const text = print(greenThreads([greenGroup(chain, { waitsFor })]));
    assert.ok(!text.includes('hunter2'), text);
    assert.ok(text.includes('postgres://shop:***@db.example/orders'), text);
  });
});
