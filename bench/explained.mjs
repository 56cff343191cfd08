// How many of the functions that wait for pools, locks and limiters are explained, and how long that takes: many
// suspended functions, 50 resources of real libraries, heaps of several sizes.
//
//   npm ci --ignore-scripts --prefix tools/services
//   node bench/explained.mjs [--rounds=5] [--heaps=10:3000,100:100000,1024:100000] [--of=tarn,p-limit] [--json]
//
// See bench/README.md for what the columns mean. Linux only.

import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Child } from './support/child.mjs';
import { cell, summary, table } from './support/statistics.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    heaps: { type: 'string', default: '10:3000,100:100000,1024:100000' },
    of: { type: 'string', default: 'generic-pool,tarn,async-mutex,p-limit' },
    json: { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(flags.rounds);
/** [MB, suspended functions] */
const HEAPS = flags.heaps.split(',').map((heap) => heap.split(':').map(Number));
if (!(ROUNDS > 0)) throw new Error('--rounds must be a number above 0');
if (!HEAPS.flat().every((number) => number > 0)) throw new Error('--heaps must be pairs of numbers above 0');

const RESOURCES = 50;
/** greenThreads.maxAnalysisMs, unless it is set. */
const LIMIT_MS = 3000;
const PATIENCE_MS = 120_000;
/** V8 goes on marking what was just made. */
const SETTLE_MS_PER_MB = 5;

async function ask(child) {
  await delay(300);
  const from = child.stderr.length;
  child.kill('SIGUSR2');
  const line = await child.until(
    () => /^\{"schemaVersion".*\n/m.exec(child.stderr.slice(from))?.[0],
    PATIENCE_MS,
  );
  if (line === null) throw new Error('no report came');
  const { greenThreads } = JSON.parse(line).isolates[0];
  if (greenThreads.status === 'unavailable') throw new Error(greenThreads.reason);
  return greenThreads;
}

/** The groups that wait for one of the resources: those that have something of it are smaller. */
function waitingGroups({ groups }) {
  return groups.filter(
    ({ count, frames }) =>
      count > 30 && frames.some(({ functionName }) => /^use\d+$/.test(functionName ?? '')),
  );
}

function judge(found) {
  const groups = waitingGroups(found);
  const count = (isOne) => groups.filter(isOne).length;
  return {
    suspended: found.suspendedFunctions,
    heapMb: found.scannedBytes / 1024 / 1024,
    ms: found.costMs,
    groups: groups.length,
    explained: count(({ waits }) => waits.answers.some(({ library }) => library !== null)),
    held: count(({ waits }) => waits.answers.some(({ resource }) => resource?.users.length > 0)),
    unfinished: count(({ waitsFor }) => /not followed to the end/.test(waitsFor ?? '')),
    unknown: count(({ waitsFor }) => waitsFor === null),
    partial: found.partial,
    skipped: found.waitsForSkipped,
  };
}

async function measure([heapMb, functions]) {
  const child = new Child('explained.cjs', {
    args: [String(functions), String(heapMb), flags.of],
    execArgv: ['--max-old-space-size=4096'],
  });
  try {
    await child.ready();
    await delay(1000 + heapMb * SETTLE_MS_PER_MB);
    const answers = [];
    for (let round = 0; round < ROUNDS; round += 1) answers.push(judge(await ask(child)));
    return answers;
  } finally {
    await child.stop();
  }
}

const results = [];
for (const heap of HEAPS) results.push(await measure(heap));

/** The worst of all reports. */
const worst = (answers, name) => Math.min(...answers.map((answer) => answer[name]));
const most = (answers, name) => Math.max(...answers.map((answer) => answer[name]));
const rows = results.map((answers) => [
  String(answers[0].suspended),
  answers[0].heapMb.toFixed(0),
  `${worst(answers, 'explained')} of ${RESOURCES}`,
  `${worst(answers, 'held')} of ${RESOURCES}`,
  String(most(answers, 'unfinished')),
  String(most(answers, 'unknown')),
  cell(summary(answers.map(({ ms }) => ms))),
  answers.every(({ ms, partial, skipped }) => ms <= LIMIT_MS && partial === null && skipped === null)
    ? 'yes'
    : 'no',
]);
const head = [
  'suspended',
  'heap MB',
  'explained',
  'holders named',
  'not followed to the end',
  'nothing said',
  'time, as the report says',
  'complete in 3 s',
];
process.stdout.write(
  flags.json
    ? `${JSON.stringify({ node: process.version, rounds: ROUNDS, results }, null, 2)}\n`
    : `Node ${process.version}, ${ROUNDS} rounds; ms, median / p90 / max\n\n${table(head, rows)}\n`,
);
