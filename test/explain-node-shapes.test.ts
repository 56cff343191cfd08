import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HeldValue, Wait, WaitHolder } from '../src/report/waits';
import { requireLib } from './support/lib';

const { explainWait } = requireLib('explain/explain') as typeof import('../src/explain/explain');

const NATIVE = 'what was found in the heap';

type Plain = string | number | boolean | null;

function valuesOf(
  plain: Readonly<Record<string, Plain | { readonly of: string }>>,
): Record<string, HeldValue> {
  return Object.fromEntries(
    Object.entries(plain).map(([path, value]): [string, HeldValue] => {
      if (value === null) return [path, { kind: 'null', text: 'null' }];
      if (typeof value === 'object') return [path, { kind: 'object', text: value.of }];
      return [path, { kind: typeof value as 'string' | 'number' | 'boolean', text: String(value) }];
    }),
  );
}

function holder(part: Partial<WaitHolder>): WaitHolder {
  return {
    kind: 'object',
    className: null,
    functionName: null,
    file: null,
    member: null,
    knownAs: part.className ?? null,
    values: {},
    ...part,
  };
}

/** What holds the listener of an event. */
function emitter(event: string, part: Partial<WaitHolder>): readonly WaitHolder[] {
  return [holder({ kind: 'plain-object', member: event }), holder({ member: '_events', ...part })];
}

function textOf(holders: readonly WaitHolder[]): string {
  const answer = {
    before: '',
    text: NATIVE,
    after: '',
    library: null,
    counts: null,
    resource: null,
    holders,
  };
  const wait: Wait = { via: null, answers: [answer], rest: '' };
  return explainWait(wait)
    .answers.map(({ text }) => text)
    .join();
}

const CONSTRUCTED = 1 << 8;

function readable(flags: number): string {
  return textOf(
    emitter('end', {
      className: 'Rows',
      knownAs: 'Readable',
      values: valuesOf({
        '_readableState.length': 3,
        '_readableState.highWaterMark': 16,
        '_readableState.@kState': CONSTRUCTED | flags,
      }),
    }),
  );
}

describe('the states of a stream', () => {
  const objects = 1;
  test('objects', () => {
    assert.equal(readable(objects), 'event "end" of Rows: 3 objects not read (high water mark 16)');
  });
  test('paused and ended', () => {
    const paused = (1 << 25) | (1 << 26);
    const ended = 1 << 9;
    assert.equal(
      readable(paused | ended),
      'event "end" of Rows: 3 bytes not read (high water mark 16), paused, ended',
    );
  });
  test('destroyed, and failed', () => {
    const destroyed = 1 << 4;
    const failed = 1 << 7;
    assert.match(readable(destroyed), /, destroyed$/);
    assert.match(readable(destroyed | failed), /, failed$/);
  });
  test('of the package readable-stream, which has no flags', () => {
    const values = valuesOf({ '_readableState.length': 0, '_readableState.highWaterMark': 16384 });
    const holders = emitter('data', { className: 'Rows', knownAs: 'Readable', values });
    assert.equal(textOf(holders), 'event "data" of Rows: nothing to read');
  });
});

describe('a child process that has ended', () => {
  const child = (event: string, values: Record<string, HeldValue>): string =>
    textOf(emitter(event, { kind: 'request', className: 'ChildProcess', values }));
  const ended = valuesOf({ pid: 7, spawnfile: 'ffmpeg', exitCode: null, signalCode: 'SIGKILL' });

  test('by a signal', () => {
    assert.equal(child('close', ended), 'child process 7 (ffmpeg), ended by SIGKILL');
    assert.equal(
      child('exit', ended),
      'event "exit" of child process 7 (ffmpeg), which was ended by SIGKILL already: it will not come again',
    );
  });
  test('while its output is open', () => {
    const open = valuesOf({
      'stdout._readableState.length': 0,
      'stdout._readableState.@kState': CONSTRUCTED,
    });
    assert.equal(
      child('close', { ...ended, ...open }),
      'child process 7 (ffmpeg), ended by SIGKILL, its stdout still open',
    );
  });
});

describe('a child process that runs', () => {
  test('is named by its program, without the folder', () => {
    const values = valuesOf({ pid: 7, spawnfile: '/usr/lib/node_modules/x/bin/convert', exitCode: null });
    assert.equal(
      textOf(emitter('exit', { kind: 'request', className: 'ChildProcess', values })),
      'child process 7 (convert), running',
    );
  });
});

