// Measures whether a process ends as it would without gmr-native while reports are being made, and how much later.
//
//   node bench/exits.mjs [--runs=40] [--kinds=exit,throw] [--by=signal,self,file,watchdog,api] [--control-every=4]
//     [--parallel=2] [--load=0] [--limit-ms=250] [--json]
//
// Exits with 1 when a run ended differently from its control, or too late. See bench/README.md. Linux only.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nowMs } from './support/child.mjs';
import { quantile, table } from './support/statistics.mjs';

const SERVICE = fileURLToPath(new URL('../test/fixtures/exiting-service.cjs', import.meta.url));
const ADDON = fileURLToPath(new URL('../test/native/build/Release/gmr_fixture.node', import.meta.url));
/** A run that takes longer counts as hanging. */
const HANG_MS = 60_000;
/** Pause between two signals. */
const STORM_EVERY_MS = 2;
const LONGEST_DELAY_MS = 80;

/** How a process ends by each way of exiting-service.cjs, with gmr-native and without. */
const ENDINGS = {
  exit: 7,
  'natural-end': 8,
  throw: 1,
  'throw-in-handler': 7,
  rejection: 1,
  'exit-in-loop': 9,
  'exit-listener': 10,
  sigterm: 'SIGTERM',
  'sigterm-listener': 4,
  'c-exit': 6,
  'c-exit-on-thread': 5,
  'worker-exit': 12,
  'worker-terminate': 13,
  abort: 'SIGABRT',
};
const TRIGGERS = ['signal', 'signal', 'self', 'signal', 'file', 'signal', 'watchdog', 'api'];

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '40' },
    kinds: { type: 'string', default: Object.keys(ENDINGS).join() },
    by: { type: 'string', default: TRIGGERS.join() },
    'control-every': { type: 'string', default: '4' },
    parallel: { type: 'string', default: '2' },
    load: { type: 'string', default: '0' },
    'limit-ms': { type: 'string', default: '250' },
    json: { type: 'boolean', default: false },
  },
});
const number = (name, least) => {
  const value = Number(flags[name]);
  if (!(value >= least)) throw new Error(`--${name} must be a number of at least ${least}`);
  return value;
};
const RUNS = number('runs', 1);
const CONTROL_EVERY = number('control-every', 1);
const PARALLEL = number('parallel', 1);
const LOAD = number('load', 0);
const LIMIT_MS = number('limit-ms', 0);
const KINDS = flags.kinds.split(',');
const unknown = KINDS.filter((kind) => !(kind in ENDINGS));
if (unknown.length > 0)
  throw new Error(`--kinds: ${unknown.join()} is not among ${Object.keys(ENDINGS).join()}`);
const ASKED_BY = flags.by.split(',');

/** What cannot request reports in a process that ends so. */
const NOT_BY = {
  // The promise of writeReport() keeps the event loop alive, as it should, so the process would not end.
  'natural-end': 'api',
  // process.kill() on main locks a mutex of Node's that exit() on another thread may have destroyed. Then Node aborts,
  // without gmr-native as well.
  'c-exit-on-thread': 'self',
};

/** Sends signals to the process until it has ended. */
function storm(child) {
  if (child.exitCode !== null || child.signalCode !== null) return; // its output can come later than its end
  const timer = setInterval(() => child.kill('SIGUSR2'), STORM_EVERY_MS);
  child.once('exit', () => clearInterval(timer));
}

/** Runs one process; returns how it ended, and how long after it had announced its end. */
function endOf(kind, by, without, folder) {
  const file = join(folder, `trigger-${Math.random()}`);
  if (by === 'file') writeFileSync(file, '');
  const options = { without, by, file, delayMs: Math.random() * LONGEST_DELAY_MS };
  const child = spawn(process.execPath, [SERVICE, kind, 'alone', JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GMR_TEST_ADDON: ADDON },
  });
  const result = { kind, by, without, ending: null, delayMs: null, stdout: '', stderr: '' };
  let endedMs = 0;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    if (!without && by === 'signal' && result.stdout === '') storm(child);
    result.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    result.stderr += text;
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), HANG_MS);
  child.once('exit', () => {
    endedMs = nowMs();
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      result.ending = signal ?? code;
      const said = /^end (\d+)$/m.exec(result.stdout);
      if (said !== null) result.delayMs = endedMs - Number(said[1]) / 1e6;
      resolve(result);
    });
  });
}

