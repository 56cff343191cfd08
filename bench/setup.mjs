// What require and setupAutorun cost a process.
//
//   node bench/setup.mjs [--rounds=30] [--json] [--vs @sentry-internal/node-native-stacktrace]
//
// See bench/README.md for what the rows mean.

import { parseArgs } from 'node:util';
import { measureSetup, PEER, setupTable } from './support/setup-cost.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
    vs: { type: 'string' },
  },
});
const rounds = Number(flags.rounds);
if (!(rounds > 0)) throw new Error('--rounds must be a number above 0');
if (flags.vs !== undefined && flags.vs !== PEER) throw new Error(`--vs knows ${PEER} only`);

const setup = await measureSetup(rounds, flags.vs === undefined ? [] : [PEER]);
const text = [`Node ${process.version}, ${rounds} rounds; median / p90 / max`, '', setupTable(setup), ''];
process.stdout.write(
  flags.json ? `${JSON.stringify({ node: process.version, rounds, setup }, null, 2)}\n` : text.join('\n'),
);
