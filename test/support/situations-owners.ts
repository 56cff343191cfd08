import { captured, frame, greenThreads, mainThread, nodeFrame, workerThread } from './photographs';
import { blockedIn, mapped, ofMain, ofPackage, own, type Situation } from './situations';

const NO_ENTRY = 'its source map has no entry for this position';

/** Code that is not the application's, or that was generated. */
export const OWNERS: readonly Situation[] = [
  ofMain(
    'a package without the application',
    blockedIn([ofPackage('fetch', 'undici/lib/web/fetch/index.js', 110), nodeFrame('emit', 'node:events')]),
    ['main thread: blocked for 2.3 s in fetch (undici: lib/web/fetch/index.js:110).'],
  ),
  ofMain(
    "pnpm's folders and a scoped package",
    blockedIn([ofPackage('run', '.pnpm/@acme+pool@1.0.0_x@2/node_modules/@acme/pool/dist/pool.js', 3)]),
    ['main thread: blocked for 2.3 s in run (@acme/pool: dist/pool.js:3).'],
  ),
  ofMain(
    'an archive of Yarn',
    blockedIn([
      own('deep', '.yarn/cache/lodash-npm-4.17.21-6382451519.zip/node_modules/lodash/deep.js', 8),
      own('copy', 'copy.js', 2),
    ]),
    ['main thread: blocked for 2.3 s in copy (copy.js:2), in deep of lodash.'],
  ),
  ofMain(
    'a package that runs for an async function of the application',
    blockedIn([], {
      stack: captured([ofPackage('parse', 'pg/lib/parser.js', 50)], {
        asyncFrames: [own('load', 'db.js', 7, { kind: 'async' })],
      }),
    }),
    ['main thread: blocked for 2.3 s in parse (pg: lib/parser.js:50), awaited by load (db.js:7).'],
  ),
  ofMain("Node's own code", blockedIn([nodeFrame('readSync', 'node:fs')]), [
    'main thread: blocked for 2.3 s in readSync (node:fs:797).',
  ]),
  ofMain(
    'helpers of transpilers',
    blockedIn([
      own('__awaiter', 'dist/a.js', 9),
      ofPackage('step', 'tslib/tslib.js', 1),
      ofPackage('asyncGeneratorStep', '@babel/runtime/helpers/asyncToGenerator.js', 1),
      own('total', 'dist/a.js', 40),
    ]),
    ['main thread: blocked for 2.3 s in total (a.js:40).'],
  ),
  ofMain(
    'a loader that compiles',
    blockedIn([
      ofPackage('compile', 'ts-node/dist/index.js', 1),
      nodeFrame('_load', 'node:internal/modules/cjs/loader'),
      own('', 'app.js', 3),
    ]),
    ['main thread: blocked for 2.3 s at app.js:3, in _load of node:module.'],
  ),
  ofMain(
    'a position of a source map',
    blockedIn([own('a', 'dist/main.js', 1, { original: mapped('/srv/app/src/cart.ts', 16, 'total') })]),
    ['main thread: blocked for 2.3 s in total (cart.ts:16).'],
  ),
  ofMain(
    'generated code',
    blockedIn([own('Q', 'dist/bundle.js', 1, { column: 6672, generated: 'its source map cannot be read' })]),
    ['main thread: blocked for 2.3 s in Q (bundle.js:1:6672, generated code).'],
  ),
  ofMain(
    "a compiler's helper, which its source map does not have",
    blockedIn([
      own('get', 'dist/main.js', 4, { column: 73, generated: NO_ENTRY }),
      own('sum', 'dist/main.js', 23, {
        className: 'Ledger',
        original: mapped('/srv/app/src/main.ts', 14),
      }),
    ]),
    ['main thread: blocked for 2.3 s in Ledger.sum (main.ts:14).'],
  ),
  ofMain(
    'generated code, below which no code of that script is known',
    blockedIn([
      own('get', 'dist/main.js', 4, { column: 73, generated: NO_ENTRY }),
      own('sum', 'dist/ledger.js', 23, { original: mapped('/srv/app/src/ledger.ts', 14) }),
    ]),
    ['main thread: blocked for 2.3 s in get (main.js:4:73, generated code).'],
  ),
  ofMain(
    "a compiler's helpers in a script without a source map",
    blockedIn([
      own('_assertClassBrand', 'dist/main.js', 4),
      own('_classPrivateFieldGet2', 'dist/main.js', 5),
      own('__privateGet', 'dist/main.js', 6),
      own('total', 'dist/main.js', 23, { className: 'Cart' }),
    ]),
    ['main thread: blocked for 2.3 s in Cart.total (main.js:23).'],
  ),
  ofMain(
    'packages in a bundle, by its source map',
    blockedIn([
      own('b', 'dist/main.js', 1, {
        original: mapped('webpack://shop/./node_modules/pg/lib/query.js', 5, 'parse'),
      }),
      own('c', 'dist/main.js', 1, { original: mapped('webpack://shop/webpack/bootstrap', 2) }),
      own('d', 'dist/main.js', 1, { original: mapped('webpack://shop/./src/db.ts', 9, 'load') }),
    ]),
    ['main thread: blocked for 2.3 s in load (db.ts:9), in parse of pg.'],
  ),
  ofMain(
    'a file: URL with a query',
    blockedIn([frame('wait', { file: 'file:///srv/app/a.mjs?v=1', line: 2 })]),
    ['main thread: blocked for 2.3 s in wait (a.mjs:2).'],
  ),
  ofMain(
    'a data: URL',
    blockedIn([frame('wait', { file: `data:text/javascript,${'x'.repeat(9000)}`, line: 2 })]),
    ['main thread: blocked for 2.3 s in wait (data: URL:2).'],
  ),
  ofMain(
    'a path of Windows',
    blockedIn([
      frame('f', { file: 'C:\\srv\\node_modules\\pg\\lib\\a.js', line: 2 }),
      frame('g', { file: 'C:\\srv\\b.js', line: 3 }),
    ]),
    ['main thread: blocked for 2.3 s in g (b.js:3), in f of pg.'],
  ),
  {
    name: 'two files of the same name',
    given: {
      isolates: [
        mainThread({ ...blockedIn([own('a', 'orders/index.js', 1)]), greenThreads: greenThreads([]) }),
        workerThread(1, blockedIn([own('b', 'carts/index.js', 2)])),
      ],
    },
    summary: [
      'main thread: blocked for 2.3 s in a (orders/index.js:1).',
      'worker 1: blocked for 2.3 s in b (carts/index.js:2).',
    ],
  },
  ofMain('a hostile name', blockedIn([own('x'.repeat(500), 'a.js', 1)]), [
    `main thread: blocked for 2.3 s in ${'x'.repeat(80)}... (a.js:1).`,
  ]),
];
