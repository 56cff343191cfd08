import { captured, frame, mainThread, nodeFrame, workerThread } from './photographs';
import {
  asleep,
  asleepIn,
  blockedIn,
  builtin,
  heldIn,
  mapped,
  native,
  ofMain,
  ofPackage,
  own,
  running,
  type Situation,
} from './situations';
import { greenThreads } from './photographs';

const timers = [
  nodeFrame('listOnTimeout', 'node:internal/timers'),
  nodeFrame('processTimers', 'node:internal/timers'),
];
const idleNote =
  'main thread: no async function is suspended; what waits in callbacks or promise chains (.then) is not listed.';

/** Main threads that run, sleep or are held, and where the summary says that they are. */
export const PLACES: readonly Situation[] = [
  ofMain('an idle thread', {}, ['main thread: idle for 8.2 s.', idleNote]),
  ofMain(
    'a loop in the application',
    blockedIn([own('heavy', 'orders.js', 12, { className: 'OrderService' }), ...timers]),
    ['main thread: blocked for 2.3 s in OrderService.heavy (orders.js:12).'],
  ),
  ofMain(
    'a constructor',
    blockedIn([own('Report', 'report.js', 4, { isConstructor: true, className: 'Report' })]),
    ['main thread: blocked for 2.3 s in new Report (report.js:4).'],
  ),
  ofMain('a getter', blockedIn([own('get total', 'cart.js', 6, { className: 'Cart' })]), [
    'main thread: blocked for 2.3 s in Cart.get total (cart.js:6).',
  ]),
  ofMain('top-level code', blockedIn([own('Object.<anonymous>', 'app.js', 21)]), [
    'main thread: blocked for 2.3 s at app.js:21.',
  ]),
  ofMain(
    'a callback of a builtin on the line of its caller',
    blockedIn([own('', 'app.js', 21), builtin('from', 'Array'), own('churn', 'app.js', 21)]),
    ['main thread: blocked for 2.3 s at app.js:21, called from churn.'],
  ),
  ofMain(
    'a callback on another line',
    blockedIn([own('', 'app.js', 23), builtin('map', 'Array'), own('churn', 'app.js', 21)]),
    ['main thread: blocked for 2.3 s at app.js:23, called from churn (app.js:21).'],
  ),
  ofMain(
    'a script without a file that the application runs',
    blockedIn([
      frame('score', { file: 'rule-7.js', line: 2 }),
      native('v8::Script::Run'),
      own('evaluate', 'app.js', 13),
    ]),
    ['main thread: blocked for 2.3 s in score (rule-7.js:2), called from evaluate (app.js:13).'],
  ),
  ofMain(
    'code of eval',
    blockedIn([frame('rate', { file: null, line: 1, isEval: true }), own('price', 'price.js', 3)]),
    ['main thread: blocked for 2.3 s in rate (line 1 of eval), called from price (price.js:3).'],
  ),
  ofMain(
    'code that a package made from a string',
    blockedIn([
      frame('validate10', { file: null, line: 3, isEval: true }),
      ofPackage('runValidation', 'ajv/dist/core.js', 190),
      own('accept', 'orders.js', 9),
    ]),
    ['main thread: blocked for 2.3 s in accept (orders.js:9), in runValidation of ajv.'],
  ),
  ofMain(
    'a position that is only the start of the function',
    heldIn([own('spin', 'a.js', 8, { quality: 'function' })]),
    ['main thread: blocked for 2.3 s in spin (a.js:8, start of the function).'],
  ),
  ofMain(
    'a write to a full pipe',
    asleepIn('write', 'write(fd 1 -> pipe)', [
      native('write', 'libc.so.6'),
      native('node::SyncWrite'),
      nodeFrame('log', 'node:internal/console/constructor'),
      own('logRequest', 'app.js', 7),
    ]),
    ['main thread: blocked for 2.3 s in logRequest (app.js:7), in write(fd 1 -> pipe).'],
  ),
  ofMain(
    'a child process that is waited for',
    asleepIn('epoll_pwait', 'epoll_pwait', [
      native('epoll_pwait', 'libc.so.6'),
      nodeFrame('spawnSync', 'node:internal/child_process'),
      nodeFrame('execSync', 'node:child_process'),
      own('deploy', 'deploy.js', 41),
    ]),
    [
      'main thread: blocked for 2.3 s in deploy (deploy.js:41), in execSync of node:child_process, in epoll_pwait.',
    ],
  ),
  ofMain(
    'a hash that Node computes',
    heldIn([
      native('SHA512_Update'),
      nodeFrame('pbkdf2Sync', 'node:internal/crypto/pbkdf2'),
      own('login', 'auth.js', 9),
    ]),
    ['main thread: blocked for 2.3 s in login (auth.js:9), in pbkdf2Sync of node:crypto.'],
  ),
  ofMain(
    'a database of a package',
    asleepIn('clock_nanosleep', 'clock_nanosleep(100 ms)', [
      native('clock_nanosleep', 'libc.so.6'),
      native('unixSleep', 'better_sqlite3.node'),
      native('Database::JS_exec', 'better_sqlite3.node'),
      ofPackage('run', 'better-sqlite3/lib/database.js', 88, { className: 'Database' }),
      own('saveOrder', 'app.js', 19),
    ]),
    [
      'main thread: blocked for 2.3 s in saveOrder (app.js:19), in Database.run of better-sqlite3, in clock_nanosleep(100 ms).',
    ],
  ),
  ofMain(
    'a function of an addon behind templates and glue',
    heldIn([
      native('ivm::RunWithTimeout<ivm::Runner::Phase2()::{lambda()#1}>', 'isolated_vm.node'),
      native('ivm::detail::CallbackMaker<...>::Callback', 'isolated_vm.node'),
      native('ivm::(anonymous namespace)::Script::RunSync(int, char**)', 'isolated_vm.node'),
      native('Napi::details::CallbackData<int>::Wrapper', 'isolated_vm.node'),
      native('v8impl::FunctionCallbackWrapper::Invoke'),
      own('score', 'rules.js', 5),
    ]),
    ['main thread: blocked for 2.3 s in score (rules.js:5), in Script::RunSync of isolated_vm.'],
  ),
  ofMain(
    'a thread that another must wake',
    asleepIn('futex', 'futex(wait)', [
      native('std::thread::join', 'libstdc++.so.6'),
      native('flush', 'mailbox.node'),
      own('close', 'mail.js', 13),
    ]),
    ['main thread: blocked for 2.3 s in close (mail.js:13), in flush of mailbox, in futex(wait).'],
  ),
  ofMain(
    'a system call of another moment: the thread has answered an interrupt since',
    blockedIn([own('parse', 'app.js', 20)], { os: asleep('futex', null) }),
    ['main thread: blocked for 2.3 s in parse (app.js:20).'],
  ),
  ofMain(
    "a class of Node's in C++",
    asleepIn('clock_nanosleep', 'clock_nanosleep(100 ms)', [
      native('sqlite3_step'),
      native('node::sqlite::StatementExecutionHelper::Run'),
      native('node::sqlite::StatementSync::Run'),
      own('saveOrder', 'app.js', 18),
    ]),
    [
      'main thread: blocked for 2.3 s in saveOrder (app.js:18), in StatementSync::Run of node:sqlite, in clock_nanosleep(100 ms).',
    ],
  ),
  ofMain(
    'Atomics.wait, by the text of the line',
    blockedIn(
      [
        own('waitSync', 'app.js', 20, {
          source: { text: 'Atomics.wait(flag, 0, 0);', column: 3, cut: false },
        }),
      ],
      { os: asleep('futex', null) },
    ),
    ['main thread: blocked for 2.3 s in waitSync (app.js:20), in Atomics.wait.'],
  ),
  ofMain(
    'Atomics.wait, by the stack',
    asleepIn('futex', 'futex(wait)', [
      native('v8::internal::FutexEmulation::WaitSync'),
      own('lock', 'app.js', 5),
    ]),
    ['main thread: blocked for 2.3 s in lock (app.js:5), in Atomics.wait.'],
  ),
  ofMain(
    'a garbage collection',
    heldIn([
      native(
        'v8::internal::MarkingVisitorBase<v8::internal::ConcurrentMarkingVisitor>::ProcessStrongHeapObject',
      ),
      native('v8::internal::Heap::CollectGarbage'),
      own('parseBig', 'report.js', 23),
    ]),
    ['main thread: blocked for 2.3 s, collecting garbage in parseBig (report.js:23).'],
  ),
  ofMain(
    'a compilation',
    heldIn([native('v8::internal::compiler::PipelineImpl::Run'), own('load', 'rules.js', 3)]),
    ['main thread: blocked for 2.3 s, compiling JavaScript in load (rules.js:3).'],
  ),
  ofMain(
    'a garbage collection in a heap of unknown size',
    {
      ...heldIn([native('v8::internal::Heap::CollectGarbage'), own('churn', 'app.js', 21)]),
      heap: { status: 'unavailable', reason: 'the thread did not answer' },
    },
    [
      'main thread: blocked for 2.3 s, collecting garbage in churn (app.js:21).',
      'main thread: collecting garbage, so its heap may be nearly full (limit: --max-old-space-size); its size is not available because the thread did not answer.',
    ],
  ),
  ofMain(
    'a garbage collection outside JavaScript',
    heldIn([native('v8::internal::ScavengerCollector::CollectGarbage'), native('uv_run')]),
    ['main thread: blocked for 2.3 s, collecting garbage.'],
  ),
  ofMain(
    'a large JSON text',
    heldIn([
      native('v8::internal::JsonParser<unsigned char>::ParseJsonValue'),
      own('parseBig', 'report.js', 23),
    ]),
    ['main thread: blocked for 2.3 s in JSON.parse called from parseBig (report.js:23).'],
  ),
  ofMain('a builtin by the interrupt', blockedIn([builtin('sort', 'Array'), own('rank', 'rank.js', 4)]), [
    'main thread: blocked for 2.3 s in Array.sort called from rank (rank.js:4).',
  ]),
  ofMain(
    'a builtin in a function without a name',
    blockedIn([builtin('Array.sort'), own('', 'rank.js', 4)]),
    ['main thread: blocked for 2.3 s in Array.sort called at rank.js:4.'],
  ),
  ofMain(
    'WebAssembly',
    blockedIn([
      frame('$f', { kind: 'wasm', file: 'wasm://wasm/8f2c', line: null, column: 31 }),
      own('resize', 'img.js', 7),
    ]),
    ['main thread: blocked for 2.3 s in resize (img.js:7), in $f of WebAssembly.'],
  ),
  ofMain(
    'glue and bindings only',
    asleepIn('futex', null, [
      native('node::inspector::(anonymous namespace)::InspectorConsoleCall'),
      native('node::PipeWrap::Connect'),
    ]),
    ['main thread: blocked for 2.3 s outside JavaScript, in futex.'],
  ),
  ofMain('an addon outside JavaScript', heldIn([native('Decoder::Drain', 'codec.node'), native('uv_run')]), [
    'main thread: blocked for 2.3 s in Decoder::Drain of codec, outside JavaScript.',
  ]),
  ofMain(
    'nextTick in a circle, between two calls',
    blockedIn([nodeFrame('processTicksAndRejections', 'node:internal/process/task_queues')]),
    ['main thread: blocked for 2.3 s between callbacks of process.nextTick or promise jobs.'],
  ),
  ofMain(
    'promise jobs',
    { state: 'running', os: running, stack: captured([], { runningMicrotasks: true }) },
    ['main thread: running between promise jobs.'],
  ),
  ofMain('nothing but native code', { state: 'running', os: running, stack: captured([]) }, [
    'main thread: running outside JavaScript.',
  ]),
  ofMain(
    'a stack that could not be read',
    blockedIn([], {
      os: asleep('read', 'read(fd 5 -> /dev/fuse)'),
      stack: { status: 'unavailable', reason: 'no' },
    }),
    ['main thread: blocked for 2.3 s in read(fd 5 -> /dev/fuse).'],
  ),
];

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
