import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IsolateThread, Photograph } from '../src/report/model';
import type { OpenFunction, OpenGroup } from '../src/report/open';
import { openGroup, openThings } from './support/census';
import { requireLib } from './support/lib';
import {
  asyncFrame,
  captured,
  greenGroup,
  greenThreads,
  mainThread,
  photograph,
} from './support/photographs';

const { summarize } = requireLib('report/summary/index') as typeof import('../src/report/summary/index');

function openFunction(role: OpenFunction['role'], functionName: string, line: number): OpenFunction {
  return {
    role,
    functionName,
    file: '/srv/app/app.js',
    line,
    column: 9,
    source: null,
    original: null,
    generated: null,
  };
}

/** What the summary says about a main thread, which is idle and has no suspended function unless told otherwise. */
function sentences(groups: readonly OpenGroup[], more: Partial<IsolateThread> = {}): readonly string[] {
  const main = mainThread({ greenThreads: greenThreads([]), open: openThings(groups), ...more });
  return summarize(photograph({ isolates: [main] }) as unknown as Photograph);
}

const SECONDS_42 = { quietMs: { min: 40_000, max: 42_000, sum: 82_000 } };
const LAYER = openFunction('last-layer', 'requireTenant', 17);

function request(details: OpenGroup['details'], more: Partial<OpenGroup> = {}): OpenGroup {
  const all = { method: 'GET', protocol: 'http', state: 'no answer yet', ...details };
  return openGroup('server-request', `${all.method} ${details['path']}`, {
    details: all,
    numbers: SECONDS_42,
    ...more,
  });
}

const REQUESTS = request({ method: 'POST', path: '/orders' }, { id: 14, count: 3, functions: [LAYER] });

describe('the sentence about open requests', () => {
  const first = 'main thread: no async function is suspended, but ';

  test('has their path, state and last layer', () => {
    assert.deepEqual(sentences([REQUESTS]), [
      `${first}3 server requests are open: POST /orders (request 14), no answer yet, ` +
        'no data from the client for up to 42 s, last layer entered: requireTenant (app.js:17).',
      'main thread: idle for 8.2 s.',
    ]);
  });

  test('counts requests of one route together, however many ids their paths have', () => {
    const many = Array.from({ length: 40 }, (_, at) =>
      request(
        { path: `/users/${at}`, route: '/users/:id' },
        { id: at + 1, functions: [openFunction('last-layer', 'loadUser', 20)] },
      ),
    );
    const [text] = sentences(many);
    assert.equal(
      text,
      `${first}40 server requests are open: 40 x GET in route /users/:id, such as /users/0 (request 1), ` +
        'no answer yet, no data from the client for up to 42 s, last layer entered: loadUser (app.js:20).',
    );
  });

  test('counts requests together that stopped in one layer before they had a route', () => {
    const many = ['/a', '/b', '/c', '/d'].map((path) => request({ path }, { functions: [LAYER] }));
    assert.match(
      sentences(many)[0] ?? '',
      /4 x GET, such as \/a \(request 1\), no answer yet, no data from the client .* last layer entered: requireTenant \(app\.js:17\)\.$/,
    );
  });

  test('has the handler and the hooks of the route where the last function is not known', () => {
    const functions = [
      openFunction('handler', 'showInvoice', 20),
      ...['a', 'b', 'c', 'd'].map((name, at) => openFunction('hook', name, at + 1)),
    ];
    const details = { path: '/invoices/7', route: '/invoices/:id', moreHooks: '1' };
    assert.match(
      sentences([request(details, { functions })])[0] ?? '',
      /handler of the route: showInvoice \(app\.js:20\), hooks before the handler: a \(app\.js:1\), b \(app\.js:2\), c \(app\.js:3\), 2 more\.$/,
    );
  });

  test('keeps paths where neither is known, and where the route takes any path', () => {
    for (const route of [{}, { route: '*' }, { route: '/*splat' }]) {
      const many = ['/a', '/b', '/c', '/d', '/e'].map((path, at) =>
        request({ path, ...route }, { id: at + 1 }),
      );
      assert.match(
        sentences(many)[0] ?? '',
        /GET \/a \(request 1\), no answer yet; GET \/b \(request 2\), no answer yet; GET \/c \(request 3\), no answer yet; and 2 more kinds, /,
      );
    }
  });

  test('does not mix what differs in state or layer, and gives each its own', () => {
    const route = '/users/:id';
    const [text] = sentences([
      request({ path: '/users/1', route }, { id: 1, count: 2, functions: [LAYER] }),
      request({ path: '/users/2', route, state: 'answer begun, not ended' }, { id: 2 }),
    ]);
    assert.equal(
      text,
      `${first}3 server requests are open: 2 x GET /users/1 (request 1), no answer yet, last layer entered: ` +
        'requireTenant (app.js:17); GET /users/2 (request 2), answer begun, not ended, no data from the client for up to 42 s.',
    );
  });

  const green = greenThreads([greenGroup([asyncFrame('poll')])]);

  test('is there as well where functions are suspended, once they are open for long', () => {
    const [, last] = sentences([REQUESTS], { greenThreads: green });
    assert.match(last ?? '', /^main thread: 3 server requests are open: POST \/orders/);
    const brief = { ...REQUESTS, numbers: { quietMs: { min: 1, max: 900, sum: 901 } } };
    assert.equal(sentences([brief], { greenThreads: green }).length, 2);
  });

  test('is there where it is not known since when they are open', () => {
    const [, last] = sentences([{ ...REQUESTS, numbers: {} }], { greenThreads: green });
    assert.match(last ?? '', /^main thread: 3 server requests are open: POST \/orders/);
  });

  test('is there for a blocked thread', () => {
    const blocked = { state: 'blocked', stack: captured([]) } as const;
    assert.match(sentences([REQUESTS], blocked).join('\n'), /^main thread: 3 server requests are open/m);
  });
});

