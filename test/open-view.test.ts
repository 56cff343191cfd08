import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IsolateThread, Photograph } from '../src/report/model';
import type { OpenFunction, OpenGroup } from '../src/report/open';
import { openGroup, openThings } from './support/census';
import { requireLib } from './support/lib';
import { captured, frame, mainThread, photograph, workerThread } from './support/photographs';
import { sectionOf } from './support/report-text';

const { renderText } = requireLib('views/text') as typeof import('../src/views/text');
const { keptAliveBy } = requireLib('report/kept-alive') as typeof import('../src/report/kept-alive');

/** As after masking, which needs no census here. */
function masked(isolates: readonly IsolateThread[], more: Partial<Photograph> = {}): Photograph {
  return photograph({ isolates, ...more }) as unknown as Photograph;
}

function sectionFor(groups: readonly OpenGroup[], more: Partial<IsolateThread> = {}): string {
  const report = renderText(masked([mainThread({ open: openThings(groups), ...more })]));
  return sectionOf(report, 'What Is Open');
}

const LAYER: OpenFunction = {
  role: 'last-layer',
  functionName: 'requireTenant',
  file: '/srv/app/app.js',
  line: 17,
  column: 9,
  source: { text: 'app.use(function requireTenant(req, res, next) {', column: 1, cut: false },
  original: null,
  generated: null,
};

const REQUESTS = openGroup('server-request', 'POST /orders, no answer yet', {
  id: 14,
  count: 3,
  details: { method: 'POST', path: '/orders' },
  numbers: { quietMs: { min: 40_000, max: 42_000, sum: 122_000 } },
  functions: [LAYER],
});

const SERVER = openGroup('server', 'http server on 127.0.0.1:8080', {
  id: 15,
  keepAlive: 1,
  details: { local: '127.0.0.1:8080' },
  numbers: { connections: { min: 3, max: 3, sum: 3 } },
});

