'use strict';
// The service that report-latency.mjs asks for reports:
//   latency.cjs <gmr|report> <busy|ticking> <number of workers> <idle|busy>
//
// It watches its own main thread: `busy` looks at the clock in a tight loop, `ticking` at each tick of a 1 ms timer.
// Each gap between two looks that is not a matter of course is printed as `gap <end> <length>`, in ms of the shared
// monotonic clock.

const fs = require('node:fs');

const WRITE_EVERY_MS = 250;
const MOST_GAPS = 100_000;

const [tool, mainState, workerCount, workerState] = process.argv.slice(2);

/** Shorter gaps are the loop's own. The measuring process knows these two numbers. */
const SMALLEST_GAP_MS = mainState === 'busy' ? 0.02 : 1.5;

if (tool === 'gmr') require('gmr-native').setupAutorun({ serviceName: 'bench' });

// After the setup: a Worker class that was taken before it is not the one that registers workers.
const { Worker } = require('node:worker_threads');

const WORKERS = {
  idle: "require('node:worker_threads').parentPort.on('message', () => undefined).postMessage('up')",
  busy: "require('node:worker_threads').parentPort.postMessage('up'); for (;;);",
};

/** From `performance.now()` to the clock that the measuring process reads. */
const clockOffsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

// Made beforehand, so that looking allocates nothing and collects no garbage.
const ends = new Float64Array(MOST_GAPS);
const lengths = new Float64Array(MOST_GAPS);
let gaps = 0;
let last = performance.now();
let lastWrite = last;

function write() {
  let text = '';
  for (let index = 0; index < gaps; index += 1) {
    text += `gap ${(ends[index] + clockOffsetMs).toFixed(3)} ${lengths[index].toFixed(4)}\n`;
  }
  fs.writeSync(1, text);
  gaps = 0;
  // What writing took is not a gap of the service.
  lastWrite = last = performance.now();
}

function look() {
  const now = performance.now();
  if (now - last >= SMALLEST_GAP_MS && gaps < MOST_GAPS) {
    ends[gaps] = now;
    lengths[gaps] = now - last;
    gaps += 1;
  }
  last = now;
  if (now - lastWrite >= WRITE_EVERY_MS) write();
}

function spin() {
  for (;;) look();
}

async function main() {
  for (let index = 0; index < Number(workerCount); index += 1) {
    const worker = new Worker(WORKERS[workerState], { eval: true, name: `worker-${index}` });
    await new Promise((resolve) => worker.once('message', resolve));
  }
  fs.writeSync(1, 'ready\n');
  if (mainState === 'busy') setTimeout(spin, 1);
  else setInterval(look, 1);
}

void main();