describe('why an idle thread does not end', () => {
  const NOTHING =
    'main thread: no async function is suspended and no .then() handler waits for a native promise; ';
  const reason = (...groups: readonly OpenGroup[]): string =>
    (sentences(groups)[1] ?? '').replace(NOTHING, '');

  const INTERVAL = openGroup('timer', 'interval', {
    keepAlive: 1,
    details: { repeats: 'yes' },
    numbers: { timerMs: { min: 600_000, max: 600_000, sum: 600_000 } },
    functions: [openFunction('calls', 'refresh', 12)],
  });
  const REDIS = openGroup('connection', 'TCP to 127.0.0.1:6379', {
    keepAlive: 1,
    details: { side: 'outgoing', peer: '127.0.0.1:6379' },
  });
  const SERVER = openGroup('server', 'http server on 0.0.0.0:3000', { keepAlive: 1 });
  const ACCEPTED = openGroup('connection', 'TCP from 10.0.0.9, accepted by http server 0.0.0.0:3000', {
    count: 3,
    keepAlive: 3,
    details: { side: 'accepted', peer: '10.0.0.9' },
  });
  const one = (kind: OpenGroup['kind'], text: string, details: OpenGroup['details'] = {}): OpenGroup =>
    openGroup(kind, text, { keepAlive: 1, details });

  for (const { groups, says } of [
    { groups: [INTERVAL], says: 'kept alive by 1 interval of 10 min (refresh, app.js:12).' },
    {
      groups: [REDIS, INTERVAL],
      says: 'kept alive by 1 interval of 10 min (refresh, app.js:12) and 1 TCP connection to 127.0.0.1:6379.',
    },
    { groups: [SERVER, ACCEPTED], says: 'kept alive by http server on 0.0.0.0:3000.' },
    {
      groups: [SERVER, ACCEPTED, REDIS],
      says: 'kept alive by http server on 0.0.0.0:3000 and 1 TCP connection to 127.0.0.1:6379.',
    },
    { groups: [ACCEPTED], says: 'kept alive by 3 TCP connections from 10.0.0.9.' },
    {
      groups: [one('standard-stream', 'stdin <- a pipe, being read')],
      says: 'kept alive by stdin (a pipe, being read).',
    },
    { groups: [one('udp-socket', 'UDP on 0.0.0.0:53')], says: 'kept alive by 1 UDP socket on 0.0.0.0:53.' },
    {
      groups: [one('broadcast-channel', 'BroadcastChannel "cache"')],
      says: 'kept alive by BroadcastChannel "cache".',
    },
    { groups: [one('message-port', 'MessagePort')], says: 'kept alive by 1 MessagePort.' },
    {
      groups: [
        one('child-process', 'child process pid 7 node a.js', { pid: '7', command: 'node a.js' }),
        one('worker', 'worker 1 "parser", /srv/app/parser.js'),
      ],
      says: 'kept alive by child process 7 (node a.js) and worker 1 "parser".',
    },
    {
      groups: [one('watcher', 'fs.watch of /srv/src'), one('watcher', 'fs.watch of /srv/lib')],
      says: 'kept alive by 2 file watchers (fs.watch of /srv/src; fs.watch of /srv/lib).',
    },
    {
      groups: [REDIS, INTERVAL, SERVER, one('watcher', 'fs.watch of /srv'), one('worker', 'worker 1')],
      says: 'kept alive by http server on 0.0.0.0:3000, 1 interval of 10 min (refresh, app.js:12), 1 TCP connection to 127.0.0.1:6379 and 2 more kinds of things.',
    },
  ]) {
    test(says, () => assert.equal(reason(...groups), says));
  }

  test('is not told where nothing is known to keep it alive', () => {
    assert.match(reason(), /^most other callbacks are not listed\.$/);
    assert.match(reason({ ...INTERVAL, keepAlive: 0 }), /^most other/);
  });

  test('is only told of a heap that was read while the thread ran if the loop has as many handles', () => {
    const told = (refedHandles: number, ...groups: readonly OpenGroup[]): boolean => {
      const loop = {
        status: 'known',
        activeHandles: 9,
        refedHandles,
        activeRequests: 0,
        handlesByType: {},
      } as const;
      const open = openThings(groups, { heapRead: 'running', loop });
      return (sentences([], { open })[1] ?? '').includes('kept alive by');
    };
    assert.ok(told(2, INTERVAL, REDIS));
    assert.ok(told(1, INTERVAL, INTERVAL));
    assert.ok(!told(1, INTERVAL, REDIS));
    assert.ok(!told(0, INTERVAL));
    assert.ok(!told(9, one('operation', 'DNS lookup of db')));
    const loop = { status: 'unavailable', reason: 'not read' } as const;
    const open = openThings([INTERVAL], { heapRead: 'running', loop });
    assert.match(sentences([], { open })[1] ?? '', /most other callbacks are not listed/);
  });

  test('gives way to requests to others that are not answered', () => {
    const outgoing = openGroup('outgoing-request', 'http request GET http://stock/17, waiting for headers', {
      id: 3,
      numbers: SECONDS_42,
    });
    assert.equal(
      sentences([outgoing, REDIS])[0],
      'main thread: no async function is suspended, but 1 outgoing request is open: http request GET http://stock/17, ' +
        'waiting for headers (request 3), no data from the server for 42 s.',
    );
  });

  test('is not told where functions wait or requests are open', () => {
    const green = greenThreads([greenGroup([asyncFrame('poll')])]);
    assert.doesNotMatch(sentences([INTERVAL], { greenThreads: green }).join('\n'), /kept alive/);
    assert.doesNotMatch(sentences([INTERVAL, REQUESTS]).join('\n'), /kept alive/);
  });
});

