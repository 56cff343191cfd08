import type { GreenThreadGroup } from '../../src/report/model';
import type { ResourceUser } from '../../src/report/waits';
import { asyncFrame, greenGroup, greenThreads } from './photographs';
import {
  blockedIn,
  mapped,
  ofMain,
  own,
  suspended,
  waits,
  waitsInNode,
  waitsInPackage,
  type Situation,
} from './situations';

/** The description is that of native/image/green/green_threads.cc. */
const lost = greenThreads([
  greenGroup([waits('settle', 'a.js', 2)], {
    waitsFor: 'a promise that nothing in the heap can resolve any more (only running or native code could)',
  }),
]);

const idle = 'main thread: idle for 8.2 s.';

/** A group whose wait ends in one object of the service, or in one of a library. */
function waitsForObject(
  text: string,
  id: number,
  { library = null, users = [] }: { library?: string | null; users?: readonly ResourceUser[] } = {},
): Pick<GreenThreadGroup, 'waitsFor' | 'waits'> {
  const resource = { id, holder: 0, inUse: null, mayBeCancelled: false, users };
  const answer = { before: '', text, after: '', library, counts: null, resource, holders: [] };
  return { waitsFor: text, waits: { via: null, answers: [answer], rest: '' } };
}

const LINE = 'Store.line ("store" in /srv/app/app.js)';

/** Places that wait for the same object, and the order of waits. */
export const SAME_OBJECT: readonly Situation[] = [
  ofMain(
    'places that wait for the same object, and who has it',
    suspended(
      greenThreads([
        ...['get', 'put', 'list'].map((name, index) =>
          greenGroup([{ ...waits(name, 'app.js', 25 + index), className: 'Store' }], {
            id: index,
            count: 3 - index,
            ...waitsForObject(LINE, 1000, { users: [{ count: 1, group: 3, frame: 0 }] }),
          }),
        ),
        greenGroup([{ ...waits('backUp', 'app.js', 43), className: 'Store' }], {
          id: 3,
          ...waitsForObject('http request PUT /backup', 1001, { library: 'node:http' }),
        }),
      ]),
    ),
    [
      'main thread: 6 async functions suspended in Store.get (app.js:25), put (app.js:26) and list (app.js:27), waiting for Store.line ("store" in app.js): probably held by Store.backUp (app.js:43), which waits for http request PUT /backup.',
      'main thread: 1 async function suspended in Store.backUp (app.js:43), waiting for http request PUT /backup.',
      idle,
    ],
  ),
  ofMain(
    'objects that look alike are not the same',
    suspended(
      greenThreads([
        greenGroup([waits('get', 'app.js', 1)], waitsForObject(LINE, 1000)),
        greenGroup([waits('put', 'app.js', 2)], waitsForObject(LINE, 1001)),
      ]),
    ),
    [
      'main thread: 1 async function suspended in get (app.js:1), waiting for Store.line ("store" in app.js).',
      'main thread: 1 async function suspended in put (app.js:2), waiting for Store.line ("store" in app.js).',
      idle,
    ],
  ),
  ofMain(
    'what ends outside of the process, before queues, and pauses last',
    suspended(
      greenThreads([
        greenGroup([waits('poll', 'app.js', 1)], { count: 9, waitsFor: 'timer 1004 ms (322 ms left)' }),
        greenGroup([waits('read', 'app.js', 2)], { count: 5, ...waitsForObject(LINE, 1000) }),
        greenGroup([waits('load', 'app.js', 3)], waitsForObject('pg query SELECT ?', 1, { library: 'pg' })),
      ]),
    ),
    [
      'main thread: 1 async function suspended in load (app.js:3), waiting for pg query SELECT ?.',
      'main thread: 5 async functions suspended in read (app.js:2), waiting for Store.line ("store" in app.js).',
      'main thread: 9 async functions suspended in poll (app.js:1), waiting for timer 1004 ms (322 ms left).',
      idle,
    ],
  ),
];

