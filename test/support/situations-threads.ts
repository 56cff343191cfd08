import { captured, frame, nodeFrame } from './photographs';
import {
  asleep,
  asleepIn,
  blockedIn,
  builtin,
  heldIn,
  native,
  ofMain,
  ofPackage,
  own,
  running,
  type Situation,
} from './situations';

const timers = [
  nodeFrame('listOnTimeout', 'node:internal/timers'),
  nodeFrame('processTimers', 'node:internal/timers'),
];
const idleNote =
  'main thread: no async function is suspended and no .then() handler waits for a native promise; most other callbacks are not listed.';

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
    'a callback inside another one',
    blockedIn([
      own('', 'app.js', 23),
      builtin('every', 'Array'),
      own('', 'app.js', 22),
      builtin('every', 'Array'),
      own('noDuplicates', 'app.js', 21),
    ]),
    ['main thread: blocked for 2.3 s at app.js:23, called from noDuplicates (app.js:21).'],
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
    'the top level of a script that the application runs through Node',
    blockedIn([
      own('', 'rules/discount.rule', 12),
      nodeFrame('runInContext', 'node:vm'),
      own('runRule', 'rules.js', 3),
    ]),
    ['main thread: blocked for 2.3 s at discount.rule:12, called from runRule (rules.js:3).'],
  ),
  ofMain(
    'a template',
    blockedIn([
      frame('eval', { file: 'mail.html', line: 12, isEval: true, generated: 'it was made from a string' }),
      own('sendMail', 'mail.js', 4),
    ]),
    [
      'main thread: blocked for 2.3 s in eval (line 12 of eval, named mail.html), called from sendMail (mail.js:4).',
    ],
  ),
  ofMain(
    'a template that a package runs',
    blockedIn([
      frame('eval', {
        file: '/srv/app/views/invoice.ejs',
        line: 19,
        isEval: true,
        generated: 'it was made from a string',
      }),
      ofPackage('renderFile', 'ejs/lib/ejs.js', 491),
      own('renderInvoice', 'app.js', 13),
    ]),
    [
      'main thread: blocked for 2.3 s in renderInvoice (app.js:13), in renderFile of ejs, in line 19 of eval, named invoice.ejs.',
    ],
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
