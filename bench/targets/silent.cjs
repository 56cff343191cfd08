'use strict';
// The service that silent-threads.mjs asks for reports: `silent.cjs <fifo> <busy|idle>`. Its main thread reads a FIFO
// that nobody writes to, below a few calls; its worker is `busy` in pbkdf2Sync, or idle. All threads of libuv's pool run.

const fs = require('node:fs');
const path = require('node:path');
const { isMainThread, parentPort, workerData } = require('node:worker_threads');

/** So many rounds that the worker does nothing else. */
const ROUNDS = 20_000_000;

function hash() {
  return require('node:crypto').pbkdf2Sync('password', 'salt', ROUNDS, 64, 'sha512');
}

function readForEver(fd) {
  return [fd].map((each) => fs.readSync(each, Buffer.alloc(1)));
}

if (isMainThread) {
  const [fifo, worker] = process.argv.slice(2);
  require('gmr-native').setupAutorun({ serviceName: 'bench' });
  const fd = fs.openSync(fifo, 'r+');
  // Of libuv's pool, the threads begin with their first work.
  fs.stat('.', () => undefined);
  const { Worker: Patched } = require('node:worker_threads');
  new Patched(path.resolve(__filename), { workerData: worker }).once('message', () => {
    setTimeout(() => {
      fs.writeSync(1, 'ready\n');
      readForEver(fd);
    }, 200);
  });
} else {
  parentPort.postMessage('up');
  parentPort.on('message', () => undefined);
  if (workerData === 'busy')
    setTimeout(() => {
      for (;;) hash();
    }, 1);
}