describe('an event of a WebSocket', () => {
  const socket = (event: string, state: number): string =>
    textOf(
      emitter(event, { className: 'WebSocket', values: valuesOf({ _readyState: state, _closeCode: 1006 }) }),
    );

  test('that may come', () => {
    assert.equal(socket('open', 0), 'WebSocket, connecting: to open');
    assert.equal(socket('message', 1), 'WebSocket, open: a message');
    assert.equal(socket('close', 2), 'WebSocket, closing: to be closed');
  });
  test('that has passed', () => {
    assert.equal(
      socket('open', 1),
      'event "open" of WebSocket, which is open already: it will not come again',
    );
    assert.equal(socket('message', 3), 'event "message" of WebSocket, which is closed: it will not come');
    assert.equal(
      socket('close', 3),
      'event "close" of WebSocket, which is closed already: it will not come again',
    );
  });
});

describe('a worker thread', () => {
  test('may have begun long ago, if its event "online" was not handled', () => {
    const values = valuesOf({ '@kHandle': { of: 'Worker' }, '@kHandle.threadId': 3, '@kIsOnline': false });
    assert.equal(
      textOf(emitter('message', { kind: 'request', className: 'Worker', values })),
      'event "message" of worker thread 3, whose event "online" was not handled yet',
    );
  });
});

describe('an interface of readline', () => {
  test('says that it is closed itself, not its input', () => {
    const values = valuesOf({ input: { of: 'ReadStream' }, closed: true });
    assert.match(
      textOf(emitter('line', { className: 'Interface', file: 'node:internal/readline/interface', values })),
      /^event "line" of readline Interface, which is closed, on /,
    );
  });
});

describe('a task of piscina that is queued', () => {
  const task = holder({
    className: 'TaskInfo',
    member: 'callback',
    values: valuesOf({ filename: '/srv/resize.js', taskId: 3, workerInfo: null }),
  });
  const pool = (values: Record<string, HeldValue>): WaitHolder =>
    holder({
      className: 'ThreadPool',
      member: 'taskQueue',
      values: {
        ...valuesOf({ 'workers.readyItems.size': 1, 'options.maxThreads': 4, 'skipQueue.length': 1 }),
        ...values,
      },
    });

  test('in an array, while a thread starts', () => {
    const values = valuesOf({ 'workers.pendingItems.size': 1, 'taskQueue.tasks.length': 5 });
    assert.equal(textOf([task, pool(values)]), 'piscina: 1 of 4 threads busy, 1 starting, 6 tasks queued');
  });
  test('in a buffer that has turned round', () => {
    const values = valuesOf({
      'taskQueue.tail.top': 2,
      'taskQueue.tail.bottom': 2046,
      'taskQueue.tail.next': null,
    });
    assert.equal(textOf([task, pool(values)]), 'piscina: 1 of 4 threads busy, 5 tasks queued');
  });
  test('in several buffers: how many is not known', () => {
    const values = valuesOf({
      'taskQueue.tail.top': 2,
      'taskQueue.tail.bottom': 3,
      'taskQueue.tail.next': { of: 'FixedCircularBuffer' },
    });
    assert.equal(textOf([task, pool(values)]), 'piscina: 1 of 4 threads busy');
  });
  test('by a balancer of the program, which may leave threads without work', () => {
    const values = valuesOf({ 'options.loadBalancer': { of: 'Function' } });
    assert.equal(textOf([task, pool(values)]), 'piscina task /srv/resize.js, queued');
  });
});

describe('a class of the program with a name of one of Node', () => {
  const file = '/srv/app.js';
  const others: Readonly<Record<string, readonly WaitHolder[]>> = {
    Worker: emitter('drained', { className: 'Worker', file }),
    ChildProcess: emitter('exit', { className: 'ChildProcess', file, values: valuesOf({ pid: 7 }) }),
    Interface: emitter('line', { className: 'Interface', file, values: valuesOf({ input: { of: 'Form' } }) }),
    Readable: emitter('data', { className: 'Readable', file }),
    Socket: emitter('data', { className: 'Socket', file }),
    HashJob: [holder({ className: 'HashJob', member: 'ondone', file })],
    ReadFileContext: [holder({ className: 'ReadFileContext', member: 'callback', file })],
    TaskInfo: [holder({ className: 'TaskInfo', member: 'callback', file })],
    WritableStream: [holder({ className: 'WritableStream', member: '[kState]', file })],
    BroadcastChannel: [holder({ className: 'BroadcastChannel', member: '[kEvents]', file })],
  };
  for (const [name, holders] of Object.entries(others)) {
    test(name, () => assert.equal(textOf(holders), NATIVE));
  }
});
