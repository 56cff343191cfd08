import { captured, nodeFrame, osThread } from './photographs';
import { ofMain, own, running, type Situation } from './situations';

const idleNote =
  'main thread: no async function is suspended and no .then() handler waits for a native promise; most other callbacks are not listed.';

const timers = [
  nodeFrame('listOnTimeout', 'node:internal/timers'),
  nodeFrame('processTimers', 'node:internal/timers'),
];

/** Event loops that turn often. */
export const LOOPS: readonly Situation[] = [
  ofMain(
    'a circle of setImmediate',
    {
      state: 'running',
      os: running,
      loopTurns: { count: 1240, duringMs: 20 },
      stack: captured([
        own('checkQueue', 'app.js', 9),
        nodeFrame('processImmediate', 'node:internal/timers'),
      ]),
    },
    [
      'main thread: spinning: its event loop turned 1,240 times in 20 ms, in checkQueue (app.js:9), called by setImmediate.',
    ],
  ),
  ofMain(
    'a slower circle of setImmediate',
    {
      state: 'running',
      os: osThread(1, { state: 'R', syscall: null, cpuShare: 0.97 }),
      loopTurns: { count: 90, duringMs: 20 },
      stack: captured([own('poll', 'app.js', 9), nodeFrame('processImmediate', 'node:internal/timers')]),
    },
    [
      'main thread: spinning: its event loop turned 90 times in 20 ms, in poll (app.js:9), called by setImmediate.',
    ],
  ),
  ofMain(
    'a circle that was not caught in JavaScript',
    { state: 'running', os: running, loopTurns: { count: 2400, duringMs: 20 }, stack: captured([]) },
    ['main thread: spinning: its event loop turned 2,400 times in 20 ms.'],
  ),
  ofMain(
    "a circle that was caught in Node's functions",
    {
      state: 'running',
      os: running,
      loopTurns: { count: 2400, duringMs: 20 },
      stack: captured([nodeFrame('processImmediate', 'node:internal/timers')]),
    },
    [
      'main thread: spinning: its event loop turned 2,400 times in 20 ms, kept awake by immediates (setImmediate).',
    ],
  ),
  ofMain(
    'a timer of 1 ms',
    {
      loopStalledMs: 0,
      loopTurns: { count: 18, duringMs: 20 },
      stack: captured([own('retry', 'app.js', 11), ...timers]),
    },
    [
      'main thread: a timer fires about every millisecond: its event loop turned 18 times in 20 ms, in retry (app.js:11).',
      idleNote,
    ],
  ),
  ofMain(
    'a busy HTTP server',
    {
      state: 'running',
      os: osThread(1, { state: 'R', syscall: null, cpuShare: 0.95 }),
      loopTurns: { count: 160, duringMs: 20 },
      stack: captured([own('answer', 'app.js', 11), nodeFrame('parserOnIncoming', 'node:_http_server')]),
    },
    ['main thread: running in answer (app.js:11).'],
  ),
  ofMain(
    'a timer of some milliseconds',
    {
      state: 'running',
      loopTurns: { count: 3, duringMs: 9.4 },
      stack: captured([own('retry', 'app.js', 11), ...timers]),
    },
    [
      'main thread: a timer fires about every 3 ms: its event loop turned 3 times in 9.4 ms, in retry (app.js:11).',
    ],
  ),
  ofMain(
    'a loop that turns, without a stack of what it does',
    { loopStalledMs: 1, loopTurns: { count: 9, duringMs: 20 }, stack: captured([]) },
    ['main thread: between short tasks: its event loop turned 9 times in 20 ms.', idleNote],
  ),
  ofMain(
    'an idle loop that an event woke meanwhile',
    { loopStalledMs: 14, loopTurns: { count: 2, duringMs: 20 }, stack: captured([]) },
    ['main thread: idle for 14 ms.', idleNote],
  ),
  ofMain(
    'promise jobs without an end',
    {
      state: 'blocked',
      loopStalledMs: 2300,
      busyQueue: 'promise-jobs',
      os: running,
      stack: captured([own('waitUntilWarm', 'poller.mjs', 21)], { runningMicrotasks: true }),
    },
    [
      'main thread: blocked for 2.3 s by promise jobs, one after the other: now in waitUntilWarm (poller.mjs:21).',
    ],
  ),
];
