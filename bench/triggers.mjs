// How soon the file trigger and the watchdog deliver while every event loop is blocked, and whether the watchdog takes a
// busy machine for a block.
//
//   node bench/triggers.mjs [--rounds=30] [--calm-seconds=0] [--json]
//
// See bench/README.md for what the columns mean. Linux only.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Child, nowMs } from './support/child.mjs';
import { cell, summary, table } from './support/statistics.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    'calm-seconds': { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(flags.rounds);
if (!(ROUNDS > 0)) throw new Error('--rounds must be a number above 0');
const CALM_SECONDS = Number(flags['calm-seconds']);
if (!(CALM_SECONDS >= 0)) throw new Error('--calm-seconds must be a number');

const INTERVAL_MS = 100;
const THRESHOLD_MS = 200;
const WATCH = { thresholdMs: THRESHOLD_MS, intervalMs: INTERVAL_MS, maxReportsPerHour: 3600 };
const PATIENCE_MS = 10_000;
const HOGS_PER_CORE = 4;
const STOP_EVERY_MS = 20_000;
const STOP_FOR_MS = 1_000;
const END = /\n==== End of report[^\n]*\n/g;

const reportsOf = (child) => child.stderr.match(END)?.length ?? 0;

/** Waits for one report more than `before`; milliseconds from `sinceMs` to its last byte. */
async function nextReport(child, before, sinceMs) {
  const found = await child.until(() => (reportsOf(child) > before ? nowMs() : undefined), PATIENCE_MS);
  if (found === null) throw new Error(`no report came:\n${child.stderr}`);
  return found - sinceMs;
}

async function measureFile(folder) {
  const path = join(folder, 'trigger');
  const options = { fileEventHandler: path, fileEventHandlerInterval: INTERVAL_MS / 1000 };
  const child = new Child('triggered.cjs', { args: [JSON.stringify(options), 'spin'] });
  try {
    await child.ready();
    writeFileSync(path, '');
    await nextReport(child, 0, nowMs());
    const waits = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // At another place of the interval each time.
      await delay(300 + (round % 10) * (INTERVAL_MS / 10));
      const before = reportsOf(child);
      const touched = nowMs();
      utimesSync(path, new Date(), new Date());
      waits.push((await nextReport(child, before, touched)) - INTERVAL_MS);
    }
    return waits;
  } finally {
    await child.stop();
  }
}

async function measureWatchdog() {
  const options = { blockedEventLoop: WATCH };
  const child = new Child('triggered.cjs', { args: [JSON.stringify(options), 'blocks'] });
  try {
    await child.ready();
    const waits = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const block = await child.until(() => {
        const lines = [...child.stdout.matchAll(/^blocked (.+)\n/gm)];
        return lines.length > round ? lines[round] : undefined;
      }, PATIENCE_MS);
      if (block === null) throw new Error('the service stands still');
      const wait = await nextReport(child, round, Number(block[1]));
      // The first report is slower, and is not this bench's subject.
      if (round > 0) waits.push(wait - THRESHOLD_MS - INTERVAL_MS);
    }
    return waits;
  } finally {
    await child.stop();
  }
}

/** Reports of a service that is never blocked, on a machine with several times the work that it can do. */
async function countFalseReports() {
  const hogs = Array.from({ length: availableParallelism() * HOGS_PER_CORE }, () =>
    spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' }),
  );
  const child = new Child('triggered.cjs', { args: [JSON.stringify({ blockedEventLoop: WATCH }), 'turns'] });
  let stops = 0;
  try {
    await child.ready();
    const end = nowMs() + CALM_SECONDS * 1000;
    while (nowMs() < end) {
      await delay(Math.min(STOP_EVERY_MS, end - nowMs()));
      child.kill('SIGSTOP');
      await delay(STOP_FOR_MS);
      child.kill('SIGCONT');
      stops += 1;
    }
    return { seconds: CALM_SECONDS, hogs: hogs.length, stops, reports: reportsOf(child), text: child.stderr };
  } finally {
    for (const hog of hogs) hog.kill('SIGKILL');
    await child.stop();
  }
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'gmr-bench-'));
  try {
    const results = [
      { trigger: `file, interval ${INTERVAL_MS} ms`, lateMs: summary(await measureFile(folder)) },
      {
        trigger: `watchdog, threshold ${THRESHOLD_MS} ms, interval ${INTERVAL_MS} ms`,
        lateMs: summary(await measureWatchdog()),
      },
    ];
    const falseReports = CALM_SECONDS > 0 ? await countFalseReports() : null;
    const document = { node: process.version, rounds: ROUNDS, results, falseReports };
    process.stdout.write(flags.json ? `${JSON.stringify(document, null, 2)}\n` : render(document));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function render({ node, rounds, results, falseReports }) {
  const rows = results.map(({ trigger, lateMs }) => [trigger, cell(lateMs)]);
  const lines = [
    `Node ${node}, ${rounds} rounds; ms, median / p90 / max\n`,
    table(['trigger', 'last byte after the interval'], rows),
  ];
  if (falseReports !== null) {
    const { seconds, hogs, stops, reports, text } = falseReports;
    lines.push(
      `\n${seconds} s beside ${hogs} busy processes, with ${stops} times SIGSTOP and SIGCONT: ${reports} reports`,
    );
    if (reports > 0) lines.push(text);
  }
  return `${lines.join('\n')}\n`;
}

await main();
