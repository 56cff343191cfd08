'use strict';
// Dumps in interrupts while JavaScript makes garbage and a worker is busy: all of the functions that
// wait for good must be found each time, and no others.
//
//   node churn.cjs <green.node> [seconds]
const { Worker, isMainThread } = require('node:worker_threads');

const WAITING = 100;
const keep = [];

async function waits(promise) {
  await promise;
}

function churn(milliseconds) {
  const until = Date.now() + milliseconds;
  let garbage = [];
  while (Date.now() < until) {
    garbage.push({ text: `${Math.random()}`, list: new Array(20).fill(0) });
    if (garbage.length > 20_000) garbage = garbage.slice(15_000);
  }
  return garbage.length;
}

function main() {
  const addon = require(process.argv[2]);
  const worker = new Worker(__filename);
  const problem = addon.prepare();
  for (let i = 0; i < WAITING; i++) {
    const promise = new Promise(() => {});
    keep.push(promise, waits(promise));
  }
  // After the functions of the self-test have ended.
  setTimeout(() => {
    addon.startInterrupts(WAITING);
    churn(Number(process.argv[3] ?? 5) * 1000);
    const result = addon.stopInterrupts();
    console.log(JSON.stringify({ node: process.version, problem, ...result, kept: keep.length }));
    worker
      .terminate()
      .then(() => process.exit(problem === '' && result.wrong === 0 && result.dumps > 0 ? 0 : 1));
  }, 50);
}

if (isMainThread) {
  main();
} else {
  setInterval(() => churn(50), 60);
}
