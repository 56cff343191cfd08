'use strict';
// The service that open-things.mjs asks for reports: `open-things.cjs <sockets> <timers>`. Half of the sockets are
// accepted ones of a server, half those of its clients. Prints `ready` when all are connected, and after each 100 ms the
// largest gap between two turns of its event loop: `gap <ms>`.

const fs = require('node:fs');
const net = require('node:net');

require('gmr-native').setupAutorun({ serviceName: 'bench', format: 'json' });

const [sockets, timers] = process.argv.slice(2, 4).map(Number);
const keep = [];
/** More than this many connections that nobody accepted yet are refused. */
const AT_ONCE = 200;

function onDue() {}
for (let i = 0; i < timers; i++) keep.push(setTimeout(onDue, 3_600_000 + (i % 1000)));

function connectTo(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket)).on('error', reject);
  });
}

const server = net.createServer((socket) => {
  socket.on('error', () => {});
  keep.push(socket);
});

server.listen(0, '127.0.0.1', 511, async () => {
  const { port } = server.address();
  for (let left = sockets / 2; left > 0; left -= AT_ONCE) {
    keep.push(...(await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => connectTo(port)))));
  }
  while (keep.length < sockets + timers) await new Promise((resolve) => setTimeout(resolve, 10));
  fs.writeSync(1, 'ready\n');
  watchLoop();
});

function watchLoop() {
  let latest = performance.now();
  let largest = 0;
  setInterval(() => {
    const now = performance.now();
    largest = Math.max(largest, now - latest);
    latest = now;
  }, 1);
  setInterval(() => {
    fs.writeSync(1, `gap ${largest.toFixed(2)}\n`);
    largest = 0;
  }, 100);
}
