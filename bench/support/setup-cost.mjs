// What it costs a process to load a package and to set it up. Each sample is a fresh process; see targets/setup.cjs.

import { createRequire } from 'node:module';
import { Child } from './child.mjs';
import { cell, summary, table } from './statistics.mjs';

/** The nearest peer: an addon that captures the stacks of registered threads too. */
export const PEER = '@sentry-internal/node-native-stacktrace';

/** What a process may load, and how the table calls it. */
const SETUPS = {
  none: 'nothing (control)',
  empty: 'require of an empty package',
  gmr: 'require + setupAutorun',
  later: 'the same, not the first package with exports',
};

/**
 * Interleaved, so that all see the same noise.
 *
 * @param peers `[PEER]` to measure that package too; it must be installed.
 */
export async function measureSetup(rounds, peers = []) {
  const setups = { ...SETUPS, ...Object.fromEntries(peers.map((peer) => [peer, `${peer}, registered`])) };
  for (const peer of peers) createRequire(import.meta.url).resolve(peer);
  const samples = Object.fromEntries(Object.keys(setups).map((what) => [what, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const what of Object.keys(setups)) {
      const child = new Child('setup.cjs', { args: [what] });
      await child.ended;
      samples[what].push(JSON.parse(child.stdout));
    }
  }
  const MB = 1024 * 1024;
  return Object.entries(samples).map(([what, of]) => ({
    what: setups[what],
    ms: summary(of.map(({ ms }) => ms)),
    rssMb: summary(of.map(({ rssBytes }) => rssBytes / MB)),
  }));
}

export function setupTable(costs) {
  return table(
    ['setup', 'ms', 'RSS MB'],
    costs.map(({ what, ms, rssMb }) => [what, cell(ms), cell(rssMb)]),
  );
}
