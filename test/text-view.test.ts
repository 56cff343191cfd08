import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Frame, IsolateThread, Photograph, Stack } from '../src/report/model';
import { requireLib } from './support/lib';
import {
  asyncFrame,
  captured,
  configuration,
  facts,
  fileSystemHost,
  frame,
  greenGroup,
  greenThreads,
  mainThread,
  nodeFrame,
  osThread,
  otherThread,
  photograph,
  workerThread,
} from './support/photographs';
import { mainBlock, sectionOf, sectionsOf, threadBlocks, workerBlock } from './support/report-text';

const { format } = requireLib('formatter/format') as typeof import('../src/formatter/format');

function print(more: Partial<Photograph> = {}): string {
  return format(photograph(more), fileSystemHost);
}

function printThreads(...isolates: IsolateThread[]): string {
  return print({ isolates });
}

describe('the text report', () => {
  test('has its sections in order and ends with a mark that names it', () => {
    const text = print({
      sections: [
        { title: 'Zebra', result: { status: 'ok', value: 1, tookMs: 1 } },
        { title: 'Apple', result: { status: 'ok', value: 2, tookMs: 1 } },
      ],
    });
    assert.deepEqual(
      [...sectionsOf(text).keys()],
      [
        'Guru Meditation',
        'Package',
        'Threads',
        'Green Threads',
        'What Is Open',
        'Processes',
        'Configuration',
        'Zebra',
        'Apple',
      ],
    );
    assert.ok(text.endsWith('\n==== End of report 14423-1763690106123-1 ====\n'));
  });

  test('has banners of 72 columns as oslo.reports prints them', () => {
    const lines = print().split('\n');
    assert.deepEqual(lines.slice(0, 3), [
      '='.repeat(72),
      '====                        Guru Meditation                         ====',
      '='.repeat(72),
    ]);
  });

  test('says which report of which process it is', () => {
    const text = sectionOf(print(), 'Guru Meditation');
    assert.match(text, /time: +2026-11-21T01:55:06\.123Z/);
    assert.match(text, /trigger: +SIGUSR2 from pid 71 uid 0$/m);
    assert.match(text, /host: +web-3/);
    assert.match(text, /process: +pid 14423, parent 1, resident memory 84\.0 MB/);
  });

  test('says how many signals it answers, and that a sender cannot be seen', () => {
    const text = print({
      trigger: {
        kind: 'signal',
        signal: 'SIGUSR2',
        senderPid: 0,
        senderUid: 5,
        fromGmrTrigger: false,
        coalesced: 7,
      },
    });
    assert.match(text, /SIGUSR2 from pid 0 \(.*namespace\) uid 5; this report answers 7 signals/);
  });

  test('says which file or which event loop asked for it', () => {
    const trigger = (given: Photograph['trigger']): string =>
      /trigger: +(.*)$/m.exec(print({ trigger: given }))?.[1] ?? '';
    assert.equal(trigger({ kind: 'file', path: '/run/gmr\n' }), 'file /run/gmr\\n');
    const blocked = { kind: 'watchdog', threadId: 3, threadName: 'resizer', blockedMs: 1500 } as const;
    assert.equal(trigger(blocked), 'watchdog: the event loop of worker 3 (resizer) has not turned for 1.5 s');
    assert.match(trigger({ ...blocked, threadId: 0, threadName: 'main' }), /loop of the main thread has/);
    assert.equal(trigger({ kind: 'api' }), 'api');
  });

  test('is printed without the facts of the process, and says why they are missing', () => {
    const text = print({ facts: { status: 'unavailable', reason: 'setup had not finished' } });
    assert.match(sectionOf(text, 'Package'), /not available: setup had not finished/);
    assert.match(mainBlock(text).head, /Thread #14423 {2}main {3}IDLE/);
  });

  test('loses only the part that cannot be printed', () => {
    const broken = { ...mainThread(), heap: undefined } as unknown as IsolateThread;
    const text = printThreads(broken, workerThread(1, { name: 'fine' }));
    assert.match(text, /this part could not be printed: TypeError/);
    assert.match(workerBlock(text, 'fine').head, /IDLE/);
    assert.match(text, /==== End of report/);
  });
});

describe('the summary', () => {
  test('comes first', () => {
    const stack = captured([nodeFrame('execSync', 'node:child_process'), frame('deploy')]);
    const text = printThreads(mainThread({ state: 'blocked', loopStalledMs: 12_400, stack }));
    assert.equal(
      text.split('\n')[3],
      '  main thread: blocked for 12.4 s in deploy (deploy.js:41), in execSync of node:child_process.',
    );
  });
});

describe('a thread block', () => {
  test('is headed by thread, name and state', () => {
    const text = printThreads(
      mainThread({ state: 'blocked', loopStalledMs: 12_400, stack: captured([frame('f')]) }),
      workerThread(3, { name: 'resizer' }),
    );
    const heads = text.split('\n').filter((line) => line.startsWith('------'));
    assert.equal(heads[0], '------      Thread #14423  main  (cart-api)   BLOCKED 12.4 s      ------');
    assert.match(heads[1] ?? '', /Thread #14433 {2}worker 3 "resizer" {3}IDLE 8\.2 s/);
  });

  test('prints each kind of frame so that it can be told apart', () => {
    const stack = captured(
      [
        frame('node::fs::Read', {
          kind: 'native',
          file: 'node',
          line: null,
          column: null,
          isUserCode: false,
        }),
        nodeFrame('readSync', 'node:fs'),
        frame('Queue', { isConstructor: true }),
        frame('', { file: '/srv/app/a.js' }),
        frame('Array.map', { kind: 'builtin', file: null, line: null, column: null, isUserCode: false }),
        frame('inner', { file: null, line: 1, column: 2, isEval: true }),
        frame('$f', { kind: 'wasm', file: 'wasm://wasm/8f2c', line: null, column: 31 }),
        frame('far', { quality: 'function' }),
      ],
      { asyncFrames: [frame('handler', { kind: 'async' })] },
    );
    const { body } = mainBlock(printThreads(mainThread({ state: 'running', stack })));
    const frames = body
      .split('\n')
      .filter((line) => /^ {2}\S.*(\)|node|\])$/.test(line) && !line.includes(': '));
    assert.deepEqual(frames, [
      '  node::fs::Read              node',
      '  readSync (node:fs:797:18)',
      '  new Queue (/srv/app/deploy.js:41:9)',
      '  (anonymous) (/srv/app/a.js:41:9)',
      '  Array.map (<builtin>)',
      '  inner ([eval]:1:2)',
      '  $f (wasm://wasm/8f2c:0x1f) [wasm]',
      '  far (/srv/app/deploy.js:41:9, start of the function)',
      '  async handler (/srv/app/deploy.js:41:9)',
    ]);
  });

  test('says what V8 is at when a busy thread was stopped in it', () => {
    const inV8 = (...names: string[]): string => {
      const native = { kind: 'native', file: 'node', line: null, column: null, isUserCode: false } as const;
      const frames = [...names.map((name) => frame(name, native)), frame('work')];
      const stack = captured(frames, { method: 'parked', heldMs: 0.5 });
      return mainBlock(printThreads(mainThread({ state: 'running', answeredAfterMs: null, stack }))).body;
    };
    assert.match(inV8('v8::internal::Heap::CollectGarbage'), /; collecting garbage;/m);
    assert.match(
      inV8('v8::internal::compiler::Run', 'v8::internal::Compiler::Compile'),
      /; compiling JavaScript;/m,
    );
    const tierUp = ['uv_mutex_unlock', 'v8::internal::Runtime_WasmTriggerTierUp'];
    assert.match(inV8(...tierUp), /; compiling WebAssembly;/m);
    assert.match(
      inV8('v8::internal::compiler::Run', 'v8::internal::wasm::WasmEngine::SyncCompile'),
      /WebAssembly;/m,
    );
    assert.match(inV8('sha512_block_data_order'), /; in sha512_block_data_order;/m);
  });

  test('says where frames are omitted, in both orders', () => {
    const frames = [frame('inner'), frame('outer')];
    const stack = captured(frames, { cut: { afterIndex: 0, count: 8800, atLeast: true } });
    const isolates = [mainThread({ state: 'running', stack })];
    const order = /inner[^]*\.\.\. at least 8800 frames omitted \.\.\.[^]*outer/;
    const reversed = /outer \([^]*\.\.\. at least 8800 frames omitted \.\.\.[^]*inner \(/;
    assert.match(mainBlock(print({ isolates })).body, order);
    const view = { frameOrder: 'outermost-first', frames: 'folded' } as const;
    assert.match(mainBlock(print({ isolates, view })).body, reversed);
  });

  test('folds what only leads from one function to the next, unless all frames are wanted', () => {
    const native = (name: string, file = 'node'): Frame =>
      frame(name, { kind: 'native', file, line: null, column: null, isUserCode: false });
    const through = ['v8::internal::FunctionCallbackArguments::Call', 'v8::internal::Builtin_HandleApiCall'];
    const jobs = ['v8::internal::MicrotaskQueue::RunMicrotasks', 'v8::internal::Execution::Call'];
    const frames = [
      native('nanosleep', 'libc.so.6'),
      native('Statement::JS_run', 'sqlite.node'),
      ...through.map((name) => native(name)),
      frame('save'),
      ...jobs.map((name) => native(name)),
      nodeFrame('emit', 'node:events'),
      ...['node::(anonymous namespace)::Parser::on_headers_complete', 'uv__stream_io', 'uv_run'].map((name) =>
        native(name),
      ),
    ];
    const isolates = [mainThread({ state: 'blocked', stack: captured(frames, { method: 'passive' }) })];
    const folded = mainBlock(print({ isolates })).body;
    assert.match(folded, /JS_run .*\n {2}\(2 native frames of V8\)\n {2}save /);
    assert.match(folded, /save .*\n {2}\(2 native frames of V8, running promise jobs\)\n {2}emit /);
    assert.match(folded, /emit .*\n {2}\(from libuv: HTTP parser\)\n/);
    const all = mainBlock(print({ isolates, view: { frameOrder: 'innermost-first', frames: 'all' } })).body;
    for (const { functionName } of frames) assert.ok(all.includes(`  ${functionName} `), functionName);
    assert.doesNotMatch(all, /native frames of V8|from libuv/);
  });

  test('never folds what V8 itself is at, nor frames that were omitted', () => {
    const native = (name: string): Frame =>
      frame(name, { kind: 'native', file: 'node', line: null, column: null, isUserCode: false });
    const frames = [
      native('v8::internal::Heap::CollectGarbage'),
      native('v8::internal::Runtime_New'),
      frame('f'),
    ];
    const stack = captured([...frames, native('v8::a'), native('v8::b'), native('v8::c'), frame('g')], {
      cut: { afterIndex: 4, count: 7, atLeast: false },
    });
    const { body } = mainBlock(print({ isolates: [mainThread({ state: 'running', stack })] }));
    assert.match(body, /CollectGarbage .*\n {2}v8::internal::Runtime_New /);
    assert.match(body, /v8::b .*\n {2}\.\.\. 7 frames omitted \.\.\.\n/);
  });

  test('says that an idle thread is idle, and for how long', () => {
    assert.match(mainBlock(print()).body, /event loop is idle: it has been waiting for events for 8\.2 s\./);
  });

  test('says loudly that a thread does not answer, where it is, and why there is no stack', () => {
    const reason = 'no answer within 100 ms';
    const { head, body } = workerBlock(
      printThreads(
        mainThread(),
        workerThread(4, {
          name: 'deployer',
          state: 'not-answering',
          os: osThread(9, { syscall: { number: 61, name: 'wait4', description: null } }),
          stack: { status: 'unavailable', reason },
          heap: { status: 'unavailable', reason },
          note: reason,
          answeredAfterMs: null,
        }),
      ),
      'deployer',
    );
    assert.match(head, /NOT ANSWERING/);
    assert.match(body, /state: S sleeping in wait4;/);
    assert.match(body, /\*\*\* NOT ANSWERING, S sleeping in wait4: no answer within 100 ms/);
    assert.equal(body.split(reason).length, 2, 'the reason stands there once');
  });

  test('names a worker that was never registered', () => {
    const stack = { status: 'unavailable', reason: 'nobody could ask it' } as const;
    const text = printThreads(mainThread(), workerThread(2, { state: 'not-registered', stack }));
    assert.match(threadBlocks(text)[1]?.head ?? '', /NOT REGISTERED/);
    assert.match(threadBlocks(text)[1]?.body ?? '', /\*\*\* NOT REGISTERED: .*nobody could ask it/);
  });

  test('has one line for the threads of Node and of gmr-native that wait for work', () => {
    const waiting = (names: readonly string[]): Stack =>
      captured(names.map((name) => frame(name, { kind: 'native', file: 'node', line: null, column: null })));
    const futex = {
      syscall: { number: 202, name: 'futex', description: null },
      cpuUserMs: 0,
      cpuSystemMs: 0,
    };
    const idle = waiting(['uv_cond_wait', 'node::(anonymous namespace)::PlatformWorkerThread']);
    const otherThreads = [
      otherThread(20, { ...futex, name: 'node', stack: idle }),
      otherThread(21, { ...futex, name: 'node', stack: idle }),
      otherThread(22, { ...futex, name: 'libuv-worker', stack: waiting(['uv_cond_wait', 'worker']) }),
      otherThread(23, { ...futex, name: 'libuv-worker', stack: waiting(['getaddrinfo', 'worker']) }),
      otherThread(24, { ...futex, name: 'gmr-reporter', state: 'R' }),
    ];
    const text = print({ otherThreads });
    assert.match(
      text,
      /^ {2}4 helpers of Node and gmr-native, without work of the application: 2 x V8 platform worker, libuv worker, gmr-reporter {2}tids 20 21 22 24 {2}cpu 0\.0 s$/m,
    );
    assert.match(text, /^ +1 x libuv-worker +S sleeping in futex {2}tid 23 [^]*getaddrinfo/m);
    const all = print({ otherThreads, view: { frameOrder: 'innermost-first', frames: 'all' } });
    assert.match(all, /^ +2 x node +S sleeping in futex {2}tids 20 21 [^]*PlatformWorkerThread/m);
    assert.doesNotMatch(all, /helpers of Node/);
  });

  test('groups the other threads of the process', () => {
    const futex = {
      name: 'V8Worker',
      syscall: { number: 202, name: 'futex', description: null },
      cpuUserMs: 20,
      cpuSystemMs: 5,
    };
    const text = print({
      otherThreads: [12, 13, 14, 15]
        .map((tid) => otherThread(tid, futex))
        .concat(otherThread(16, { name: 'zlib' })),
    });
    assert.match(text, /^ +4 x V8Worker +S sleeping in futex {2}tids 12 13 14 15 {2}cpu 0\.1 s$/m);
    assert.match(text, /^ +1 x zlib +S sleeping in epoll_pwait {2}tid 16 {2}cpu 0\.2 s$/m);
  });
});

describe('a report that somebody wants to use against a terminal', () => {
  test('has no control character, wherever it was put', () => {
    const evil = 'x\u001b[2J\u009b1m\u0007\r\u202e\u2028\u0000y';
    const hostile = captured([frame(evil, { file: `/srv/${evil}`, isEval: true })], {
      asyncFramesSkipped: evil,
    });
    const text = print({
      reportId: evil,
      facts: facts({
        serviceName: evil,
        host: evil,
        argv: [evil, `${evil} z`],
        execArgv: [evil],
        nodeOptions: evil,
        cwd: evil,
        package: { product: evil, vendor: evil, version: evil, root: null },
      }),
      isolates: [
        mainThread({
          state: 'running',
          note: evil,
          stack: hostile,
          greenThreads: greenThreads(
            [
              greenGroup([asyncFrame(evil, { className: evil, file: evil, via: evil }), asyncFrame(evil)], {
                waitsFor: evil,
                deadlock: true,
              }),
              greenGroup([asyncFrame(evil)], { waitsFor: evil }),
            ],
            { waitsForSkipped: evil },
          ),
        }),
        workerThread(1, {
          name: evil,
          entry: evil,
          stack: { status: 'unavailable', reason: evil },
          greenThreads: { status: 'unavailable', reason: evil },
        }),
      ],
      otherThreads: [otherThread(5, { name: evil })],
      configuration: configuration({
        objects: { [evil]: evil },
        failures: { [evil]: evil },
        environment: { policy: 'safe', variables: { [evil]: evil, [`${evil}2`]: null }, leftOut: 0 },
      }),
      sections: [
        { title: evil, result: { status: 'ok', value: { [evil]: [evil, { a: evil }] }, tookMs: 1 } },
        { title: evil, result: { status: 'failed', reason: evil } },
      ],
    });
    assert.doesNotMatch(text, /[^\n\P{Cc}]|[\p{Bidi_Control}\u2028]/u);
    assert.ok(text.includes('x\\x1b[2J\\x9b1m\\x07\\r\\u202e\\u2028\\x00y'));
  });
});
