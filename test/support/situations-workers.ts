import type { IsolateThread, Photograph } from '../../src/report/model';
import {
  captured,
  frame,
  greenGroup,
  greenThreads,
  mainThread,
  nodeFrame,
  osThread,
  otherThread,
  workerThread,
} from './photographs';
import {
  asleep,
  blockedIn,
  native,
  ofMain,
  ofPackage,
  own,
  running,
  waits,
  waitsInPackage,
  type Situation,
} from './situations';

const idle = 'main thread: idle for 8.2 s.';
const idleNote =
  'main thread: no async function is suspended and no .then() handler waits for a native promise; most other callbacks are not listed.';

const free = mainThread({ greenThreads: greenThreads([]) });

function ofWorkers(name: string, workers: readonly IsolateThread[], summary: readonly string[]): Situation {
  return { name, given: { isolates: [free, ...workers] }, summary };
}

function job(count: number): Pick<IsolateThread, 'greenThreads'> {
  return { greenThreads: greenThreads([greenGroup([waits('renderPage', 'job.js', 5)], { count })]) };
}

/** A worker without gmr-native whose thread is not known, such as that of a loader. */
const unseen: Partial<IsolateThread> = {
  state: 'not-registered',
  os: { status: 'unavailable', reason: 'its thread is not known' },
  stack: { status: 'unavailable', reason: 'gmr-native is not loaded in it' },
};

const inPool = captured([ofPackage('atomicsWaitLoop', 'piscina/dist/worker.js', 159)]);

/** Workers, those that matter first. */
export const WORKERS: readonly Situation[] = [
  ofWorkers(
    'workers that are alike, and idle ones',
    [
      workerThread(1),
      workerThread(2, { ...blockedIn([own('spin', 'a.js', 3)]), loopStalledMs: 3100 }),
      workerThread(3),
      workerThread(4, { ...blockedIn([own('spin', 'a.js', 3)]), loopStalledMs: 9000 }),
      workerThread(5, {
        name: 'resizer',
        state: 'not-answering',
        os: osThread(7),
        stack: { status: 'unavailable', reason: 'x' },
      }),
    ],
    [
      'workers 2, 4: blocked for 3.1 s to 9 s in spin (a.js:3).',
      'worker 5 (resizer): not answering, sleeping in epoll_pwait.',
      idle,
      idleNote,
      '2 workers: idle.',
    ],
  ),
  ofWorkers(
    'a pool that sleeps, and one job that is suspended',
    [
      workerThread(1, { state: 'waiting', stack: inPool }),
      workerThread(2, { state: 'waiting', stack: inPool }),
      workerThread(3, job(1)),
      workerThread(4),
    ],
    [
      idle,
      idleNote,
      'worker 3: idle, 1 async function suspended in renderPage (job.js:5).',
      '2 workers: waiting in Atomics.wait (piscina worker).',
      'worker 4: idle for 8.2 s.',
    ],
  ),
  ofWorkers(
    'a worker that waits, named by its entry',
    [workerThread(1, { state: 'waiting', entry: 'file:///srv/node_modules/tinypool/dist/entry/worker.js' })],
    [idle, idleNote, 'worker 1: waiting in Atomics.wait (tinypool worker).'],
  ),
  ofWorkers(
    'a worker of the application that waits',
    [workerThread(1, { state: 'waiting', stack: captured([own('nextJob', 'worker.js', 9)]) })],
    [idle, idleNote, 'worker 1: waiting in Atomics.wait in nextJob (worker.js:9).'],
  ),
  ofWorkers(
    'a worker whose loop spins, and one that is idle',
    [
      workerThread(1),
      workerThread(2, {
        name: 'ticker',
        state: 'running',
        os: running,
        loopTurns: { count: 900, duringMs: 20 },
        stack: captured([own('poll', 'poll.js', 3), nodeFrame('processImmediate', 'node:internal/timers')]),
      }),
    ],
    [
      'worker 2 (ticker): spinning: its event loop turned 900 times in 20 ms, in poll (poll.js:3), called by setImmediate.',
      idle,
      idleNote,
      'worker 1: idle for 8.2 s.',
    ],
  ),
  ofWorkers(
    'the same job in several workers',
    [
      workerThread(1, job(2)),
      workerThread(2, job(3)),
      workerThread(3, { ...job(1), ...blockedIn([own('f', 'b.js', 1)]) }),
    ],
    [
      'worker 3: blocked for 2.3 s in f (b.js:1).',
      idle,
      idleNote,
      'workers 1, 2, 3: 6 async functions suspended in renderPage (job.js:5).',
    ],
  ),
  ofWorkers(
    "a worker with a package's own functions",
    [
      workerThread(1, {
        name: 'pino/file',
        greenThreads: greenThreads([greenGroup([waitsInPackage('w', 'thread-stream/w.js', 1)])]),
      }),
    ],
    [idle, idleNote, 'worker 1 (pino/file): idle for 8.2 s.'],
  ),
  ofWorkers(
    'a deadlock in a worker',
    [
      workerThread(1, {
        greenThreads: greenThreads([
          greenGroup([waits('f', 'a.js', 1, { inCycle: true })], { deadlock: true }),
        ]),
      }),
    ],
    ['worker 1: DEADLOCK: f (a.js:1) waits for itself.', idle, idleNote, 'worker 1: idle for 8.2 s.'],
  ),
  ofWorkers(
    'workers that ended, or do not know gmr-native',
    [
      workerThread(1, { state: 'exited' }),
      workerThread(2, {
        state: 'not-registered',
        os: asleep('read', 'read(fd 3)'),
        stack: { status: 'unavailable', reason: 'x' },
      }),
      workerThread(3, {
        state: 'not-registered',
        os: running,
        stack: captured([own('spin', 'a.js', 1)], { method: 'passive' }),
      }),
      workerThread(4, unseen),
      workerThread(5, unseen),
      workerThread(6),
    ],
    [
      'worker 2: not registered (gmr-native is not loaded in it), sleeping in read(fd 3).',
      'worker 3: not registered (gmr-native is not loaded in it), running in spin (a.js:1).',
      idle,
      idleNote,
      'worker 1: exited while the report was made.',
      'worker 6: idle for 8.2 s.',
      'workers 4, 5: not registered.',
    ],
  ),
  {
    name: 'a thousand different workers',
    given: {
      isolates: [
        free,
        ...Array.from({ length: 1000 }, (_, n) =>
          workerThread(n + 1, blockedIn([own(`f${n}`, 'a.js', n + 1)])),
        ),
      ],
    },
    summary: [
      ...Array.from({ length: 11 }, (_, n) => `worker ${n + 1}: blocked for 2.3 s in f${n} (a.js:${n + 1}).`),
      '991 more like these: see Threads.',
    ],
  },
  {
    name: 'no JavaScript thread at all',
    given: { isolates: [] },
    summary: ['No JavaScript thread is known.'],
  },
];

