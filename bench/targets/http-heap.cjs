'use strict';
/**
 * An HTTP server with a large heap: `http-heap.cjs <kind> <MB>`. Kinds: `default`, `consistent` (each heap is read as
 * it is at one moment, for which the thread is paused). Prints its port.
 */

const { createServer } = require('node:http');
const [, , kind, megabytes] = process.argv;

require('../..').setupAutorun({ greenThreads: { consistent: kind === 'consistent' } });

/** Of objects as services have them: some 10,000 in a MB. */
const ballast = Array.from({ length: Number(megabytes) * 10_000 }, (_, id) => ({
  id,
  name: `item ${id}`,
  tags: [id, id + 1],
}));

const waiting = [];
async function waitForGood() {
  await new Promise((resolve) => waiting.push(resolve));
}
async function outer() {
  await waitForGood();
}
for (let count = 0; count < 500; count += 1) void outer();

const sessions = new Map();
async function answer(request, response) {
  const key = sessions.size;
  sessions.set(key, { url: request.url, at: Date.now() });
  await Promise.resolve();
  const found = ballast[Math.floor(Math.random() * ballast.length)];
  if (sessions.size > 5000) sessions.clear();
  const body = JSON.stringify({ found, key });
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

const server = createServer((request, response) => void answer(request, response));
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  globalThis.gc?.();
  process.stdout.write(`port ${server.address().port}\nready\n`);
});
