import { describeHeld } from './support/held';
import { needsServers } from './support/servers';

const PG_LOCK = String.raw`pg query SELECT pg_advisory_xact_lock\(\?\) \(on 127\.0\.0\.1:5432\)(?: \("\w+" in \S+\))?`;
const MARIADB_LOCK = String.raw`mysql2 query SELECT GET_LOCK\(\?, \?\) \(on 127\.0\.0\.1:3306\)`;
const TIMER = String.raw`timer 600000 ms \(\d+ ms left\)`;
const ITSELF = 'it itself';

async function main(): Promise<void> {
  const postgresql = await needsServers('postgresql');
  const none = await needsServers();

  describeHeld({
    title: 'clients of pg',
    script: 'pg.cjs',
    ...postgresql,
    holders: {
      request: by('transfer (pg.cjs:20:3)', PG_LOCK, 'all 2 '),
      sharedRequest: both(['exportAll (pg.cjs:33:5)', TIMER], ['importAll (pg.cjs:41:3)', PG_LOCK]),
      timedAudit: by('timedTransfer (pg.cjs:52:3)', ITSELF),
      callbackRequest: null,
      audit: by('nestedTransfer (pg.cjs:77:3)', ITSELF),
      waitForSecond: both(['otherOfPair (pg.cjs:101:3)', TIMER], ['stuckOfPair (pg.cjs:90:3)', ITSELF]),
      rowsRequest: by('enrichRows (pg.cjs:109:5)', TIMER),
      racedAudit: by('racedTransfer (pg.cjs:123:3)', ITSELF),
      wideTransfer: by('wideTransfer (pg.cjs:136:18)', ITSELF, 'all 2 '),
    },
    deadlocked: ['audit', 'wideTransfer'],
    summary: [
      /DEADLOCK: 1 async function suspended in audit \(pg\.cjs:82\), waiting for pg Pool: 1 of 1 client in use, 1 waiting \("nested" in pg\.cjs\): held by nestedTransfer \(pg\.cjs:77\), which waits for it itself\./,
      /3 async functions suspended in request \(pg\.cjs:25\), waiting for pg Pool: 2 of 2 clients in use, 3 waiting \("pool" in pg\.cjs\): all 2 held by transfer \(pg\.cjs:20\), which waits for pg query SELECT/,
    ],
  });

  describeHeld({
    title: 'connections of mysql2',
    script: 'mysql2.cjs',
    ...(await needsServers('mariadb')),
    holders: {
      request: both(['charge (mysql2.cjs:28:3)', TIMER], ['transfer (mysql2.cjs:22:3)', MARIADB_LOCK]),
      callbackRequest: by('callbackTransfer (mysql2.cjs:43:3)', MARIADB_LOCK),
      nestedRequest: by('nestedTransfer (mysql2.cjs:54:3)', 'mysql2 query SELECT .*'),
    },
    summary: [/held by callbackTransfer \(mysql2\.cjs:43\), which waits for mysql2 query SELECT GET_LOCK/],
  });

  describeHeld({
    title: 'resources of tarn and generic-pool',
    script: 'pools.cjs',
    ...none,
    holders: {
      pumpRequest: by('pump (pools.cjs:44:3)', TIMER),
      printRequest: by('print (pools.cjs:22:3)', TIMER, 'all 2 '),
    },
    summary: [/\("wells" in pools\.cjs\).*: held by pump \(pools\.cjs:44\), which waits for timer 600000 ms/],
  });

  describeHeld({
    title: 'connections of knex',
    script: 'knex.cjs',
    ...postgresql,
    holders: {
      audit: by('transfer (knex.cjs:13:3)', 'knex transaction trx1 to be committed or rolled back'),
    },
    summary: [
      /held by transfer \(knex\.cjs:13\), which waits for knex transaction trx1 to be committed or rolled back/,
    ],
  });

  describeHeld({
    title: 'locks of async-mutex',
    script: 'locks.cjs',
    ...postgresql,
    holders: {
      deposit: by('withdraw (locks.cjs:25:5)', TIMER),
      readIndex: by('rebuilding (locks.cjs:38:5)', TIMER),
      convertNext: by('convert (locks.cjs:48:3)', TIMER),
      leftFirst: by('rightFirst (locks.cjs:69:23)', 'async-mutex Mutex: locked, 1 waiting .*'),
      rightFirst: by('leftFirst (locks.cjs:61:24)', 'async-mutex Mutex: locked, 1 waiting .*'),
      lockThenPool: by('poolThenLock (locks.cjs:84:3)', 'async-mutex Mutex: locked, 1 waiting .*'),
      book: by('lockThenPool (locks.cjs:78:18)', 'pg Pool: 1 of 1 client in use, 1 waiting .*'),
      slowNext: by('slowFirst (locks.cjs:96:3)', TIMER),
      // Which of the two calls was asked is not known.
      move: pattern(
        String.raw`held by (?:move \(locks.cjs:109:21\)|keepThird \(.*\), which waits for ${TIMER})`,
      ),
    },
    deadlocked: ['leftFirst', 'rightFirst', 'lockThenPool', 'book'],
  });

  describeHeld({
    title: 'slots of p-limit and p-queue',
    script: 'limits.mjs',
    ...none,
    holders: {
      uploadNext: by('uploading (limits.mjs:17:5)', TIMER, 'all 2 '),
      inner: by('outer (limits.mjs:27:5)', ITSELF),
      resizeNext: by('resizing (limits.mjs:37:5)', TIMER, 'all 2 '),
      innerTask: by('outerTask (limits.mjs:47:5)', ITSELF),
      timedInner: by('timedOuter (limits.mjs:57:5)', ITSELF),
    },
    deadlocked: ['inner', 'innerTask'],
  });

  const herring = (title: string, name: string, holders: Readonly<Record<string, RegExp | null>>): void =>
    describeHeld({ title, script: `herrings/${name}.cjs`, ...postgresql, holders });

  herring('not a timer of metrics', 'metrics-timer', { request: null });
  herring('not those that have given it back', 'stale-variable', {
    requestOfFunction: by('herrings/stale-variable.cjs:transfer', TIMER),
    requestOfCallback: null,
    requestOfHelper: null,
  });
  herring('not a Map of clients', 'map-of-clients', { request: null });
  herring('not a closure that mentions it', 'closure', { request: null });
  herring('not a releaser that was called', 'released-lock', { request: null });
  herring('not the helpers of the one that has it', 'helper', {
    request: by('herrings/helper.cjs:transfer', TIMER),
  });
  herring('not a loop in its next round', 'loop', { requestOfPool: null, requestOfResting: null });
  herring('not one whose client was destroyed', 'destroyed', { request: null });
  herring('one function with clients of two pools', 'two-pools', {
    requestOfOrders: by('herrings/two-pools.cjs:copy', TIMER),
    requestOfUsers: by('herrings/two-pools.cjs:copy', TIMER),
    requestOfParts: null,
  });
  herring('a semaphore with a free slot', 'free-slot', {
    renderLarge: by('herrings/free-slot.cjs:render', TIMER),
  });
}

function quoted(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}

function pattern(source: string): RegExp {
  return new RegExp(`^${source}$`);
}

/** `transfer (pg.cjs:20:3)`, or file and name where the line says nothing: `herrings/helper.cjs:transfer`. */
function by(holder: string, wait: string, all = ''): RegExp {
  const [, file, name] = /^(herrings\/.*):(\w+)$/.exec(holder) ?? [];
  const source =
    file === undefined
      ? quoted(holder)
      : `${name ?? ''} ${String.raw`\(`}${quoted(file)}${String.raw`:\d+:\d+\)`}`;
  return pattern(`${all}held by ${source}, which waits for ${wait}`);
}

/** Two functions that have one each, in any order. */
function both(...holders: readonly (readonly [holder: string, wait: string])[]): RegExp {
  const sources = holders.map(([holder, wait]) => `1 by ${quoted(holder)}, which waits for ${wait}`);
  return pattern(`held: (?:${sources.join('; ')}|${sources.toReversed().join('; ')})`);
}

void main();
