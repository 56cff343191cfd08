import { describeExplained } from './support/explained';
import { needsServers } from './support/servers';

const AT_PG = '(on 127.0.0.1:5432)';
const AT_MARIADB = '(on 127.0.0.1:3306)';
const PG_LOCK = 'SELECT pg_advisory_xact_lock(?), ? AS word';
const ROW_LOCK = 'SELECT ? AS word FROM gmr_explain WHERE id = ? FOR UPDATE';

/** The pool's variable is found where its client has been released once. */
const RUNNING_QUERY = new RegExp(
  `^${pattern(`pg query ${PG_LOCK} ${AT_PG}`)}( ${pattern('("')}\\w+${pattern('" in FILE)')})?$`,
);

async function main(): Promise<void> {
  const postgresql = await needsServers('postgresql');

  describeExplained({
    title: 'pg 8, its Pool',
    script: 'pg.cjs',
    ...postgresql,
    waits: {
      request: exactly('pg Pool: 2 of 2 clients in use, 4 waiting ("pool" in FILE)'),
      queryOfPool: exactly('pg Pool: 2 of 2 clients in use, 4 waiting ("pool" in FILE)'),
      timedRequest: startingWith(
        'pg Pool: 1 of 1 client in use, 1 waiting ("timed" in FILE), given up after 600 s (',
      ),
      endPool: exactly('pg Pool ending: 1 client in use ("ending" in FILE)'),
      transfer: exactly(`pg query ${PG_LOCK} ${AT_PG} ("pool" in FILE)`),
    },
  });

  describeExplained({
    title: 'pg 8, its Client',
    script: 'pg-clients.cjs',
    ...postgresql,
    waits: {
      runningQuery: exactly(`pg query ${PG_LOCK} ${AT_PG} ("client" in FILE)`),
      queuedQuery: exactly(`pg query SELECT ? AS word ${AT_PG}, queued behind ${PG_LOCK} ("client" in FILE)`),
      timedQuery: startingWith(`pg query ${PG_LOCK} ${AT_PG} ("timed" in FILE), given up after 600 s (`),
      poolQuery: RUNNING_QUERY,
      poolQueryAgain: RUNNING_QUERY,
      queryInTransaction: exactly(`pg query SELECT pg_advisory_xact_lock(?) ${AT_PG} ("pool" in FILE)`),
      unconnectedQuery: exactly(
        `pg query SELECT ? AS word ${AT_PG}, queued in a Client that is not connected ("unused" in FILE)`,
      ),
      earlyQuery: exactly('pg query SELECT ? AS word (on SILENT), queued until the Client has connected'),
      connecting: exactly('pg Client connecting to SILENT, waiting for its answer'),
      poolConnecting: exactly('pg Pool: a new client is connecting to SILENT, waiting for its answer'),
      poolConnectingForQuery: exactly(
        'pg Pool: a new client is connecting to SILENT, waiting for its answer',
      ),
      timedPoolConnecting: exactly('pg Pool: a new client is connecting to SILENT, waiting for its answer'),
      behindConnecting: exactly('pg Pool: 2 of 2 clients in use or connecting, 1 waiting'),
    },
  });

  describeExplained({
    title: 'mysql2 3',
    script: 'mysql2.cjs',
    ...(await needsServers('mariadb')),
    waits: {
      poolRequest: exactly('mysql2 Pool: 2 of 2 connections in use, 4 waiting'),
      poolExecute: exactly('mysql2 Pool: 2 of 2 connections in use, 4 waiting'),
      poolQuery: exactly(
        'mysql2 query SELECT ? AS word, waiting for a connection of the Pool: 2 of 2 connections in use, 4 waiting',
      ),
      callbackRequest: exactly('mysql2 Pool: 1 of 1 connection in use, 2 waiting ("callbackPool" in FILE)'),
      callbackPoolQuery: exactly(
        'mysql2 query SELECT ? AS word, waiting for a connection of the Pool: 1 of 1 connection in use, 2 waiting ("callbackPool" in FILE)',
      ),
      lockedQuery: exactly(`mysql2 query ${ROW_LOCK} ${AT_MARIADB}`),
      lockedExecute: exactly(`mysql2 query ${ROW_LOCK} ${AT_MARIADB}`),
      executeAgain: exactly(`mysql2 query SELECT id FROM gmr_explain WHERE id = ? FOR UPDATE ${AT_MARIADB}`),
      callbackQuery: exactly(`mysql2 query SELECT ? FROM gmr_explain WHERE id = ? FOR UPDATE ${AT_MARIADB}`),
      queuedExecute: exactly(`mysql2 query SELECT ? AS word ${AT_MARIADB}, queued behind ${ROW_LOCK}`),
      queuedPing: exactly(`mysql2 Ping ${AT_MARIADB}, queued behind ${ROW_LOCK}`),
      connecting: exactly('mysql2 connecting to SILENT, waiting for its answer'),
      earlyQuery: exactly('mysql2 query SELECT ? AS word (on SILENT), queued until the connection is made'),
      poolConnecting: exactly('mysql2 connecting to SILENT, waiting for its answer'),
      queryOfConnectingPool: exactly('mysql2 query SELECT ? AS word, waiting for a connection of the Pool'),
      behindConnecting: exactly('mysql2 Pool: 2 of 2 connections in use or connecting, 1 waiting'),
    },
  });

  describeExplained({
    title: 'knex 3',
    script: 'knex.cjs',
    ...postgresql,
    waits: {
      outsideQuery: startingWith(
        'knex connection pool (tarn): 1 of 1 connection in use, 2 waiting, given up after 600 s',
      ),
      secondTransfer: startingWith(
        'knex connection pool (tarn): 1 of 1 connection in use, 2 waiting, given up after',
      ),
      transfer: exactly('knex transaction trx1 to be committed or rolled back'),
      runningQuery: exactly(`pg query select pg_advisory_xact_lock(?), ? as word ${AT_PG}`),
      queryInTransaction: exactly('knex transaction trx3 to be committed or rolled back'),
      connecting: startingWith(
        'knex connection pool (tarn): 0 of 2 connections in use, 1 waiting, 1 being made',
      ),
      create: exactly('pg Client connecting to SILENT, waiting for its answer'),
    },
  });

  describeExplained({
    title: 'sequelize-pool 7',
    script: 'sequelize-pool.cjs',
    ...(await needsServers()),
    waits: {
      request:
        /^sequelize-pool Pool: 2 of 2 resources in use, 3 waiting \("pool" in \S*\/sequelize-pool\.cjs\), given up after 600 s$/,
      requestToSlowPool:
        /^sequelize-pool Pool: 0 of 2 resources in use, 1 waiting, 1 being made \("slow" in [^)]*\), given up after 600 s$/,
    },
  });

  describeExplained({
    title: 'tarn 3',
    script: 'tarn.cjs',
    ...(await needsServers()),
    waits: {
      request: startingWith('tarn Pool: 2 of 2 resources in use, 3 waiting ("pool" in FILE), given up after'),
      requestToSlowPool: startingWith(
        'tarn Pool: 0 of 2 resources in use, 1 waiting, 1 being made ("slow" in FILE), given up after',
      ),
      destroyPool: exactly('tarn Pool: a resource to be released ("ending" in FILE)'),
    },
  });

  describeExplained({
    title: 'generic-pool 3',
    script: 'generic-pool.cjs',
    ...(await needsServers()),
    waits: {
      request: exactly('generic-pool Pool: 2 of 2 resources in use, 4 waiting ("pool" in FILE)'),
      use: exactly('generic-pool Pool: 2 of 2 resources in use, 4 waiting ("pool" in FILE)'),
      timedRequest: exactly(
        'generic-pool Pool: 1 of 1 resource in use, 1 waiting ("timed" in FILE), given up after 600 s',
      ),
      requestToSlowPool: exactly(
        'generic-pool Pool: 0 of 2 resources in use, 1 waiting, 1 being made ("slow" in FILE)',
      ),
    },
  });
}

/** What is said of a wait; FILE is any path, and SILENT the address of a server of the fixture. */
function pattern(text: string): string {
  return text
    .replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)
    .replaceAll('FILE', String.raw`[^\s")]*`)
    .replaceAll('SILENT', String.raw`127\.0\.0\.1:\d+`);
}

function exactly(text: string): RegExp {
  return new RegExp(`^${pattern(text)}$`);
}

function startingWith(text: string): RegExp {
  return new RegExp(`^${pattern(text)}`);
}

void main();
