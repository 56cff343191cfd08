'use strict';
// What innermost awaits wait for, as a dump tells it. Prints one line of JSON: [function, text].
//
//   node labels.cjs <green.node>
const { execFile } = require('node:child_process');
const { EventEmitter, once } = require('node:events');
const { open } = require('node:fs/promises');
const http = require('node:http');
const net = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');
const { promisify } = require('node:util');
const { MessageChannel } = require('node:worker_threads');

const addon = require(process.argv[2]);
const keep = [];

class Pool {
  constructor() {
    this.waiting = [];
  }
  acquire() {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

const pool = new Pool();
const emitter = new EventEmitter();
const channel = new MessageChannel();
keep.push(channel.port2);
const slow = http.createServer(() => {});
const silent = net.createServer(() => {});

const waits = {
  async onTimer() {
    await sleep(60_000);
  },
  async onOwnTimer() {
    await new Promise((resolve) => setTimeout(resolve, 70_000));
  },
  async onPool() {
    await pool.acquire();
  },
  async onEvent() {
    await once(emitter, 'ready');
  },
  async onChild() {
    await promisify(execFile)('sleep', ['3']);
  },
  async onHttp() {
    await new Promise((resolve, reject) => {
      http.get({ port: slow.address().port, path: '/slow' }, resolve).on('error', reject);
    });
  },
  async onSocket() {
    const socket = net.connect(silent.address().port);
    for await (const chunk of socket) keep.push(chunk);
  },
  async onPort() {
    await new Promise((resolve) => channel.port1.once('message', resolve));
  },
  async onAbort() {
    const signal = AbortSignal.timeout(90_000);
    keep.push(signal);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  },
  async onRace() {
    await Promise.race([sleep(80_000), once(emitter, 'other')]);
  },
  async onNothing() {
    const promise = new Promise(() => {});
    keep.push(promise);
    await promise;
  },
  async onPipe() {
    const handle = await open(process.argv[3]);
    await handle.read(Buffer.alloc(1), 0, 1);
  },
};

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

async function main() {
  const problem = addon.prepare();
  await Promise.all([listen(slow), listen(silent)]);
  for (const [name, run] of Object.entries(waits)) if (name !== 'onPipe' || process.argv[3]) keep.push(run());
  await sleep(300);
  const dump = addon.dump({});
  const texts = dump.groups
    .map((group) => [group.frames.find((frame) => frame.name in waits)?.name, group.waitsFor])
    .filter(([name]) => name !== undefined);
  console.log(JSON.stringify({ problem, labels: Object.fromEntries(texts), costMs: dump.costMs }));
  process.exit(0);
}

main();
