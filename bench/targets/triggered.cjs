'use strict';
// The service of triggers.mjs: `triggered.cjs <options as JSON> spin|blocks|turns`. Prints `ready`, and:
//
// - spin: main and a worker never return to their event loops.
// - blocks: main does so for BLOCK_MS again and again, and prints `blocked <CLOCK_MONOTONIC in ms>` each time it begins;
//   a worker never returns to its event loop.
// - turns: main works in short pieces, with timers and reads of a file between them, and is never blocked.

const fs = require('node:fs');
const { isMainThread, parentPort } = require('node:worker_threads');

const BLOCK_MS = 500;
const PAUSE_MS = 100;
const PIECE_MS = 5;

const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

function spin(ms) {
  const end = nowMs() + ms;
  while (nowMs() < end);
}

function block() {
  fs.writeSync(1, `blocked ${nowMs()}\n`);
  spin(BLOCK_MS);
  setTimeout(block, PAUSE_MS);
}

function turn() {
  spin(PIECE_MS);
  setTimeout(() => fs.readFile(__filename, turn), 1);
}

const WAYS = { spin: () => spin(Infinity), blocks: block, turns: turn };

if (isMainThread) {
  const [options, way] = process.argv.slice(2);
  require('gmr-native').setupAutorun({ serviceName: 'bench', ...JSON.parse(options) });
  const start = () => {
    fs.writeSync(1, 'ready\n');
    WAYS[way]();
  };
  if (way === 'turns') {
    start();
  } else {
    const { Worker } = require('node:worker_threads');
    new Worker(__filename).once('message', () => setTimeout(start, 200));
  }
} else {
  parentPort.postMessage('up');
  setTimeout(() => spin(Infinity), 50);
}