describe('the section What Is Open', () => {
  test('lists what is open by kind, with its numbers and functions', () => {
    const text = sectionFor([REQUESTS, SERVER]);
    assert.match(text, /^ {2}3 server requests$/m);
    assert.match(
      text,
      /^ {4}request 14: 3 x POST \/orders, no answer yet, no data received for 40 s to 42 s$/m,
    );
    assert.match(text, /^ {8}last layer entered: requireTenant \(\/srv\/app\/app\.js:17:9\)$/m);
    assert.match(text, /^ {12}`app\.use\(function requireTenant/m);
    assert.match(text, /^ {4}\[15\] http server on 127\.0\.0\.1:8080, 3 connections$/m);
  });

  test('has a word for functions that have neither a name nor a place', () => {
    const resolve: OpenFunction = {
      ...LAYER,
      role: 'calls',
      functionName: '',
      file: null,
      line: null,
      column: null,
      source: null,
    };
    const timer = openGroup('timer', 'timer', { id: 16, functions: [resolve] });
    assert.match(sectionFor([timer]), /^ {8}calls a built-in function$/m);
    const evaluated = openGroup('timer', 'timer', {
      id: 17,
      functions: [{ ...resolve, line: 1, column: 1 }],
    });
    assert.match(sectionFor([evaluated]), /^ {8}calls <anonymous> \(<no file>\)$/m);
  });

  test('says in one line what keeps the process alive', () => {
    assert.match(sectionFor([REQUESTS, SERVER]), /^ {2}Kept alive by: 1 server on 127\.0\.0\.1:8080$/m);
    assert.match(sectionFor([]), /^ {2}Kept alive by: nothing; its event loop ends$/m);
    assert.match(
      sectionFor([], { state: 'running' }),
      /^ {2}Kept alive by: nothing; but code is running, which may begin something$/m,
    );
    const inTimer = captured([frame('tick'), frame('listOnTimeout', { file: 'node:internal/timers' })]);
    assert.match(
      sectionFor([], { state: 'running', stack: inTimer }),
      /^ {2}Kept alive by: nothing; .* may begin something; if an interval called it, that goes on$/m,
    );
  });

  test('is bounded, and says how much it omits', () => {
    const many = Array.from({ length: 300 }, (_, id) =>
      openGroup('connection', `TCP ${id}`, { id, count: 2 }),
    );
    const text = sectionFor(many);
    assert.ok(text.split('\n').length < 40, text);
    assert.match(text, /^ {4}\.\.\. and 584 connections in 292 more groups$/m);
  });

  test('counts one thing in the singular', () => {
    const many = Array.from({ length: 9 }, (_, id) => openGroup('connection', `TCP ${id}`, { id, count: 1 }));
    const text = sectionFor([], { open: openThings(many, { thingsLeftOut: 1, changed: 1 }) });
    assert.match(text, /^ {4}\.\.\. and 1 connection in 1 more group$/m);
    assert.match(text, /^ {2}\(not listed: 1 more thing\)$/m);
    assert.match(text, /^ {2}\(not listed: 1 thing that changed while being read\)$/m);
  });

  test('has the classes that fill the heap', () => {
    const classes = [
      { name: 'Array', file: '', count: 1200, bytes: 52_428_800 },
      { name: 'Order', file: '/srv/app/order.js', count: 7, bytes: 700 },
    ];
    const text = sectionFor([], {
      heapClasses: {
        status: 'known',
        classes,
        otherClasses: 800,
        otherBytes: 1_048_576,
        totalObjects: 90_000,
        approximate: false,
      },
    });
    assert.match(text, /^ {2}Heap by class: 90000 objects/m);
    assert.match(text, /^ +50\.0 MB +1200 {2}Array$/m);
    assert.match(text, /^ +1 KB +7 {2}Order {2}\(\/srv\/app\/order\.js\)$/m);
    assert.match(text, /^ +1\.0 MB +in 800 more classes$/m);
    const one = { status: 'known', classes, otherClasses: 1, otherBytes: 0, totalObjects: 9 } as const;
    assert.match(
      sectionFor([], { heapClasses: { ...one, approximate: false } }),
      /^ +0 KB +in 1 more class$/m,
    );
    assert.match(text, /^ +2\.3 MB +outside the heap: what Buffers, ArrayBuffers and the like hold$/m);
    const silent = sectionFor([], {
      heap: { status: 'unavailable', reason: 'the thread did not answer' },
      heapClasses: {
        status: 'known',
        classes,
        otherClasses: 0,
        otherBytes: 0,
        totalObjects: 1,
        approximate: false,
      },
    });
    assert.match(
      silent,
      /what Buffers and ArrayBuffers hold, which is outside the heap: its size is not available/,
    );
  });

  test('says once why it is not available in any thread', () => {
    const none = { status: 'unavailable', reason: 'no heap was read' } as const;
    const report = renderText(masked([mainThread({ open: none }), workerThread(1, { open: none })]));
    const section = sectionOf(report, 'What Is Open');
    assert.equal(section.split('not available: no heap was read').length, 2);
  });

  test('cannot be forged by what is open', () => {
    const evil = openGroup('connection', 'x\n==== End of report 1 ====\n\u001b[2J');
    assert.doesNotMatch(sectionFor([evil]), /^==== End|\u001b/m);
  });
});

describe('what keeps an event loop alive', () => {
  const alive = (kind: OpenGroup['kind'], count: number): OpenGroup =>
    openGroup(kind, kind, { count, keepAlive: count });
  const loop = (
    handlesByType: Readonly<Record<string, { readonly active: number; readonly refed: number }>>,
  ) => ({ status: 'known', activeHandles: 1, refedHandles: 1, activeRequests: 0, handlesByType }) as const;

  test('is counted by kind', () => {
    assert.equal(
      keptAliveBy(openThings([alive('connection', 3), alive('child-process', 2), alive('timer', 1)])),
      '3 connections, 2 child processes, 1 timer',
    );
  });

  test('does not claim of each worker what is known of all', () => {
    assert.equal(keptAliveBy(openThings([alive('worker', 1)])), '1 worker');
    assert.equal(keptAliveBy(openThings([alive('worker', 2)])), 'at least 1 of 2 workers');
  });

  test('names handles that only native code knows', () => {
    assert.equal(
      keptAliveBy(openThings([], { loop: loop({ poll: { active: 2, refed: 2 } }) })),
      '2 descriptors that native code polls',
    );
  });

  test('may be timers and immediates that are not listed, because they change all the time', () => {
    const turning = { timer: { active: 1, refed: 1 }, idle: { active: 1, refed: 1 } };
    const text = 'timers that are not listed, immediates that are not listed';
    assert.equal(keptAliveBy(openThings([], { loop: loop(turning) })), text);
    assert.equal(keptAliveBy(openThings([alive('server', 1)], { loop: loop(turning) })), '1 server');
  });

  test('is not claimed to be nothing when the loop says otherwise', () => {
    assert.equal(keptAliveBy(openThings([], { loop: loop({ fs_event: { active: 1, refed: 1 } }) })), null);
    const unknown = { status: 'unavailable', reason: 'not read' } as const;
    assert.equal(keptAliveBy(openThings([], { loop: unknown })), null);
    assert.equal(keptAliveBy(openThings([])), '');
  });
});
