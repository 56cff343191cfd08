import { EMPTY, at, openThings, reportAt } from './compared';
import {
  asyncFrame,
  captured,
  greenGroup,
  greenThreads,
  mainThread,
  nodeFrame,
  osThread,
  otherThread,
  workerThread,
} from './photographs';
import type { IsolateThread, Photograph } from '../../src/report/model';
import type { WaitAnswer } from '../../src/report/waits';

/** A report with something of everything that a comparison reads; the counts grow with `index`. */
export function richReport(index: number): Photograph {
  const syscall = { number: 0, name: 'read', description: 'read(fd 9 -> /mnt/a)' };
  const worker = { kind: 'native', file: 'node' } as const;
  return reportAt(index, {
    trigger:
      index === 2
        ? { kind: 'fatal', error: 'Error: boom\n    at pay (/srv/app/pay.js:1:1)' }
        : { kind: 'api' },
    isolates: [mainThread(richThread(index)), stuckWorker(1, index), stuckWorker(2 + index, index)],
    otherThreads: [
      otherThread(50, { syscall, stack: captured([at('read', 1), { ...at('worker', 1), ...worker }]) }),
      otherThread(51, { name: 'addon', state: 'R', cpuUserMs: index * 9000 }),
    ],
  });
}

function stuckWorker(threadId: number, index: number): IsolateThread {
  return workerThread(threadId, {
    ...EMPTY,
    name: 'resizer',
    state: 'blocked',
    loopStalledMs: 90_000,
    os: osThread(60 + threadId, { cpuUserMs: index * 9900 }),
    stack: captured([at('resize', 5), at('job', 6), nodeFrame('emit', 'node:events')]),
  });
}

function richThread(index: number): Partial<IsolateThread> {
  const waiting = 10 + 20 * index;
  const text = `pg Pool: 2 of 2 clients in use, ${waiting} waiting ("pool" in /srv/app/db.js)`;
  const resource = {
    id: 1,
    holder: 0,
    inUse: 2,
    mayBeCancelled: false,
    users: [{ count: 2, group: 2, frame: 0 }],
  };
  const answer: WaitAnswer = {
    before: '',
    text,
    after: '',
    library: 'pg',
    counts: { inUse: 2, limit: 2, waiting },
    resource,
    holders: [],
  };
  const cycle = asyncFrame('lockA', { inCycle: true });
  return {
    greenThreads: greenThreads([
      greenGroup([asyncFrame('load')], {
        id: 1,
        count: waiting,
        waitsFor: text,
        waits: { via: null, answers: [answer], rest: '' },
      }),
      greenGroup([asyncFrame('hold', { line: 9 })], { id: 2, count: 2, waitsFor: 'redis command GET' }),
      greenGroup([asyncFrame('leak', { line: 12 })], { id: 3, count: waiting }),
      greenGroup([cycle], { id: 4, deadlock: true }),
      greenGroup([asyncFrame('later', { kind: 'callback' })], { id: 5, count: waiting }),
    ]),
    open: openThings([
      {
        id: 1,
        kind: 'timer',
        count: waiting,
        keepAlive: waiting,
        text: 'setInterval',
        details: { peer: 'x' },
        numbers: {},
        functions: [
          {
            role: 'calls',
            functionName: 'tick',
            file: '/srv/app/a.js',
            line: 3,
            column: 1,
            source: null,
            original: null,
            generated: null,
          },
        ],
      },
    ]),
    heap: {
      status: 'known',
      usedBytes: 1e9,
      totalBytes: 1e9,
      limitBytes: 1e9,
      oldUsedBytes: 3e8 * (index + 1),
      oldLimitBytes: 1e9,
      externalBytes: 1,
      mallocedBytes: 1,
      nativeContexts: 1,
      detachedContexts: 0,
    },
    heapClasses: {
      status: 'known',
      classes: [{ name: 'Order', file: '/srv/app/o.js', count: waiting, bytes: 5e7 * (index + 1) }],
      otherClasses: 0,
      otherBytes: 0,
      totalObjects: 0,
      approximate: false,
    },
  };
}
