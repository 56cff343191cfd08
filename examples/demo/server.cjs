// A small newsletter service. It has a bug, and it will hang because of it.
'use strict';

const gmr = require('gmr-native');

const config = {
  http: { host: '127.0.0.1', port: 0 },
  smtp: { url: 'smtp://mailer@mail.example:587', password: 'correct horse battery staple' },
  limits: { subscribersPerMinute: 600 },
};

const subscribers = new Set(['grace@shop.example']);

// These two calls are all that a service needs. They come before worker_threads is taken apart below, so that
// workers register by themselves.
gmr.registerSection('Newsletter', () => ({ subscribers: subscribers.size }));
gmr.setupAutorun({
  version: { name: 'newsletter', version: '1.4.2', author: 'Example Shop' },
  conf: config,
});

const http = require('node:http');
const path = require('node:path');
const { Worker } = require('node:worker_threads');

/** The bug: for an address that does not match, the nested repetition tries 2^n ways to split its n letters. */
function isSubscriberAddress(address) {
  return /^([a-z0-9]+[._-]?)+@shop\.example$/.test(address);
}

function subscribe(address) {
  process.stdout.write(`checking ${address}\n`);
  if (!isSubscriberAddress(address)) return { status: 400, text: 'not an address of ours\n' };
  subscribers.add(address);
  return { status: 201, text: 'welcome\n' };
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const { status, text } =
    url.pathname === '/subscribe'
      ? subscribe(url.searchParams.get('address') ?? '')
      : { status: 200, text: `${subscribers.size} subscribers\n` };
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
});

/** Resolves when the worker says that it does its work. */
function startWorker(name) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(path.join(__dirname, 'worker.cjs'), { name, workerData: { role: name } });
    worker.once('message', resolve).once('error', reject);
  });
}

async function main() {
  await Promise.all([startWorker('mailer'), startWorker('statistics')]);
  server.listen(config.http.port, config.http.host, () => {
    process.stdout.write(`ready ${server.address().port}\n`);
  });
}

void main();
