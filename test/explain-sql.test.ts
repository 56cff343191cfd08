import { describeExplained } from './support/explained';
import { needsServers } from './support/servers';

async function main(): Promise<void> {
  describeExplained({
    title: 'pg 8',
    script: 'pg.cjs',
    ...(await needsServers('postgresql')),
    waits: {
      request: /^pg Pool: 2 of 2 clients in use, 3 waiting \("pool" in \S*\/pg\.cjs\)$/,
    },
  });
}

void main();
