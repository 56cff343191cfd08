import { describeExplained } from './support/explained';
import { needsServers } from './support/servers';

const AT = String.raw`127\.0\.0\.1:\d+`;
const PG = String.raw`\(on 127\.0\.0\.1:5432\)`;

async function main(): Promise<void> {
  const postgresql = await needsServers('postgresql');

  describeExplained({
    title: 'pg 8, its Pool',
    script: 'pg.cjs',
    ...postgresql,
    waits: {
      request: /^pg Pool: 2 of 2 clients in use, 3 waiting \("pool" in \S*\/pg\.cjs\)$/,
    },
  });

  describeExplained({
    title: 'pg 8, its Client',
    script: 'pg-clients.cjs',
    ...postgresql,
    waits: {
      runningQuery: new RegExp(
        String.raw`^pg query SELECT pg_sleep\(\?\), \? AS word WHERE \? = \? ${PG} \("client" in \S*\)$`,
      ),
      queuedQuery: new RegExp(
        String.raw`^pg query SELECT \? AS word ${PG}, ` +
          String.raw`queued behind SELECT pg_sleep\(\?\), \? AS word WHERE \? = \? \("client" in \S*\)$`,
      ),
      timedQuery: new RegExp(
        String.raw`^pg query SELECT pg_sleep\(\?\), \? AS word ${PG} \("timed" in \S*\) \| timer 600000 ms`,
      ),
      poolQuery: new RegExp(
        String.raw`(?:^|\| )pg query SELECT pg_sleep\(\?\), \? AS word WHERE \? = \? ${PG} ` +
          String.raw`\| event "error" of the pg Client ${PG}`,
      ),
      lockedQuery: new RegExp(String.raw`^pg query SELECT \? AS word, pg_advisory_lock\(\?\) ${PG}$`),
      unconnectedQuery: new RegExp(
        String.raw`^pg query SELECT \? AS word ${PG}, ` +
          String.raw`queued in a Client that is not connected \("unused" in \S*\)$`,
      ),
      earlyQuery: new RegExp(
        String.raw`^pg query SELECT \? AS word \(on ${AT}\), queued until the Client has connected$`,
      ),
      connecting: new RegExp(`^pg Client connecting to ${AT}, waiting for its answer$`),
    },
  });

  describeExplained({
    title: 'pg 8, a Pool that makes clients',
    script: 'pg-clients.cjs',
    ...postgresql,
    waits: {
      poolConnecting: new RegExp(`^pg Pool: a new client is connecting to ${AT}, waiting for its answer$`),
      poolConnectingForQuery: new RegExp(
        `^pg Pool: a new client is connecting to ${AT}, waiting for its answer$`,
      ),
      timedPoolConnecting: new RegExp(
        `^pg Pool: a new client is connecting to ${AT}, waiting for its answer$`,
      ),
      behindConnecting: /^pg Pool: 2 of 2 clients in use or connecting, 1 waiting$/,
    },
  });
}

void main();