describe('a sentence about things that are stuck', () => {
  test('reports a queue that nobody takes', () => {
    const queue = openGroup('standard-stream', 'stdout -> a pipe', {
      details: { stream: 'stdout' },
      numbers: { queuedBytes: { min: 4_194_304, max: 4_194_304, sum: 4_194_304 } },
    });
    assert.match(
      sentences([queue]).join('\n'),
      /^main thread: stdout has 4\.0 MB of output queued, not yet read\.$/m,
    );
  });

  test('reports a closed server that still has connections', () => {
    const closed = openGroup('closed-server', 'http server', {
      details: { server: 'http server', local: '127.0.0.1:80' },
      numbers: { connections: { min: 2, max: 2, sum: 2 } },
    });
    assert.match(
      sentences([closed]).join('\n'),
      /^main thread: the http server on 127\.0\.0\.1:80 was closed, but still has 2 connections\.$/m,
    );
  });

  const pile = (kind: OpenGroup['kind'], text: string, more: Partial<OpenGroup>): string =>
    sentences([openGroup(kind, text, { count: 199_993, ...more })]).join('\n');

  test('reports many timers of one place', () => {
    const more = {
      details: { repeats: 'no' },
      numbers: { timerMs: { min: 600_000, max: 600_000, sum: 600_000 } },
      functions: [openFunction('calls', 'expire', 11)],
    };
    const text = /^main thread: 199,993 timers of 10 min \(expire, app\.js:11\) are scheduled\.$/m;
    assert.match(pile('timer', 'timer', more), text);
    assert.doesNotMatch(pile('timer', 'timer', { ...more, count: 9999 }), /scheduled/);
  });

  test('reports many connections to one peer', () => {
    assert.match(
      pile('connection', 'TCP to 10.0.0.7:5432', { details: { side: 'outgoing', peer: '10.0.0.7:5432' } }),
      /^main thread: 199,993 TCP connections to 10\.0\.0\.7:5432 are open\.$/m,
    );
  });
});

describe('the sentence about memory outside the heap', () => {
  const { heap } = mainThread();
  const withBytes = (externalBytes: number, usedBytes: number): string => {
    assert.ok(heap.status === 'known');
    return sentences([], { heap: { ...heap, externalBytes, usedBytes } }).join('\n');
  };
  const MB = 1_048_576;

  test('is there if most of the memory is there', () => {
    assert.match(
      withBytes(602 * MB, 12 * MB),
      /^main thread: 602 MB outside its heap, in Buffers, ArrayBuffers and the like; 12\.0 MB in it\.$/m,
    );
  });

  test('is not there if it is little, or if the heap has as much', () => {
    assert.doesNotMatch(withBytes(200 * MB, 12 * MB), /outside/);
    assert.doesNotMatch(withBytes(602 * MB, 500 * MB), /outside/);
  });
});
