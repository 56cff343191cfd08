import { describeHeld } from './support/held';
import { needsServers } from './support/servers';

const PG_LOCK = String.raw`pg query SELECT pg_advisory_xact_lock\(\?\) \(on 127\.0\.0\.1:5432\)(?: \("\w+" in \S+\))?`;
const MARIADB_LOCK = String.raw`mysql2 query SELECT GET_LOCK\(\?, \?\) \(on 127\.0\.0\.1:3306\)`;
const TIMER = String.raw`timer 600000 ms \(\d+ ms left\)`;
const LOCK = 'async-mutex Mutex: locked, 1 waiting .*';
const ITSELF = 'it itself';

async function main(): Promise<void> {
  const postgresql = await needsServers('postgresql');
  const none = await needsServers();

  describeHeld({
    title: 'locks of the service itself',
    script: 'own-locks.cjs',
    skip: false,
    holders: {
      readStore: by('Store.backUp (own-locks.cjs:63:7)', TIMER, 'probably '),
      waitForJournal: by('writeJournal (own-locks.cjs:110:3)', TIMER, 'probably '),
      firstThenSecond: by('secondThenFirst (own-locks.cjs:128:3)', circleAt('first'), 'probably '),
      secondThenFirst: by('firstThenSecond (own-locks.cjs:122:3)', circleAt('second'), 'probably '),
      // Those who have to do with that gate have not taken it yet, or have given it back.
      readOther: null,
      // It took another one.
      waitForWanted: null,
    },
    summary: [
      /async \(anonymous\) in firstThenSecond \(\S+own-locks\.cjs:\d+:\d+\)/,
      /main thread: 2 async functions suspended in Store\.read \(own-locks\.cjs:53\), waiting for Store\.gate\.line \("store" in own-locks\.cjs\): probably held by Store\.backUp \(own-locks\.cjs:63\), which waits for timer/,
    ],
  });

  describeHeld({
    title: 'locks of the service itself that hand out a function, or call helpers',
    script: 'own-releasers.cjs',
    skip: false,
    holders: {
      uploadNext: by('2 calls of upload (own-releasers.cjs:64:5)', TIMER, 'probably '),
      post: by('closeMonth (own-releasers.cjs:76:5)', TIMER, 'probably '),
      search: by('rebuild (own-releasers.cjs:83:3)', TIMER, 'probably '),
      // Others may have released it, or will.
      waitForLease: null,
      waitForGiven: null,
    },
    summary: [],
  });

  describeHeld({
    title: 'locks of the service itself without a class, or in one function',
    script: 'own-closures.cjs',
    skip: false,
    holders: {
      post: by('closeMonth (own-closures.cjs:105:5)', TIMER, 'probably '),
      resizeNext: by('2 calls of resize (own-closures.cjs:123:3)', TIMER, 'probably '),
      sendNext: by('send (own-closures.cjs:129:3)', TIMER, 'probably '),
      rotateNext: by('rotate (own-closures.cjs:135:3)', TIMER, 'probably '),
      writeNext: by('writeLog (own-closures.cjs:143:5)', TIMER, 'probably '),
    },
    summary: [],
  });

  describeHeld({
    title: 'queues of the service itself that start the next task when one is over',
    script: 'own-tasks.cjs',
    skip: false,
    holders: {
      downloadNext: by('2 calls of fetchPage (own-tasks.cjs:104:3)', TIMER, 'probably '),
      renderNext: by('draw (own-tasks.cjs:113:3)', TIMER, 'probably '),
      saveNext: by('Serial.drain (own-tasks.cjs:63:22)', TIMER, 'probably '),
      compressNext: by('compress (own-tasks.cjs:128:3)', TIMER, 'probably '),
    },
    summary: [],
  });

  describeHeld({
    title: 'clients of pg',
    script: 'pg.cjs',
    ...postgresql,
    holders: {
      request: by('transfer (pg.cjs:20:3)', PG_LOCK, 'both '),
      sharedRequest: both(['exportAll (pg.cjs:33:5)', TIMER], ['importAll (pg.cjs:41:3)', PG_LOCK]),
      timedAudit: by('timedTransfer (pg.cjs:52:3)', ITSELF),
      callbackRequest: null,
      audit: by('nestedTransfer (pg.cjs:77:3)', ITSELF),
      waitForSecond: both(['otherOfPair (pg.cjs:101:3)', TIMER], ['stuckOfPair (pg.cjs:90:3)', ITSELF]),
      rowsRequest: by('enrichRows (pg.cjs:109:5)', TIMER),
      racedAudit: by('racedTransfer (pg.cjs:123:3)', ITSELF),
      wideTransfer: by('wideTransfer (pg.cjs:136:18)', ITSELF, 'both '),
    },
    deadlocked: ['audit', 'wideTransfer'],
    summary: [
      /DEADLOCK: 1 async function suspended in audit \(pg\.cjs:82\), waiting for pg Pool: 1 of 1 client in use, 1 waiting \("nested" in pg\.cjs\): held by nestedTransfer \(pg\.cjs:77\), which waits for it itself\./,
      /3 async functions suspended in request \(pg\.cjs:25\), waiting for pg Pool: 2 of 2 clients in use, 3 waiting \("pool" in pg\.cjs\): both held by transfer \(pg\.cjs:20\), which waits for pg query SELECT/,
    ],
  });

  describeHeld({
    title: 'connections of mysql2',
    script: 'mysql2.cjs',
    ...(await needsServers('mariadb')),
    holders: {
      request: both(['charge (mysql2.cjs:28:3)', TIMER], ['transfer (mysql2.cjs:22:3)', MARIADB_LOCK]),
      callbackRequest: by('callbackTransfer (mysql2.cjs:43:3)', MARIADB_LOCK),
      nestedRequest: by('nestedTransfer (mysql2.cjs:54:3)', ITSELF),
      audit: by('nestedTransfer (mysql2.cjs:54:3)', ITSELF),
    },
    deadlocked: ['nestedRequest', 'audit'],
    summary: [
      // Both wait for the same pool. The order of the two is that of the heap, and the first one names the holder.
      /DEADLOCK: 1 async function suspended in audit \(mysql2\.cjs:59\), waiting for mysql2 query SELECT \?, waiting for a connection of the Pool: 1 of 1 connection in use, 2 waiting[.:]/,
      /DEADLOCK: 1 async function suspended in nestedRequest \(mysql2\.cjs:63\), waiting for mysql2 Pool: 1 of 1 connection in use, 2 waiting[.:]/,
      /1 of 1 connection in use, 2 waiting: held by nestedTransfer \(mysql2\.cjs:54\), which waits for it itself\.(?![^=]*held by nestedTransfer)/,
    ],
  });

  describeHeld({
    title: 'resources of tarn, generic-pool and sequelize-pool',
    script: 'pools.cjs',
    ...none,
    holders: {
      pumpRequest: by('pump (pools.cjs:44:3)', TIMER),
      printRequest: by('print (pools.cjs:22:3)', TIMER, 'both '),
      scanAgain: by('scan (pools.cjs:33:3)', ITSELF),
      // These are given up after a time.
      copyAgain: by('copy (pools.cjs:55:3)', ITSELF),
      queryAgain: by('query (pools.cjs:66:3)', ITSELF),
    },
    deadlocked: ['scanAgain'],
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
      convertNext: by('2 calls of convert (locks.cjs:48:3)', TIMER),
      leftFirst: by('rightFirst (locks.cjs:69:23)', 'async-mutex Mutex: locked, 1 waiting .*'),
      rightFirst: by('leftFirst (locks.cjs:61:24)', 'async-mutex Mutex: locked, 1 waiting .*'),
      lockThenPool: by('poolThenLock (locks.cjs:84:3)', 'async-mutex Mutex: locked, 1 waiting .*'),
      book: by('lockThenPool (locks.cjs:78:18)', 'pg Pool: 1 of 1 client in use, 1 waiting .*'),
      slowNext: by('slowFirst (locks.cjs:96:3)', TIMER),
      // One group for each of the two calls.
      move: pattern(
        String.raw`held by (?:move \(locks.cjs:109:21\), which waits for ${LOCK}|keepThird \(.*\), which waits for ${TIMER})`,
      ),
    },
    deadlocked: ['leftFirst', 'rightFirst', 'lockThenPool', 'book'],
  });

  describeHeld({
    title: 'two locks, of two calls at one place',
    script: 'circle.cjs',
    ...none,
    holders: { transfer: by('transfer (circle.cjs:14:21)', LOCK) },
    deadlocked: ['transfer'],
    summary: [
      /DEADLOCK: 1 async function suspended in transfer \(circle\.cjs:14\), in Mutex\.acquire of async-mutex, waiting for async-mutex Mutex: locked, 1 waiting \("left" in circle\.cjs\): held by transfer/,
      /DEADLOCK: 1 async function suspended in transfer \(circle\.cjs:14\), in Mutex\.acquire of async-mutex, waiting for async-mutex Mutex: locked, 1 waiting \("right" in circle\.cjs\): held by transfer/,
    ],
  });

  describeHeld({
    title: 'two locks, one of which a timer gives back',
    script: 'leases.cjs',
    ...none,
    holders: {
      reserve: by('settle (leases.cjs:22:24)', LOCK),
      settle: by('reserve (leases.cjs:14:25)', LOCK),
    },
    deadlocked: [],
  });

  describeHeld({
    title: 'slots of p-limit and p-queue',
    script: 'limits.mjs',
    ...none,
    holders: {
      uploadNext: by('uploading (limits.mjs:17:5)', TIMER, 'both '),
      inner: by('outer (limits.mjs:27:5)', ITSELF),
      resizeNext: by('resizing (limits.mjs:37:5)', TIMER, 'both '),
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
  herring('not those that have given it away, and release something else', 'given-away', {
    requestOfOrders: null,
    requestOfUsers: null,
    requestOfParts: by('herrings/given-away.cjs:listParts', TIMER),
    requestOfLock: null,
  });
  herring('no deadlock where a timer will cancel', 'cancelled-locks', {
    leftFirst: by('herrings/cancelled-locks.cjs:rightFirst', LOCK),
    rightFirst: by('herrings/cancelled-locks.cjs:leftFirst', LOCK),
  });
  herring('nobody where an object of the service is no lock, or they have not taken it', 'not-locks', {
    work: null,
    wantLock: null,
    listen: null,
    waitAtGate: null,
    wantToken: null,
    wantD: null,
    wantThing: null,
  });
  herring('nobody that will not wake those who wait, or only others', 'not-turns', {
    waitAtDoor: null,
    waitAndLook: null,
    waitOrFail: null,
    waitToDo: null,
    waitForB: null,
    waitForOther: null,
  });
  herring('nobody whose own variables have the names of others', 'other-names', {
    lockOfFile: null,
    enterOfFile: null,
    lockStore: null,
  });
  herring('nobody who has one of several locks, has given it back, or leaves that to others', 'not-for-all', {
    lockOne: null,
    lockMutex: null,
    lockFirst: null,
    lockFailing: null,
    visitHall: null,
  });
  herring('nobody who brings what is waited for', 'not-tasks', {
    readLetter: null,
    readParcel: null,
    waitForTick: null,
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

/** A wait for a lock whose holder waits for another one, of which that is true too. */
function circleAt(variable: string): string {
  return String.raw`Mutex\.#queue \("${variable}" in \S+\), and that leads back to this one: a deadlock, unless another function gives it back`;
}

/** Two functions that have one each, in any order. */
function both(...holders: readonly (readonly [holder: string, wait: string])[]): RegExp {
  const sources = holders.map(([holder, wait]) => `1 by ${quoted(holder)}, which waits for ${wait}`);
  return pattern(`held: (?:${sources.join('; ')}|${sources.toReversed().join('; ')})`);
}

void main();
