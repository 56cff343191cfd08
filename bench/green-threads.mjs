// How long the event loop stands still while the suspended async functions of its thread are looked for, and what that
// takes of memory: read while the thread runs, as a report does it, and paused, as greenThreads.consistent asks for.
//
//   node bench/green-threads.mjs [--rounds=5] [--json] [--large]
//
// See bench/README.md for what the columns mean. Linux only.

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Child } from './support/child.mjs';
import { cell, summary, table } from './support/statistics.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(flags.rounds);
if (!(ROUNDS > 0)) throw new Error('--rounds must be a number above 0');

/** [suspended functions, MB of other objects] */
const HEAPS = [[100, 0], [10_000, 0], [100_000, 0], [10_000, 200], ...(flags.large ? [[10_000, 800]] : [])];
const PATIENCE_MS = 60_000;
/** V8 goes on marking what was just made, with all processors: a second for 200 MB here. */
const SETTLE_MS_PER_MB = 5;
const END = /\n==== End of report[^\n]*\n/;
const COST = /read from ([\d.]+) MB of heap in ([\d.]+) (ms|s)/;

/** Of /proc/<pid>/status, in MB. */
function memoryMb(pid, name) {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line[1]) / 1024;
}

/** The largest gap that the service has seen since its stdout was `from` long. */
async function largestGap(child, from) {
  // The line that is under way may be of before, so the one after next is surely complete.
  const lines = await child.until(() => {
    const found = [...child.stdout.slice(from).matchAll(/^gap ([\d.]+) heap (\d+)$/gm)];
    return found.length >= 3 ? found : undefined;
  }, PATIENCE_MS);
  return Math.max(...lines.map((match) => Number(match[1])));
}

async function ask(child, suspended) {
  await delay(300);
  const from = { stdout: child.stdout.length, stderr: child.stderr.length };
  child.kill('SIGUSR2');
  const text = await child.until(() => {
    const report = child.stderr.slice(from.stderr);
    return END.test(report) ? report : undefined;
  }, PATIENCE_MS);
  if (text === null) throw new Error('no report came');
  const cost = COST.exec(text);
  const count = /(\d+) suspended async functions/.exec(text);
  if (cost === null || Number(count?.[1]) !== suspended) throw new Error(`wrong section:\n${text}`);
  return {
    scannedMb: Number(cost[1]),
    ownMs: Number(cost[2]) * (cost[3] === 's' ? 1000 : 1),
    gapMs: await largestGap(child, from.stdout),
  };
}

async function measure([suspended, ballastMb], way) {
  const child = new Child('green.cjs', { args: [String(suspended), String(ballastMb), way] });
  try {
    await child.ready();
    await delay(1000 + ballastMb * SETTLE_MS_PER_MB);
    const quietFrom = child.stdout.length;
    await delay(500);
    const quietMs = await largestGap(child, quietFrom);
    const rssMb = memoryMb(child.pid, 'VmRSS');
    const first = await ask(child, suspended);
    const answers = [];
    for (let round = 0; round < ROUNDS; round += 1) answers.push(await ask(child, suspended));
    const of = (name) => summary(answers.map((answer) => answer[name]));
    return {
      suspended,
      way,
      scannedMb: first.scannedMb,
      firstMs: first.ownMs,
      own: of('ownMs'),
      gap: of('gapMs'),
      quietMs,
      peakMb: memoryMb(child.pid, 'VmHWM') - rssMb,
      grownMb: memoryMb(child.pid, 'VmRSS') - rssMb,
    };
  } finally {
    await child.stop();
  }
}

const results = [];
for (const heap of HEAPS) {
  for (const way of ['running', 'paused']) results.push(await measure(heap, way));
}
const rows = results.map(({ suspended, way, scannedMb, firstMs, own, gap, quietMs, peakMb, grownMb }) => [
  String(suspended),
  way,
  scannedMb.toFixed(0),
  cell(own),
  cell(gap),
  quietMs.toFixed(2),
  firstMs.toFixed(0),
  ((own.median * 1024) / scannedMb).toFixed(0),
  peakMb.toFixed(1),
  grownMb.toFixed(1),
]);
const head = [
  'suspended',
  'thread',
  'heap MB',
  'time to read, as the report says',
  'largest gap of the loop',
  'without report',
  'first',
  'ms per GB',
  'peak RSS +MB',
  'RSS after +MB',
];
process.stdout.write(
  flags.json
    ? `${JSON.stringify({ node: process.version, rounds: ROUNDS, results }, null, 2)}\n`
    : `Node ${process.version}, ${ROUNDS} rounds; ms, median / p90 / max\n\n${table(head, rows)}\n`,
);