/** Suspended async functions of the main thread. */
export const SUSPENDED: readonly Situation[] = [
  ofMain(
    'one group',
    suspended(greenThreads([greenGroup([waits('withdraw', 'app.js', 16)], { count: 3, waitsFor: 'Mutex' })])),
    ['main thread: 3 async functions suspended in withdraw (app.js:16), waiting for Mutex.', idle],
  ),
  ofMain(
    'a group whose wait is not known',
    suspended(greenThreads([greenGroup([waits('withdraw', 'app.js', 16)])])),
    ['main thread: 1 async function suspended in withdraw (app.js:16).', idle],
  ),
  ofMain(
    'a method that waits in a package',
    suspended(
      greenThreads([
        greenGroup(
          [
            { ...waitsInPackage('acquireConnection', 'knex/lib/client.js', 465), className: 'Client_PG' },
            waitsInPackage('run', 'knex/lib/execution/runner.js', 30),
            waits('findReceiver', 'app.js', 22),
          ],
          {
            count: 2,
            waitsFor:
              'PendingOperation in KnexPool.pendingAcquires of Client_PG (/srv/app/node_modules/knex/lib/client.js), given up after 600 s (598 s left)',
          },
        ),
      ]),
    ),
    [
      'main thread: 2 async functions suspended in findReceiver (app.js:22), in Client_PG.acquireConnection of knex, waiting for PendingOperation in KnexPool.pendingAcquires of Client_PG (knex), given up after 600 s (598 s left).',
      idle,
    ],
  ),
  ofMain(
    'a function without a name, and the one that awaits it',
    suspended(greenThreads([greenGroup([waits('', 'app.js', 5), waits('importAll', 'app.js', 9)])])),
    ['main thread: 1 async function suspended at app.js:5, awaited by importAll (app.js:9).', idle],
  ),
  ofMain(
    'a function without a name, whose failure a function of Node handles',
    suspended(
      greenThreads([
        greenGroup([waits('', 'app.js', 5), asyncFrame('consoleCall', { kind: 'callback', file: null })]),
      ]),
    ),
    ['main thread: 1 async function suspended at app.js:5.', idle],
  ),
  ofMain(
    'a callback of the application behind a package',
    suspended(
      greenThreads([
        greenGroup([
          waitsInPackage('query', 'pg/lib/client.js', 12),
          waits('onRows', 'db.js', 8, { kind: 'callback' }),
        ]),
      ]),
    ),
    [
      'main thread: 1 async function suspended in query (pg: lib/client.js:12), before callback onRows (db.js:8).',
      idle,
    ],
  ),
  ofMain(
    'fetch, which Node itself suspends a second time',
    suspended(
      greenThreads([
        greenGroup([waitsInNode('httpNetworkFetch', 'node:internal/deps/undici/undici')], { count: 2 }),
        greenGroup([waits('stockOf', 'app.js', 11)], {
          count: 2,
          waitsFor: 'something that was not followed to the end: the time for it was used up',
        }),
      ]),
    ),
    [
      'main thread: 2 async functions suspended in stockOf (app.js:11).',
      'main thread: 2 more are internal to packages or Node.',
      idle,
    ],
  ),
  ofMain(
    'more groups than are shown',
    suspended(
      greenThreads(
        [
          greenGroup([waitsInPackage('loop', 'bullmq/worker.js', 1)], { count: 90 }),
          ...[5, 4, 3, 2, 1].map((count) => greenGroup([waits(`f${count}`, 'app.js', count)], { count })),
        ],
        { greenThreads: 112, totalGroups: 9, groupsLeftOut: 3, threadsLeftOut: 7 },
      ),
    ),
    [
      'main thread: 5 async functions suspended in f5 (app.js:5).',
      'main thread: 4 async functions suspended in f4 (app.js:4).',
      'main thread: 3 async functions suspended in f3 (app.js:3).',
      'main thread: 10 more suspended async functions, and 90 internal to packages or Node.',
      idle,
    ],
  ),
  ofMain(
    'groups that differ only in their callers',
    suspended(
      greenThreads([
        greenGroup([waits('acquire', 'pool.js', 11), waits('list', 'a.js', 1)], { count: 2 }),
        greenGroup([waits('acquire', 'pool.js', 11), waits('show', 'a.js', 9)], { count: 5 }),
      ]),
    ),
    ['main thread: 7 async functions suspended in acquire (pool.js:11).', idle],
  ),
  ofMain(
    'packages only',
    suspended(
      greenThreads([
        greenGroup([waitsInNode('run', 'node:internal/x')]),
        greenGroup([waitsInPackage('connect', 'ioredis/built/redis.js', 40)], { count: 2 }),
      ]),
    ),
    [
      'main thread: 2 async functions suspended in connect (ioredis: built/redis.js:40).',
      'main thread: 1 more is internal to packages or Node.',
      idle,
    ],
  ),
  ofMain("Node's own only", suspended(greenThreads([greenGroup([waitsInNode('run', 'node:internal/x')])])), [
    idle,
    'main thread: no async function of the application is suspended (1 of Node), and no .then() handler waits for a native promise; most other callbacks are not listed.',
  ]),
  ofMain(
    'a deadlock, before all else',
    suspended(
      greenThreads([
        greenGroup([waits('visit', 'app.js', 3)], { count: 8 }),
        greenGroup(
          [
            waits('lockA', 'locks.js', 4, { inCycle: true }),
            waits('lockB', 'locks.js', 9, { inCycle: true }),
          ],
          { deadlock: true, waitsFor: 'async function lockB' },
        ),
      ]),
    ),
    [
      'main thread: DEADLOCK: lockA (locks.js:4) <-> lockB (locks.js:9).',
      'main thread: 8 async functions suspended in visit (app.js:3).',
      idle,
    ],
  ),
  ofMain(
    'a function that waits for itself',
    suspended(
      greenThreads([greenGroup([waits('book', 'locks.js', 20, { inCycle: true })], { deadlock: true })]),
    ),
    ['main thread: DEADLOCK: book (locks.js:20) waits for itself.', idle],
  ),
  ofMain('a promise that nothing can resolve', suspended(lost), [
    'main thread: 1 async function suspended in settle (a.js:2), waiting for a promise that nothing in the heap can resolve any more (only running or native code could).',
    idle,
  ]),
  ofMain(
    'a promise that only the running code can resolve',
    { ...blockedIn([own('spin', 'a.js', 9)]), ...suspended(lost) },
    [
      'main thread: blocked for 2.3 s in spin (a.js:9).',
      'main thread: 1 async function suspended in settle (a.js:2).',
    ],
  ),
  ofMain(
    'waits of several kinds',
    suspended(
      greenThreads([
        greenGroup([waits('race', 'a.js', 1)], {
          waitsFor:
            'SeatPool.queue ("seats" in /srv/app/a.js) | timer 600000 ms (599349 ms left), given up when an AbortSignal is aborted',
        }),
        greenGroup([waits('both', 'a.js', 2)], {
          waitsFor: 'Promise.all: async function visit (/srv/app/b.js:24:10) | Map "open" (/srv/app/a.js)',
        }),
        greenGroup([waits('next', 'a.js', 3)], {
          waitsFor: 'callback next (/srv/app/node_modules/pg/lib/stream.js:41:7), which may settle it',
        }),
      ]),
    ),
    [
      'main thread: 1 async function suspended in race (a.js:1), waiting for SeatPool.queue ("seats" in a.js) or timer 600000 ms (599349 ms left), given up when an AbortSignal is aborted.',
      'main thread: 1 async function suspended in both (a.js:2), waiting for async function visit (b.js:24) and Map "open" (a.js).',
      'main thread: 1 async function suspended in next (a.js:3), waiting for callback next (pg: lib/stream.js:41), which may settle it.',
      idle,
    ],
  ),
  ofMain(
    'waits of which only the limit is known',
    suspended(
      greenThreads([
        greenGroup([waits('enter', 'a.js', 1)], {
          waitsFor: 'something that was not found, given up after 5 s (4.2 s left)',
        }),
        greenGroup([waits('leave', 'a.js', 2)], {
          waitsFor:
            'Semaphore._queue of Mutex (/srv/app/node_modules/async-mutex/index.js; "accounts" in /srv/app/a.js)',
        }),
      ]),
    ),
    [
      'main thread: 1 async function suspended in enter (a.js:1), given up after 5 s (4.2 s left).',
      'main thread: 1 async function suspended in leave (a.js:2), waiting for Semaphore._queue of Mutex (async-mutex; "accounts" in a.js).',
      idle,
    ],
  ),
  ofMain(
    'original and generated positions',
    suspended(
      greenThreads([
        greenGroup(
          [waits('a', 'dist/m.js', 1, { original: mapped('/srv/app/src/cart.ts', 30, 'waitForStock') })],
          {
            count: 2,
          },
        ),
        greenGroup([waits('O', 'dist/m.js', 1, { generated: 'no source map' })]),
      ]),
    ),
    [
      'main thread: 2 async functions suspended in waitForStock (cart.ts:30).',
      'main thread: 1 async function suspended in O (m.js:1:30, generated code).',
      idle,
    ],
  ),
  ofMain(
    'a call of writeReport',
    suspended(
      greenThreads([
        greenGroup([waits('onStuck', 'app.js', 57)], {
          waitsFor: 'Map "answers" of ask (gmr:deferred/reports.js)',
        }),
      ]),
    ),
    ['main thread: 1 async function suspended in onStuck (app.js:57), waiting for this report.', idle],
  ),
  ofMain(
    'a heap that was read in part',
    suspended(greenThreads([greenGroup([waits('f', 'a.js', 1)], { count: 9 })], { partial: 'only 12 MB' })),
    ['main thread: at least 9 async functions suspended in f (a.js:1).', idle],
  ),
  ofMain('a heap that was not read', { greenThreads: { status: 'unavailable', reason: 'it has 9 GB' } }, [
    idle,
    'main thread: suspended async functions are not available: it has 9 GB.',
  ]),
  ofMain(
    'a blocked thread with functions of Node only',
    {
      ...blockedIn([own('f', 'a.js', 1)]),
      ...suspended(greenThreads([greenGroup([waitsInNode('r', 'node:x')])])),
    },
    ['main thread: blocked for 2.3 s in f (a.js:1).'],
  ),
];
