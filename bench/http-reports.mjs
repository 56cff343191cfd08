// What a report each second costs the requests of an HTTP server with a large heap.
//
//   node bench/http-reports.mjs [--heap=1024] [--rounds=5] [--seconds=6] [--rate=1500] [--json]
//
// Four servers: two without reports (they differ by noise only), one with a report each second, and one whose reports
// pause the thread, as greenThreads.consistent asks for. They are measured in turn, round by round. Linux only.

import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Child, nowMs } from './support/child.mjs';
import { quantile, table } from './support/statistics.mjs';

const { values: flags } = parseArgs({
  options: {
    heap: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    rate: { type: 'string', default: '1500' },
    json: { type: 'boolean', default: false },
  },
});

const CONNECTIONS = 8;
const REPORT_EVERY_MS = 1000;
const REQUEST = 'GET /bench HTTP/1.1\r\nHost: bench\r\nConnection: keep-alive\r\n\r\n';

const SERVERS = [
  { label: 'no reports', kind: 'default', asks: false },
  { label: 'no reports, again', kind: 'default', asks: false },
  { label: 'a report each second', kind: 'default', asks: true },
  { label: 'the same, thread paused', kind: 'consistent', asks: true },
];

/** How the section says that the heap was read. */
const READINGS = {
  atRest: ', without pausing the thread)',
  running: ' while the thread ran: ',
  paused: ', for which the thread was paused)',
  unavailable: 'not available: ',
};

/** A keep-alive connection with one request at a time; one that comes meanwhile waits, and its wait counts. */
class Connection {
  #socket;
  #due = [];
  #isBusy = false;
  #received = '';

  constructor(port, onResponse) {
    this.#socket = connect(port, '127.0.0.1').setEncoding('latin1').setNoDelay(true);
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (text) => {
      this.#received += text;
      const bodyAt = this.#received.indexOf('\r\n\r\n') + 4;
      const length = Number(/content-length: (\d+)/i.exec(this.#received)?.[1]);
      if (bodyAt < 4 || this.#received.length < bodyAt + length) return;
      onResponse(nowMs() - this.#due.shift());
      this.#isBusy = false;
      this.#send();
    });
  }

  request() {
    this.#due.push(nowMs());
    this.#send();
  }

  close() {
    this.#socket.destroy();
  }

  #send() {
    if (this.#isBusy || this.#due.length === 0) return;
    this.#isBusy = true;
    this.#received = '';
    this.#socket.write(REQUEST);
  }
}

async function load(server, seconds, latencies) {
  const connections = Array.from(
    { length: CONNECTIONS },
    () => new Connection(server.port, (ms) => latencies.push(ms)),
  );
  const beganAt = nowMs();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((nowMs() - beganAt) / 1000) * Number(flags.rate));
    for (; sent < due; sent += 1) connections[sent % CONNECTIONS].request();
  }, 1);
  const asking = server.asks ? setInterval(() => server.child.kill('SIGUSR2'), REPORT_EVERY_MS) : undefined;
  await delay(seconds * 1000);
  clearInterval(timer);
  clearInterval(asking);
  await delay(300);
  for (const connection of connections) connection.close();
}

async function start({ label, kind, asks }) {
  const child = new Child('http-heap.cjs', {
    args: [kind, String(Number(flags.heap))],
    execArgv: ['--max-old-space-size=8192'],
  });
  await child.ready();
  return { label, asks, child, port: Number(/port (\d+)/.exec(child.stdout)[1]), latencies: [] };
}

function readingsOf({ child }) {
  const counts = Object.fromEntries(Object.keys(READINGS).map((name) => [name, 0]));
  for (const report of child.stderr.split('==== End of report').slice(0, -1)) {
    const section = report.slice(report.indexOf('Green Threads'));
    const name = Object.keys(READINGS).find((key) => section.includes(READINGS[key]));
    if (name !== undefined) counts[name] += 1;
  }
  return counts;
}

async function main() {
  const servers = [];
  for (const server of SERVERS) servers.push(await start(server));
  // V8 goes on marking what was just made.
  await delay(5000);
  for (const server of servers) await load({ ...server, asks: false }, 1, []);
  for (const server of servers.filter(({ asks }) => asks)) {
    // The first report of a process is not measured.
    server.child.kill('SIGUSR2');
    await delay(1500);
    server.child.stderr = '';
  }
  for (let round = 0; round < Number(flags.rounds); round += 1) {
    for (let place = 0; place < servers.length; place += 1) {
      const server = servers[(round + place) % servers.length];
      await load(server, Number(flags.seconds), server.latencies);
    }
  }
  const results = servers.map((server) => ({
    label: server.label,
    requests: server.latencies.length,
    p50: quantile(server.latencies, 0.5),
    p99: quantile(server.latencies, 0.99),
    p999: quantile(server.latencies, 0.999),
    max: quantile(server.latencies, 1),
    reports: server.asks ? readingsOf(server) : null,
  }));
  for (const { child } of servers) await child.stop();
  const document = {
    node: process.version,
    heapMb: Number(flags.heap),
    rounds: Number(flags.rounds),
    results,
  };
  process.stdout.write(flags.json ? `${JSON.stringify(document, null, 2)}\n` : render(document));
}

function render({ node, heapMb, rounds, results }) {
  const head = [
    'service',
    'requests',
    'p50 ms',
    'p99 ms',
    'p99.9 ms',
    'largest ms',
    'reports: at rest / running / paused / none',
  ];
  const rows = results.map(({ label, requests, p50, p99, p999, max, reports }) => [
    label,
    String(requests),
    ...[p50, p99, p999, max].map((value) => value.toFixed(2)),
    reports === null
      ? '-'
      : `${reports.atRest} / ${reports.running} / ${reports.paused} / ${reports.unavailable}`,
  ]);
  return `Node ${node}, about ${heapMb} MB of objects, ${rounds} rounds\n\n${table(head, rows)}\n`;
}

await main();
