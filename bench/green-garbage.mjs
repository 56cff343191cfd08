// How many functions that can no longer go on are still listed under Green Threads. Prints them per 1000 or 2000
// dropped ones; what is still held must be there in full.
//
//   node --expose-gc bench/green-garbage.mjs

import { createRequire } from 'node:module';

const gmr = createRequire(import.meta.url)('gmr-native');
const { gc } = globalThis;
if (gc === undefined) throw new Error('run it with --expose-gc');

const held = [];
let dropped = [];

async function waiting(promise) {
  await promise;
}

async function garbage(promise) {
  await promise;
}

function never() {
  return new Promise(() => {});
}

function countOf(report, name) {
  const group = new RegExp(`^ {2}(\\d+) green threads?.*\\n {4}async ${name} `, 'm').exec(report);
  return group === null ? 0 : Number(group[1]);
}

async function look(when) {
  const report = await gmr.generateReport();
  if (countOf(report, 'waiting') !== held.length) throw new Error(`some are missing\n${report}`);
  process.stdout.write(`${process.version} ${when.padEnd(40)} ${countOf(report, 'garbage')}\n`);
}

for (let i = 0; i < 1000; i++) {
  held.push(never());
  void waiting(held[i]);
  void garbage(never());
}
await look('1000 young ones');
gc({ type: 'minor' });
gc({ type: 'minor' });
await look('1000 young ones, two scavenges');
for (let i = 0; i < 2000; i++) {
  dropped.push(never());
  void garbage(dropped[i]);
}
for (let i = 0; i < 3; i++) gc({ type: 'minor' });
dropped = [];
await look('2000 old ones');
gc();
await look('2000 old ones, full collection');
const others = Array.from({ length: 300_000 }, (_, i) => ({ i, next: i + 1 }));
gc();
await look(`the same, ${others.length} objects later`);
