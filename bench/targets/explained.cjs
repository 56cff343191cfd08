'use strict';
// The service that explained.mjs asks for reports: `explained.cjs <suspended functions> <MB of heap> <libraries>`. 50 pools, locks and
// limiters of real libraries, each with functions at lines of their own: some have something of it, the others wait for it.

const { createRequire } = require('node:module');
const { setTimeout: sleep } = require('node:timers/promises');
const { pathToFileURL } = require('node:url');
const { runInThisContext } = require('node:vm');
require('gmr-native').setupAutorun({
  serviceName: 'bench',
  format: 'json',
  greenThreads: { maxGroups: 1000 },
});

const services = createRequire(require.resolve('../../tools/services/package.json'));
const { createPool } = services('generic-pool');
const { Pool } = services('tarn');
const { Mutex, Semaphore } = services('async-mutex');

const [functions, heapMb] = process.argv.slice(2, 4).map(Number);
const libraries = process.argv[4].split(',');
const RESOURCES = 50;
const LIMIT = 10;
const HOUR_MS = 3_600_000;
const MB = 1024 * 1024;

/** The library, what makes a resource of it, and what a function does that uses it. */
async function kinds() {
  const { default: pLimit } = await import(pathToFileURL(services.resolve('p-limit')).href);
  const factory = { create: async () => ({}), destroy: async () => undefined };
  return [
    [
      'generic-pool',
      () => createPool(factory, { max: LIMIT }),
      'const item = await it.acquire(); await work(); await it.release(item);',
    ],
    [
      'tarn',
      () => new Pool({ ...factory, min: 0, max: LIMIT, acquireTimeoutMillis: HOUR_MS }),
      'const item = await it.acquire().promise; await work(); it.release(item);',
    ],
    ['async-mutex', () => new Mutex(), 'const release = await it.acquire(); await work(); release();'],
    [
      'async-mutex',
      () => new Semaphore(LIMIT),
      'const [, release] = await it.acquire(); await work(); release();',
    ],
    ['p-limit', () => pLimit(LIMIT), 'await it(async () => { await work(); });'],
  ];
}

const keep = (globalThis.keep = []);

function suspend(all) {
  for (let number = 0; number < RESOURCES; number += 1) {
    const [, make, body] = all[number % all.length];
    const code = `(async function use${number}(it, work) {\n${body}\n})`;
    const use = runInThisContext(code, { filename: `/srv/bench/use${number}.js` });
    const resource = make();
    keep.push(resource);
    for (let i = 0; i < functions / RESOURCES; i += 1) void use(resource, () => sleep(HOUR_MS));
  }
}

/** Some 100 KB of small objects. */
function ballast() {
  return Array.from({ length: 900 }, (_, i) => ({ id: i, name: `item ${i}`, tags: [i], next: null }));
}

async function main() {
  suspend((await kinds()).filter(([library]) => libraries.includes(library)));
  await sleep(100);
  while (process.memoryUsage().heapUsed < heapMb * MB) keep.push(ballast());
  setInterval(() => keep.length, 1000);
  process.stdout.write('ready\n');
}

void main();
