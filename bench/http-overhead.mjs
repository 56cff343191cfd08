// Whether a service with gmr-native serves HTTP as fast as one without, while nobody asks for a report.
//
//   node bench/http-overhead.mjs [--rounds=7] [--seconds=2] [--json]
//
// A fresh server per measurement; each round measures `none`, `none` again, `gmr`, and `watchdog` (the same, and the
// event loop is watched) in changing order. The two `none` differ by noise only: a difference that is not larger means
// nothing.

import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { Child, nowMs } from './support/child.mjs';
import { cell, quantile, summary, table } from './support/statistics.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});

const CONNECTIONS = 16;
const WARM_UP_MS = 500;
const REQUEST = 'GET /bench HTTP/1.1\r\nHost: bench\r\nConnection: keep-alive\r\n\r\n';

/** One keep-alive connection that sends the next request when the response is complete. */
function converse(port, onResponse) {
  const socket = connect(port, '127.0.0.1');
  let sentAt = 0;
  let received = '';
  const send = () => {
    sentAt = nowMs();
    received = '';
    socket.write(REQUEST);
  };
  socket.setEncoding('latin1').setNoDelay(true);
  socket.on('connect', send);
  socket.on('data', (text) => {
    received += text;
    const bodyAt = received.indexOf('\r\n\r\n') + 4;
    if (bodyAt < 4) return;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
    if (received.length < bodyAt + length) return;
    onResponse(nowMs() - sentAt);
    send();
  });
  socket.on('error', () => undefined);
  return socket;
}

async function measure(kind) {
  const child = new Child('http.cjs', { args: [kind] });
  await child.ready();
  const port = Number(/port (\d+)/.exec(child.stdout)[1]);
  let latencies = [];
  const sockets = Array.from({ length: CONNECTIONS }, () => converse(port, (ms) => latencies.push(ms)));
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  latencies = [];
  const began = nowMs();
  await new Promise((resolve) => setTimeout(resolve, Number(flags.seconds) * 1000));
  const perSecond = (latencies.length / (nowMs() - began)) * 1000;
  const p99Ms = quantile(latencies, 0.99);
  for (const socket of sockets) socket.destroy();
  await child.stop();
  if (latencies.length === 0) throw new Error('the server answered nothing');
  return { perSecond, p99Ms };
}

const KINDS = [
  { label: 'none', kind: 'none' },
  { label: 'none again', kind: 'none' },
  { label: 'gmr-native', kind: 'gmr' },
  { label: 'with watchdog', kind: 'watchdog' },
];

async function main() {
  const samples = Object.fromEntries(KINDS.map(({ label }) => [label, []]));
  for (let round = 0; round < Number(flags.rounds); round += 1) {
    for (let place = 0; place < KINDS.length; place += 1) {
      const { label, kind } = KINDS[(round + place) % KINDS.length];
      samples[label].push(await measure(kind));
    }
  }
  const ratios = (label, pick) =>
    summary(samples[label].map((sample, index) => pick(sample) / pick(samples.none[index])));
  const results = KINDS.map(({ label }) => ({
    label,
    perSecond: summary(samples[label].map(({ perSecond }) => perSecond)),
    p99Ms: summary(samples[label].map(({ p99Ms }) => p99Ms)),
    throughputRatio: ratios(label, ({ perSecond }) => perSecond),
    p99Ratio: ratios(label, ({ p99Ms }) => p99Ms),
  }));
  const document = { node: process.version, rounds: Number(flags.rounds), results };
  process.stdout.write(flags.json ? `${JSON.stringify(document, null, 2)}\n` : render(document));
}

function render({ node, rounds, results }) {
  const head = ['service', 'requests per s', 'p99 ms', 'throughput against none', 'p99 against none'];
  const rows = results.map((row) => [
    row.label,
    cell(row.perSecond),
    cell(row.p99Ms),
    cell(row.throughputRatio),
    cell(row.p99Ratio),
  ]);
  return `Node ${node}, ${rounds} rounds; median / p90 / max\n\n${table(head, rows)}\n`;
}

await main();
