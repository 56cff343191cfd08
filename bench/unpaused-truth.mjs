// Is what a report says of a thread that runs true? Compares very many unpaused scans with what the program knows.
//
//   node bench/unpaused-truth.mjs [--seconds=60] [--scans=0] [--runs=main,chains] [--flags=none,stress-compaction]
//     [--parallel=1] [--seed=1] [--large] [--unproved] [--unwatched] [--json] [--node flags...]
//
// See bench/README.md. Ends with exit code 1 when something wrong was said. Linux only.

import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { table } from './support/statistics.mjs';

const { buildNativeAddon } = createRequire(import.meta.url)('../build/test/support/native-addon.js');
const TARGET = fileURLToPath(new URL('./targets/unpaused-truth.cjs', import.meta.url));

/** Programs; see `options` of the target. */
const RUNS = {
  main: {},
  // Most of a scan is the search for what the chains wait for: without it there are many more of them.
  chains: { labels: 0 },
  // What is begun goes on at once.
  quick: { labels: 0, pace: 60 },
  // Never at rest.
  restless: { restPercent: 0, garbage: 60, maxGroups: 50 },
  many: { lasting: 150, passing: 100, maxGroups: 1000, maxMs: 2000 },
  workers: { workers: 2, labels: 0 },
  workersLabels: { workers: 2 },
  // Mostly at rest, as services are.
  calm: { workers: 3, labels: 0, restPercent: 85 },
  mb300: { ballastMb: 230, maxMs: 4000, split: 1 },
  mb1000: { ballastMb: 800, maxMs: 10_000, split: 1 },
};
const FLAGS = {
  none: [],
  'stress-compaction': ['--stress-compaction'],
  'gc-interval': ['--gc-interval=3000'],
  'stress-scavenge': ['--stress-scavenge=50'],
  'semi-space': ['--max-semi-space-size=1'],
  'single-threaded': ['--single-threaded'],
};
const DEFAULTS = {
  maxScans: 0,
  workers: 0,
  lasting: 24,
  passing: 24,
  ballastMb: 0,
  garbage: 20,
  pace: 4,
  restPercent: 40,
  maxGroups: 200,
  maxMs: 300,
  pauseEvery: 40,
  split: 0,
  labels: 1,
};
/** A scan that ends late, and the judgement. */
const PATIENCE_MS = 120_000;

function parse(args) {
  const options = { seconds: 60, scans: 0, parallel: 1, seed: 1, extra: [] };
  for (const arg of args) {
    const [, name, value] = /^--([a-z]+)(?:=(.*))?$/.exec(arg) ?? [];
    if (['seconds', 'scans', 'parallel', 'seed'].includes(name)) options[name] = Number(value);
    else if (['runs', 'flags'].includes(name)) options[name] = value.split(',');
    else if (['large', 'unproved', 'unwatched', 'json'].includes(name)) options[name] = true;
    else options.extra.push(arg);
  }
  options.runs ??= Object.keys(RUNS).filter((name) => options.large || !name.startsWith('mb'));
  options.flags ??= Object.keys(FLAGS);
  return options;
}

/** Not every version has all of them. */
function isKnown(flags) {
  return spawnSync(process.execPath, [...flags, '-e', '0']).status === 0;
}

function run(options, addon, { name, flag, seed }) {
  const settings = {
    ...DEFAULTS,
    ...RUNS[name],
    addon,
    seed,
    seconds: options.seconds,
    ...(options.scans > 0 ? { maxScans: options.scans } : {}),
    unproved: options.unproved ? 1 : 0,
    unwatched: options.unwatched ? 1 : 0,
  };
  const args = [...FLAGS[flag], ...options.extra, TARGET, JSON.stringify(settings)];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), options.seconds * 1000 + PATIENCE_MS);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const ended = code === 0 ? '' : `ended with ${signal ?? code}: ${stderr.slice(-2000)}`;
      resolve({ name, flag, seed, ended, ...(ended === '' ? JSON.parse(stdout) : { verdicts: [] }) });
    });
  });
}

function add(sums, more) {
  for (const [key, value] of Object.entries(more)) sums[key] = (sums[key] ?? 0) + value;
}

/** Of all isolates of a run. */
function summaryOf({ verdicts }) {
  const counts = {};
  const wrong = {};
  for (const verdict of verdicts) {
    add(counts, verdict.counts);
    add(wrong, verdict.wrong);
  }
  const of = (key) => counts[key] ?? 0;
  return {
    scans: of('scans'),
    looks: of('looks'),
    atRest: of('at-rest'),
    running: of('running'),
    scavenged: of('scavenged'),
    partial: of('partial'),
    notAvailable: of('because: the garbage collector was at work'),
    paused: of('paused'),
    chains: of('chains'),
    gone: of('gone'),
    unsure: of('unsure'),
    cut: of('cut'),
    wrong,
  };
}

const COLUMNS = [
  ['scans', 'scans'],
  ['looks', 'looks'],
  ['at rest', 'atRest'],
  ['no collection', 'running'],
  ['scavenges', 'scavenged'],
  ['partial', 'partial'],
  ['not available', 'notAvailable'],
  ['paused', 'paused'],
  ['chains shown', 'chains'],
  ['omitted', 'gone'],
  ['unsure labels', 'unsure'],
  ['cut', 'cut'],
];

function wrongText({ wrong, ended }) {
  const kinds = Object.entries(wrong).map(([kind, times]) => `${times} ${kind}`);
  return [...kinds, ...(ended === '' ? [] : ['it ended'])].join(', ') || '0';
}

const options = parse(process.argv.slice(2));
const addon = buildNativeAddon('truth_fixture');
const flags = options.flags.filter((flag) => isKnown(FLAGS[flag]));
const jobs = flags.flatMap((flag, i) =>
  options.runs
    // Large heaps take long to make.
    .filter((name) => !name.startsWith('mb') || flag === 'none')
    .map((name) => ({ name, flag, seed: options.seed + i })),
);
const results = [];
async function work() {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const result = await run(options, addon, job);
    results.push({ ...result, ...summaryOf(result) });
    if (options.json)
      process.stdout.write(`${JSON.stringify({ node: process.version, ...results.at(-1) })}\n`);
  }
}
await Promise.all(Array.from({ length: options.parallel }, work));

const isWrong = (result) => result.ended !== '' || Object.keys(result.wrong).length > 0;
if (!options.json) {
  const rows = results.map((result) => [
    result.name,
    result.flag,
    ...COLUMNS.map(([, key]) => String(result[key])),
    wrongText(result),
  ]);
  const head = ['program', 'flag', ...COLUMNS.map(([title]) => title), 'wrong'];
  process.stdout.write(`Node ${process.version}\n\n${table(head, rows)}\n`);
  for (const { name, flag, ended, verdicts } of results.filter(isWrong)) {
    process.stdout.write(`\n${name}, ${flag}: ${ended}\n`);
    for (const { evidence } of verdicts) {
      for (const one of evidence) process.stdout.write(`${JSON.stringify(one)}\n`);
    }
  }
}
process.exitCode = results.some(isWrong) ? 1 : 0;
