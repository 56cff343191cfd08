// What a large source map adds to the time of a report.
//
//   node bench/source-maps.mjs [--rounds=20] [--megabytes=10] [--json]
//
// See bench/README.md for what the columns mean.

import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { Child, nowMs } from './support/child.mjs';
import { cell, summary, table } from './support/statistics.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    megabytes: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(flags.rounds);
const MEGABYTES = Number(flags.megabytes);
if (!(ROUNDS > 0 && MEGABYTES > 0)) throw new Error('--rounds and --megabytes must be numbers above 0');

const MB = 1024 * 1024;
const MODULE_BYTES = 4000;
const END = /\n==== End of report[^\n]*\n/g;
const KINDS = { none: 'none', external: 'beside the bundle' };

/** A module as people write them, with names of its own; its functions call each other. */
function moduleText(index) {
  const parts = [`// Module ${index} of the generated service.\n`];
  for (let number = 0; parts.join('').length < MODULE_BYTES * 2; number += 1) {
    const name = `computePrice${index}x${number}`;
    const before = number === 0 ? 'quantity' : `computePrice${index}x${number - 1}(order, quantity)`;
    parts.push(`
export function ${name}(order, quantity) {
  const shippingCosts = order.country === 'CH' ? order.weight * 2.5 : order.weight * ${number + 1};
  const discount = order.customer.loyal && quantity > ${number} ? 0.9 : 1;
  if (shippingCosts > order.limit) throw new RangeError('too heavy: ' + order.name);
  return (order.prices[${number}] * ${before} + shippingCosts) * discount;
}
`);
  }
  return parts.join('');
}

/** A service whose main thread spins in one function of the bundle, while another one is suspended. */
async function makeBundles(folder) {
  const modules = Math.ceil((MEGABYTES * MB) / (MODULE_BYTES * 1.12));
  mkdirSync(join(folder, 'src'));
  const lines = [
    `import { setupAutorun } from ${JSON.stringify(new URL('../lib/index.js', import.meta.url).pathname)};`,
  ];
  for (let index = 0; index < modules; index += 1) {
    writeFileSync(join(folder, 'src', `module-${index}.js`), moduleText(index));
    lines.push(`import * as module${index} from './module-${index}.js';`);
  }
  lines.push(`
globalThis.kept = [${Array.from({ length: modules }, (_, index) => `module${index}`).join(', ')}];
async function waitForStock() {
  await new Promise((resolve) => (globalThis.later = resolve));
}
function spinInBundle() {
  for (;;) globalThis.kept.length;
}
setupAutorun();
void waitForStock();
console.log('ready');
setImmediate(spinInBundle);
`);
  writeFileSync(join(folder, 'src', 'service.js'), lines.join('\n'));
  const bundles = {};
  for (const kind of Object.keys(KINDS)) {
    bundles[kind] = join(folder, kind, 'service.js');
    await build({
      entryPoints: [join(folder, 'src', 'service.js')],
      outfile: bundles[kind],
      bundle: true,
      minify: true,
      platform: 'node',
      packages: 'external',
      external: ['*/lib/index.js'],
      sourcemap: kind === 'none' ? false : 'linked',
      logLevel: 'error',
    });
  }
  return bundles;
}

const reportsOf = (child) => child.stderr.match(END)?.length ?? 0;

async function measureReport(child) {
  const before = reportsOf(child);
  const asked = nowMs();
  child.kill('SIGUSR2');
  await child.until(() => (reportsOf(child) > before ? true : undefined));
  return nowMs() - asked;
}

function megabytes(bytes) {
  return bytes / MB < 1 ? '-' : (bytes / MB).toFixed(1);
}

/** Its first report, and those after it. */
async function measure(kind, bundle) {
  const child = new Child(bundle);
  try {
    await child.ready();
    const first = await measureReport(child);
    const later = [];
    for (let round = 0; round < ROUNDS; round += 1) later.push(await measureReport(child));
    const isMapped = /spinInBundle \(.*src\/service\.js:/.test(child.stderr);
    if (isMapped !== (kind !== 'none'))
      throw new Error(`not the expected position:\n${child.stderr.slice(0, 6000)}`);
    return { kind, first, later: summary(later) };
  } finally {
    await child.stop();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'gmr-bench-'));
try {
  const bundles = await makeBundles(folder);
  const results = [];
  for (const [kind, bundle] of Object.entries(bundles)) results.push(await measure(kind, bundle));
  const [without] = results;
  const sizes = { bundle: statSync(bundles.none).size, map: statSync(`${bundles.external}.map`).size };
  if (flags.json) {
    process.stdout.write(
      `${JSON.stringify({ node: process.version, rounds: ROUNDS, sizes, results }, null, 2)}\n`,
    );
  } else {
    const rows = results.map(({ kind, first, later }) => [
      KINDS[kind],
      first.toFixed(0),
      cell(later),
      (later.median / without.later.median).toFixed(1),
    ]);
    const title = `Node ${process.version}, a bundle of ${megabytes(sizes.bundle)} MB, its map of ${megabytes(sizes.map)} MB`;
    process.stdout.write(
      `${title}\n\n${table(['source map', 'first report', 'last byte', 'ratio'], rows)}\n`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