const { heap } = mainThread();
const MB = 1_048_576;
const heapClasses: IsolateThread['heapClasses'] = {
  status: 'known',
  classes: [
    { name: '(string)', file: '', count: 1_400_000, bytes: 120 * MB },
    { name: 'Session', file: '/srv/app/session.js', count: 1, bytes: 48 * MB },
  ],
  otherClasses: 40,
  otherBytes: 12 * MB,
  totalObjects: 2_000_000,
  approximate: true,
};
const full = heap.status === 'known' ? { ...heap, oldUsedBytes: 252 * MB, oldLimitBytes: 256 * MB } : heap;

function ofThreads(
  name: string,
  otherThreads: Photograph['otherThreads'],
  summary: readonly string[],
): Situation {
  return { name, given: { isolates: [free], otherThreads }, summary: [...summary, idle, idleNote] };
}

/** Heaps, other threads, and the ends of processes. */
export const ALARMS: readonly Situation[] = [
  ofMain('a heap of which 252 of 256 MB are used', { heap: full }, [
    'main thread: its heap is 98 % full: 252 MB of 256 MB in the old generation (limit: --max-old-space-size).',
    idle,
    idleNote,
  ]),
  ofMain('a full heap of which the classes are known', { heap: full, heapClasses }, [
    'main thread: its heap is 98 % full: 252 MB of 256 MB in the old generation (limit: --max-old-space-size).',
    'main thread: the largest classes of its heap: (string) (120 MB in 1400000 objects), Session of session.js (48.0 MB in 1 object).',
    idle,
    idleNote,
  ]),
  ofMain('a heap whose limit is not known', { heap: { ...full, oldLimitBytes: null } as typeof heap }, [
    idle,
    idleNote,
  ]),
  ofWorkers(
    'a full heap of a worker',
    [workerThread(2, { heap: full })],
    [
      'worker 2: its heap is 98 % full: 252 MB of 256 MB in the old generation (limit: resourceLimits.maxOldGenerationSizeMb).',
      idle,
      idleNote,
      'worker 2: idle for 8.2 s.',
    ],
  ),
  ofThreads(
    'a thread of the pool that computes',
    [
      otherThread(4711, {
        name: 'libuv-worker',
        state: 'R',
        syscall: null,
        cpuShare: 0.98,
        stack: captured([native('SHA512_Update'), native('worker')]),
      }),
    ],
    ['thread 4711 (libuv worker) used 98 % of a CPU while the report was made, in SHA512_Update of node.'],
  ),
  ofThreads(
    'a thread of an addon without a stack',
    [otherThread(16_046, { state: 'R', syscall: null, cpuShare: 1 }), otherThread(9, { cpuShare: 0.2 })],
    ['thread 16046 used 100 % of a CPU while the report was made.'],
  ),
  ofThreads(
    'a thread of an addon that gets little of a busy machine',
    [
      otherThread(16_046, { state: 'R', syscall: null, cpuShare: 0.3 }),
      otherThread(16_047, { state: 'S', cpuShare: 0.3 }),
      otherThread(16_048, { name: 'node-V8Worker', state: 'R', syscall: null, cpuShare: 0.3 }),
    ],
    ['thread 16046 used 30 % of a CPU while the report was made.'],
  ),
  ofThreads(
    'a thread of an addon that gets next to nothing of a crowded machine',
    [
      otherThread(16_046, { state: 'R', syscall: null, cpuShare: 0.04, cpuWaitShare: 0.93 }),
      otherThread(16_047, { state: 'R', syscall: null, cpuShare: 0.04, cpuWaitShare: 0.2 }),
      otherThread(16_048, {
        name: 'node-V8Worker',
        state: 'R',
        syscall: null,
        cpuShare: 0.04,
        cpuWaitShare: 0.9,
      }),
    ],
    ['thread 16046 used 4 % of a CPU while the report was made, and waited for one 93 % of the time.'],
  ),
  ofThreads(
    "a running thread between V8's scheduler and the inspector's, which has no name before Node 24",
    [
      otherThread(20, { stack: captured([native('node::DelayedTaskScheduler::Run')]) }),
      otherThread(21, { name: 'node', state: 'R', syscall: null, cpuShare: 0.3 }),
      otherThread(22, { name: 'node', state: 'R', syscall: null, cpuShare: 0.6 }),
      otherThread(23, { stack: captured([native('node::inspector::StartIoThreadMain')]) }),
      otherThread(24, { name: 'node', state: 'R', syscall: null, cpuShare: 0.3 }),
    ],
    [
      'thread 22 (V8 platform worker) used 60 % of a CPU while the report was made.',
      'thread 24 used 30 % of a CPU while the report was made.',
    ],
  ),
  ofThreads(
    "threads of V8's and our own",
    [
      ...[20, 21, 22, 23, 24].map((tid) => otherThread(tid, { name: 'node-V8Worker', cpuShare: tid / 30 })),
      otherThread(30, { name: 'gmr-green', cpuShare: 0.9 }),
    ],
    [
      'threads 20, 21, 22, 23, and 1 more (V8 platform worker) used 67 % to 80 % of a CPU each while the report was made.',
    ],
  ),
  {
    name: 'an exception that ends the process',
    given: {
      trigger: {
        kind: 'fatal',
        error:
          "TypeError: Cannot read properties of undefined (reading 'id')\n    at parse (/srv/app/node_modules/pg/lib/a.js:5:1)\n    at async Cart.total [as sum] (/srv/app/cart.js:6:30)\n    at /srv/app/app.js:1:1",
      },
      isolates: [mainThread(blockedIn([own('onFatal', 'index.js', 775)]))],
    },
    summary: [
      "The process is about to end: TypeError: Cannot read properties of undefined (reading 'id'), thrown in Cart.total (cart.js:6).",
    ],
  },
  {
    name: 'a rejection without a stack',
    given: { trigger: { kind: 'fatal', error: 'unhandled rejection: out of tickets' }, isolates: [free] },
    summary: ['The process is about to end: unhandled rejection: out of tickets.'],
  },
  {
    name: 'a heap that ends the process',
    given: {
      trigger: { kind: 'fatal', error: 'the heap of the main thread is about to reach its limit of 128 MB' },
      isolates: [
        mainThread({
          ...blockedIn([frame('leakCache', { file: '/srv/app/app.js', line: 8 }), native('uv_run')]),
          greenThreads: greenThreads([]),
        }),
      ],
    },
    summary: [
      'The process is about to end: the heap of the main thread is about to reach its limit of 128 MB.',
      'main thread: was running in leakCache (app.js:8).',
    ],
  },
  {
    name: 'a heap that ends the process, of a thread that does not answer',
    given: {
      trigger: { kind: 'fatal', error: 'the heap of the main thread is about to reach its limit of 128 MB' },
      isolates: [
        mainThread({
          ...blockedIn([
            native('v8::internal::Heap::CollectGarbage'),
            own('', 'app.js', 8, { quality: 'function' }),
            own('remember', 'app.js', 8),
          ]),
          heap: { status: 'unavailable', reason: 'the thread did not answer' },
        }),
      ],
    },
    summary: [
      'The process is about to end: the heap of the main thread is about to reach its limit of 128 MB.',
      'main thread: was running in the function at app.js:8, called from remember.',
    ],
  },
  {
    name: 'a watchdog',
    given: {
      trigger: { kind: 'watchdog', threadId: 0, threadName: 'main', blockedMs: 2000 },
      isolates: [mainThread({ ...blockedIn([own('f', 'a.js', 1)]), greenThreads: greenThreads([]) })],
    },
    summary: ['main thread: blocked for 2.3 s in f (a.js:1).'],
  },
  {
    name: 'a main thread that does not answer',
    given: {
      trigger: { kind: 'file', path: '/run/gmr' },
      isolates: [
        mainThread({
          state: 'not-answering',
          os: asleep('read', 'read(fd 3 -> /mnt/nfs/a)'),
          stack: { status: 'unavailable', reason: 'no answer' },
          greenThreads: { status: 'unavailable', reason: 'no answer' },
        }),
      ],
    },
    summary: ['main thread: not answering, sleeping in read(fd 3 -> /mnt/nfs/a).'],
  },
];
