// The two helpers of the demo service: one waits for mail to send, the other is always busy.
'use strict';

const { parentPort, workerData } = require('node:worker_threads');

const ROLES = {
  /** Idle: an event loop with nothing to do. */
  mailer() {
    parentPort.on('message', (mail) => parentPort.postMessage({ sent: mail }));
  },

  /** Busy, but healthy: it lets its event loop turn between two portions of work. */
  statistics() {
    setInterval(() => countPrimes(200_000), 1);
  },
};

function countPrimes(limit) {
  let count = 0;
  for (let candidate = 2; candidate < limit; candidate += 1) {
    if (isPrime(candidate)) count += 1;
  }
  return count;
}

function isPrime(candidate) {
  for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) {
    if (candidate % divisor === 0) return false;
  }
  return true;
}

ROLES[workerData.role]();
parentPort.postMessage('working');
