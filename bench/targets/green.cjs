'use strict';
// The service that green-threads.mjs asks for reports: `green.cjs <suspended functions> <MB of other objects> <way>`. Its
// event loop never sleeps, and each 100 ms it prints the largest gap between two turns: `gap <ms>`. With the way `paused`,
// the loop is paused while its heap is read.

const fs = require('node:fs');
require('gmr-native').setupAutorun({
  serviceName: 'bench',
  greenThreads: { consistent: process.argv[4] === 'paused' },
});

const [suspended, ballastMb] = process.argv.slice(2, 4).map(Number);
const keep = (globalThis.keep = []);

async function query() {
  await new Promise((resolve) => keep.push(resolve));
}
async function handler() {
  await query();
}
for (let i = 0; i < suspended; i += 2) keep.push(handler());

/** About a megabyte of small objects. */
function megabyte() {
  return Array.from({ length: 9000 }, (_, i) => ({ id: i, name: `item ${i}`, tags: [i], next: null }));
}
for (let mb = 0; mb < ballastMb; mb++) keep.push(megabyte());

let latest = performance.now();
let largest = 0;
let printed = latest;
function turn() {
  const now = performance.now();
  largest = Math.max(largest, now - latest);
  if (now - printed > 100) {
    const { heapUsed } = process.memoryUsage();
    fs.writeSync(1, `gap ${largest.toFixed(2)} heap ${Math.round(heapUsed / 1048576)}\n`);
    largest = 0;
    printed = now;
  }
  latest = performance.now();
  setImmediate(turn);
}
setTimeout(() => {
  fs.writeSync(1, 'ready\n');
  latest = performance.now();
  turn();
}, 500);
