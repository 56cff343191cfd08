import { greenGroup, greenThreads } from './photographs';
import { ofMain, suspended, waits, waitsInNode, waitsInPackage, type Situation } from './situations';

const idle = 'main thread: idle for 8.2 s.';
const QUEUE = 'SeatPool.queue ("seats" in /srv/app/app.js)';

const callback = (
  functionName: string,
  file: string,
  line: number,
  enclosingFunction: string | null = null,
) => waits(functionName, file, line, { kind: 'callback', enclosingFunction });
const ofPackage = { ...waitsInPackage('keepAlive', 'ws/lib/keep.js', 4), kind: 'callback' } as const;
const createOrder = greenGroup([callback('', 'app.js', 20, 'createOrder'), callback('', 'app.js', 26)], {
  count: 3,
  waitsFor: QUEUE,
});

/** Callbacks that wait, with and without suspended functions. */
export const CALLBACKS: readonly Situation[] = [
  ofMain('callbacks only', suspended(greenThreads([createOrder])), [
    'main thread: no async function is suspended; 3 callbacks wait in createOrder (app.js:20) for SeatPool.queue ("seats" in app.js).',
    idle,
  ]),
  ofMain(
    'callbacks with nothing known about them',
    suspended(
      greenThreads([greenGroup([callback('', 'app.js', 9)]), greenGroup([callback('onRow', 'b.js', 2)])]),
    ),
    [
      'main thread: no async function is suspended; 1 callback waits at app.js:9.',
      'main thread: 1 callback waits in onRow (b.js:2).',
      idle,
    ],
  ),
  ofMain(
    'a callback with a limit of time only',
    suspended(
      greenThreads([
        greenGroup([callback('onRow', 'b.js', 2)], {
          waitsFor: 'something that was not found, given up after 5 s (4.2 s left)',
        }),
      ]),
    ),
    [
      'main thread: no async function is suspended; 1 callback waits in onRow (b.js:2), given up after 5 s (4.2 s left).',
      idle,
    ],
  ),
  ofMain(
    'callbacks behind functions of the application',
    suspended(
      greenThreads([greenGroup([waits('withdraw', 'app.js', 16)], { waitsFor: 'Mutex' }), createOrder]),
    ),
    [
      'main thread: 1 async function suspended in withdraw (app.js:16), waiting for Mutex.',
      'main thread: 3 callbacks wait in createOrder (app.js:20) for SeatPool.queue ("seats" in app.js).',
      idle,
    ],
  ),
  ofMain(
    'more callbacks than are named',
    suspended(
      greenThreads([
        ...[1, 2, 3].map((line) => greenGroup([waits(`f${line}`, 'app.js', line)], { count: 5 - line })),
        createOrder,
      ]),
    ),
    [
      'main thread: 4 async functions suspended in f1 (app.js:1).',
      'main thread: 3 async functions suspended in f2 (app.js:2).',
      'main thread: 2 async functions suspended in f3 (app.js:3).',
      'main thread: 3 more waiting callbacks.',
      idle,
    ],
  ),
  ofMain(
    'a callback of the application behind that of a package, and functions of Node',
    suspended(
      greenThreads([
        greenGroup([waitsInNode('run', 'node:internal/x')]),
        greenGroup([ofPackage, callback('answer', 'app.js', 7)], {
          waitsFor: 'Map "open" (/srv/app/app.js)',
        }),
      ]),
    ),
    [
      'main thread: no async function of the application is suspended; 1 callback waits in answer (app.js:7) for Map "open" (app.js).',
      'main thread: 1 more is internal to packages or Node.',
      idle,
    ],
  ),
  ofMain('callbacks of packages only', suspended(greenThreads([greenGroup([ofPackage], { count: 9 })])), [
    idle,
    'main thread: no async function is suspended and no .then() handler of the application waits for a native promise; most other callbacks are not listed.',
  ]),
  ofMain(
    'functions and callbacks of packages',
    suspended(
      greenThreads([
        greenGroup([waitsInPackage('connect', 'ioredis/built/redis.js', 40)]),
        greenGroup([ofPackage], { count: 9 }),
      ]),
    ),
    ['main thread: 1 async function suspended in connect (ioredis: built/redis.js:40).', idle],
  ),
  ofMain(
    'a function without a name in code that was generated',
    suspended(
      greenThreads([
        greenGroup([
          waits('', 'dist/m.js', 1, { kind: 'callback', enclosingFunction: 'O', generated: 'no source map' }),
        ]),
      ]),
    ),
    ['main thread: no async function is suspended; 1 callback waits at m.js:1:30, generated code.', idle],
  ),
  ofMain(
    'callbacks in a heap that was read in part',
    suspended(greenThreads([createOrder], { partial: 'only 12 MB' })),
    [
      'main thread: at least 3 callbacks wait in createOrder (app.js:20) for SeatPool.queue ("seats" in app.js).',
      idle,
    ],
  ),
];
