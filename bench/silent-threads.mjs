// How long a report takes when threads cannot answer, and how long a busy one is held for it.
//
//   node bench/silent-threads.mjs [--rounds=30] [--json]
//
// See bench/README.md for what the columns mean. Linux only.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Child, nowMs } from './support/child.mjs';
import { cell, summary, table } from './support/statistics.mjs';

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '30' }, json: { type: 'boolean', default: false } },
});
const ROUNDS = Number(flags.rounds);
if (!(ROUNDS > 0)) throw new Error('--rounds must be a number above 0');

const PATIENCE_MS = 5_000;
const PAUSE_MS = 100;
const END = /\n==== End of report[^\n]*\n/;

function toMs(match) {
  return match === null ? undefined : Number(match[1]) * { s: 1000, ms: 1, us: 0.001 }[match[2]];
}

async function ask(child) {
  await delay(PAUSE_MS);
  const from = child.stderr.length;
  const killed = nowMs();
  child.kill('SIGUSR2');
  const text = await child.until(() => {
    const report = child.stderr.slice(from);
    return END.test(report) ? report : undefined;
  }, PATIENCE_MS);
  if (text === null) throw new Error('no report came');
  if (!text.includes('readForEver')) throw new Error(`main's stack is missing:\n${text}`);
  return {
    lastByteMs: nowMs() - killed,
    stacksMs: toMs(/stacks after ([\d.]+) (ms|s)/.exec(text)),
    heldMs: toMs(/read from memory while held for ([\d.]+) (ms|s|us)/.exec(text)),
  };
}

async function measure(worker) {
  const folder = mkdtempSync(join(tmpdir(), 'gmr-bench-'));
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const child = new Child('silent.cjs', { args: [fifo, worker], cwd: folder });
  try {
    await child.ready();
    const threads = readdirSync(`/proc/${child.pid}/task`).length;
    const first = await ask(child);
    const answers = [];
    for (let round = 0; round < ROUNDS; round += 1) answers.push(await ask(child));
    const of = (name) =>
      summary(answers.map((answer) => answer[name]).filter((value) => value !== undefined));
    return {
      worker,
      threads,
      firstMs: first.lastByteMs,
      stacks: of('stacksMs'),
      last: of('lastByteMs'),
      held: of('heldMs'),
    };
  } finally {
    child.kill('SIGKILL');
    await child.ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

const results = [await measure('idle'), await measure('busy')];
const rows = results.map(({ worker, threads, firstMs, stacks, last, held }) => [
  `in readSync; worker ${worker === 'busy' ? 'in pbkdf2Sync' : 'idle'}`,
  String(threads),
  cell(stacks),
  cell(last),
  firstMs.toFixed(1),
  held === null ? '-' : cell(held),
]);
const head = ['main', 'threads', 'stacks captured', 'last byte', 'first report', 'worker held'];
process.stdout.write(
  flags.json
    ? `${JSON.stringify({ node: process.version, rounds: ROUNDS, results }, null, 2)}\n`
    : `Node ${process.version}, ${ROUNDS} rounds; ms, median / p90 / max\n\n${table(head, rows)}\n`,
);