/** Makes all runs of one kind, interleaved with those of its control. */
async function measure(kind, folder) {
  const asked = ASKED_BY.filter((by) => by !== NOT_BY[kind]);
  if (asked.length === 0) throw new Error(`--by=${NOT_BY[kind]} is nothing for ${kind}`);
  const jobs = [];
  for (let i = 0; i < RUNS; i += 1) {
    if (i % CONTROL_EVERY === 0) jobs.push({ by: 'signal', without: true });
    jobs.push({ by: asked[i % asked.length], without: false });
  }
  const results = [];
  const next = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      results.push(await endOf(kind, job.by, job.without, folder));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, next));
  return judge(kind, results);
}

function delays(results) {
  const values = results.map(({ delayMs }) => delayMs).filter((delay) => delay !== null);
  const at = (share) => Math.round(quantile(values, share) * 10) / 10;
  return { median: at(0.5), p99: at(0.99), max: at(1) };
}

function judge(kind, results) {
  const controls = results.filter(({ without }) => without);
  const runs = results.filter(({ without }) => !without);
  const control = delays(controls);
  const wrong = results.filter(({ ending }) => ending !== ENDINGS[kind]);
  // The exit handlers did not run: see docs/api.md, The end of the process.
  const cutShort = runs.filter(({ stdout }) => !stdout.includes('exited\n'));
  const late = runs.filter(({ delayMs }) => delayMs !== null && delayMs > control.p99 + LIMIT_MS);
  return {
    kind,
    expected: ENDINGS[kind],
    runs: runs.length,
    controls: controls.length,
    reported: runs.filter(({ stderr }) => stderr.includes('Guru Meditation')).length,
    cutShort: typeof ENDINGS[kind] === 'number' ? cutShort.length : 0,
    withDelay: delays(runs),
    controlDelay: control,
    wrong: wrong.map(({ by, without, ending, delayMs, stderr }) => ({
      by,
      without,
      ending,
      delayMs,
      stderr: stderr.slice(-3000),
    })),
    late: late.map(({ by, delayMs }) => ({ by, delayMs: Math.round(delayMs) })),
  };
}

function buildAddon() {
  const require = createRequire(import.meta.url);
  require('../build/test/support/native-addon').buildNativeAddon('gmr_fixture');
}

function render({ node, kinds }) {
  const delay = ({ median, p99, max }) => `${median} / ${p99} / ${max}`;
  const rows = kinds.map((result) => [
    result.kind,
    String(result.runs),
    String(result.reported),
    `${result.wrong.length}`,
    `${result.late.length}`,
    `${result.cutShort}`,
    delay(result.withDelay),
    delay(result.controlDelay),
  ]);
  const head = ['kind', 'runs', 'reported', 'wrong', 'late', 'cut short', 'delay', 'delay of the control'];
  const details = kinds.flatMap(({ kind, wrong, late }) => [
    ...wrong.map(
      (run) => `\n${kind} (${run.without ? 'control' : run.by}) ended with ${run.ending}:\n${run.stderr}`,
    ),
    ...late.map((run) => `\n${kind} (${run.by}) ended after ${run.delayMs} ms`),
  ]);
  return [`Node ${node}; delays in ms, median / p99 / max\n`, table(head, rows), ...details, ''].join('\n');
}

async function main() {
  buildAddon();
  const folder = mkdtempSync(join(tmpdir(), 'gmr-exits-'));
  const hogs = Array.from({ length: LOAD }, () =>
    spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' }),
  );
  try {
    const kinds = [];
    for (const kind of KINDS) {
      const result = await measure(kind, folder);
      kinds.push(result);
      if (!flags.json)
        process.stderr.write(`${kind}: ${result.wrong.length} wrong, ${result.late.length} late\n`);
    }
    const document = { node: process.version, load: LOAD, parallel: PARALLEL, limitMs: LIMIT_MS, kinds };
    process.stdout.write(flags.json ? `${JSON.stringify(document, null, 2)}\n` : render(document));
    if (kinds.some(({ wrong, late }) => wrong.length + late.length > 0)) process.exitCode = 1;
  } finally {
    for (const hog of hogs) hog.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
