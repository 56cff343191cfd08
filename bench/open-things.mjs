// How much later a report comes because of many sockets and timers, and what the event loop notices of it.
//
//   node bench/open-things.mjs [--rounds=7] [--sizes=0:0,2000:5000,19000:50000] [--json]
//
// See bench/README.md for what the columns mean. Linux only; each socket takes a file descriptor (`ulimit -n`).

import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Child } from './support/child.mjs';
import { cell, summary, table } from './support/statistics.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    sizes: { type: 'string', default: '0:0,2000:5000,19000:50000' },
    json: { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(flags.rounds);
/** [sockets, timers]; the first one is what the others are compared with. */
const SIZES = flags.sizes.split(',').map((size) => size.split(':').map(Number));
if (!(ROUNDS > 0)) throw new Error('--rounds must be a number above 0');
if (!SIZES.flat().every((number) => number >= 0 && number % 2 === 0)) {
  throw new Error('--sizes must be pairs of even numbers');
}
const PATIENCE_MS = 60_000;
/** V8 goes on marking what was just made. */
const SETTLE_MS = 3000;

/** The largest gap of the loop that was printed since stdout was `from` long. */
async function largestGap(child, from) {
  // The line that is under way may be of before, so the one after next is surely complete.
  const gaps = await child.until(() => {
    const found = [...child.stdout.slice(from).matchAll(/^gap ([\d.]+)$/gm)];
    return found.length >= 3 ? found : undefined;
  }, PATIENCE_MS);
  return Math.max(...gaps.map((match) => Number(match[1])));
}

/** Connections and timers. The intervals that watch the loop are not of these. */
function countIn({ groups }) {
  const counted = groups.filter(({ kind, text }) => kind === 'connection' || text === 'timer');
  return counted.reduce((sum, { count }) => sum + count, 0);
}

async function ask({ child, size: [sockets, timers] }) {
  const quietFrom = child.stdout.length;
  const quietMs = await largestGap(child, quietFrom);
  const from = { stdout: child.stdout.length, stderr: child.stderr.length };
  child.kill('SIGUSR2');
  const line = await child.until(
    () => /^\{"schemaVersion".*\n/m.exec(child.stderr.slice(from.stderr))?.[0],
    PATIENCE_MS,
  );
  if (line === null) throw new Error('no report came');
  const { completeAfterMs, isolates } = JSON.parse(line);
  const { open } = isolates[0];
  if (open.status === 'unavailable') throw new Error(open.reason);
  return {
    ms: completeAfterMs,
    gapMs: await largestGap(child, from.stdout),
    quietMs,
    groups: open.groups.length,
    // What is not counted: the section gave up, or an object changed meanwhile.
    missing: sockets + timers - countIn(open),
    partial: open.partial,
  };
}

async function start(size) {
  const child = new Child('open-things.cjs', { args: size.map(String) });
  await child.ready();
  return { child, size, answers: [] };
}

const services = await Promise.all(SIZES.map(start));
try {
  await delay(SETTLE_MS);
  for (const service of services) await ask(service);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const service of services) service.answers.push(await ask(service));
  }
} finally {
  for (const { child } of services) await child.stop();
}

const results = services.map(({ size: [sockets, timers], answers }) => ({
  sockets,
  timers,
  ms: summary(answers.map(({ ms }) => ms)),
  gap: summary(answers.map(({ gapMs }) => gapMs)),
  quiet: summary(answers.map(({ quietMs }) => quietMs)),
  groups: Math.max(...answers.map(({ groups }) => groups)),
  missing: Math.max(...answers.map(({ missing }) => missing)),
  partial: answers.filter(({ partial }) => partial !== null).length,
}));
const [control] = results;
const rows = results.map(({ sockets, timers, ms, gap, quiet, groups, missing, partial }) => [
  String(sockets),
  String(timers),
  cell(ms),
  (ms.median - control.ms.median).toFixed(0),
  cell(gap),
  cell(quiet),
  String(groups),
  String(missing),
  `${partial} of ${ROUNDS}`,
]);
const head = [
  'sockets',
  'timers',
  'all data after',
  'more than the first row',
  'largest gap of the loop',
  'without report',
  'groups',
  'not counted',
  'cut for want of time',
];
console.log(flags.json ? JSON.stringify(results, null, 2) : table(head, rows));
