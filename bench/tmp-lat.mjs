// How long a report takes, and what it costs the service.
//
//   node bench/report-latency.mjs [--rounds=30] [--json] [--vs process.report]
//
// See bench/README.md for what the columns mean.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Child, nowMs } from './support/child.mjs';
import { measureSetup, setupTable } from './support/setup-cost.mjs';
import { cell, summary, table } from './support/statistics.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
    vs: { type: 'string' },
  },
});
const ROUNDS = Number(flags.rounds);
if (!(ROUNDS > 0)) throw new Error('--rounds must be a number above 0');
if (flags.vs !== undefined && flags.vs !== 'process.report')
  throw new Error('--vs knows process.report only');

/** How long to wait for a report that may never come while main is blocked. */
const PATIENCE_MS = 3_000;
/** Quiet time before each signal: what main sees in it is the control. */
const PAUSE_MS = 200;
/** Gaps that the target does not tell; see targets/latency.cjs. */
const SMALLEST_GAP_MS = { busy: 0.02, ticking: 1.5 };

const WORKERS = [
  { count: 0, state: 'idle' },
  { count: 8, state: 'idle' },
  { count: 32, state: 'idle' },
  
];

const TOOLS = {
  gmr: {
    execArgv: () => [],
    end: /\n==== End of report[^\n]*\n/,
    stacksMs: (text) => durationMs(/stacks after ([\d.]+) (ms|s)/.exec(text)),
  },
  report: {
    execArgv: (folder) => ['--report-on-signal', `--report-directory=${folder}`],
    end: /Node\.js report completed/,
    stacksMs: () => undefined,
  },
};

function durationMs(match) {
  return match === null ? undefined : Number(match[1]) * (match[2] === 's' ? 1000 : 1);
}

/** One report of one running target. */
async function ask(child, tool) {
  await delay(PAUSE_MS + 20);
  const from = child.stderr.length;
  const killed = nowMs();
  child.kill('SIGUSR2');
  const done = await child.until(
    () => (tool.end.test(child.stderr.slice(from)) ? nowMs() : undefined),
    PATIENCE_MS,
  );
  if (done === null) return { missed: true };
  return { killed, done, stacksMs: tool.stacksMs(child.stderr.slice(from)) };
}

/** Largest gaps of main while stacks were captured, until the report was written, and in a quiet time before. */
function pauses(stdout, mainState, answers) {
  const gaps = [...stdout.matchAll(/^gap ([\d.]+) ([\d.]+)$/gm)].map((match) => [
    Number(match[1]),
    Number(match[2]),
  ]);
  const largest = (from, to) =>
    gaps
      .filter(([end, length]) => end > from && end - length < to)
      .reduce((most, [, length]) => Math.max(most, length), SMALLEST_GAP_MS[mainState]);
  const capture = answers.filter(({ stacksMs }) => stacksMs !== undefined);
  return {
    captureMs: summary(capture.map(({ killed, stacksMs }) => largest(killed, killed + stacksMs))),
    reportMs: summary(answers.map(({ killed, done }) => largest(killed, done))),
    // As long as the report took, but no longer than it is surely quiet.
    controlMs: summary(
      answers.map(({ killed, done }) => largest(killed - Math.min(done - killed, PAUSE_MS / 2), killed)),
    ),
  };
}

async function measure(name, mainState, workers) {
  const tool = TOOLS[name];
  const folder = mkdtempSync(join(tmpdir(), 'gmr-bench-'));
  const child = new Child('latency.cjs', {
    args: [name, mainState, String(workers.count), workers.state],
    execArgv: tool.execArgv(folder),
    cwd: folder,
  });
  try {
    await child.ready();
    // The first report of a process pays for caches and code that is still cold: a number of its own.
    const first = await ask(child, tool);
    // A worker that does not take part would make the numbers look better than they are.
    if (child.stderr.includes('NOT REGISTERED')) throw new Error('a worker of the target is not registered');
    return {
      firstMs: first.missed ? null : first.done - first.killed,
      ...(await series(child, tool, mainState)),
    };
  } finally {
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function series(child, tool, mainState) {
  const answers = [];
  let missed = 0;
  while (answers.length < ROUNDS && missed === 0) {
    const answer = await ask(child, tool);
    if (answer.missed) missed += 1;
    else answers.push(answer);
  }
  await delay(PAUSE_MS + 300); // The last gaps are written.
  return {
    missed,
    lastByteMs: summary(answers.map(({ killed, done }) => done - killed)),
    stacksMs: summary(answers.map(({ stacksMs }) => stacksMs).filter((value) => value !== undefined)),
    pauses: pauses(child.stdout, mainState, answers),
  };
}

async function main() {
  const tools = flags.vs === undefined ? ['gmr'] : ['gmr', 'report'];
  const results = [];
  for (const mainState of ['ticking']) {
    for (const workers of WORKERS) {
      for (const tool of tools) {
        if (!flags.json)
          process.stderr.write(`main ${mainState}, ${workers.count} ${workers.state} workers, ${tool}\n`);
        results.push({ tool, mainState, workers, ...(await measure(tool, mainState, workers)) });
      }
    }
  }
  const document = {
    node: process.version,
    rounds: ROUNDS,
    reports: results,
    setup: await measureSetup(ROUNDS),
  };
  process.stdout.write(flags.json ? `${JSON.stringify(document, null, 2)}\n` : render(document));
}

function render({ node, rounds, reports, setup }) {
  const rows = reports.map((row) => [
    row.tool === 'gmr' ? 'gmr-native' : 'process.report',
    row.mainState,
    `${row.workers.count} ${row.workers.state}`,
    cell(row.stacksMs),
    row.missed > 0 ? `none in ${PATIENCE_MS / 1000} s` : cell(row.lastByteMs),
    row.firstMs === null ? '-' : row.firstMs.toFixed(1),
    cell(row.pauses.captureMs),
    cell(row.pauses.reportMs),
    cell(row.pauses.controlMs),
  ]);
  const head = [
    'tool',
    'main',
    'workers',
    'stacks captured',
    'last byte',
    'first report',
    'pause for the stacks',
    'pause until last byte',
    'pause without report',
  ];
  return [
    `Node ${node}, ${rounds} rounds; median / p90 / max`,
    '',
    'Reports, in ms from kill:',
    table(head, rows),
    '',
    setupTable(setup),
    '',
    ratios(reports),
    '',
  ].join('\n');
}

function ratios(reports) {
  const lines = [];
  for (const other of reports.filter(({ tool }) => tool === 'report')) {
    const own = reports.find(
      ({ tool, mainState, workers }) =>
        tool === 'gmr' && mainState === other.mainState && workers === other.workers,
    );
    const where = `main ${other.mainState}, ${other.workers.count} ${other.workers.state} workers`;
    if (other.missed > 0) {
      lines.push(`${where}: process.report wrote nothing while main was blocked`);
      continue;
    }
    const ratio = (pick) => (pick(other).median / pick(own).median).toFixed(1);
    lines.push(
      `${where}: process.report takes ${ratio((row) => row.lastByteMs)} times as long; pause of main ${ratio((row) => row.pauses.reportMs)} times`,
    );
  }
  return lines.join('\n');
}

await main();
