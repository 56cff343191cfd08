import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { greenThreadsOf, type PrintedGreenThreads, type PrintedGroup } from './support/green-threads';
import { PASSIVE_READING, STACK_READING, isSanitized } from './support/native-addon';
import { PATIENT } from './support/patience';
import { needsServers } from './support/servers';
import { startService, type Service } from './support/service';

const SCRIPT = 'green/callbacks-service.cjs';
const FILE = String.raw`\S*/callbacks-service\.cjs`;
const SEATS = new RegExp(`^SeatPool\\.queue \\("seats" in ${FILE}\\)$`);
const DESK = new RegExp(`^SeatPool\\.queue \\("desk" in ${FILE}\\)$`);

/** The chains of handlers that test/fixtures/green/callbacks-service.cjs makes, innermost first, and what each waits for. */
const CHAINS: Readonly<Record<string, { readonly count: number; readonly waitsFor: RegExp }>> = {
  'in createOrder': { count: 3, waitsFor: SEATS },
  'parse < answer < onFailure': { count: 1, waitsFor: SEATS },
  onFailure: { count: 1, waitsFor: DESK },
  cleanUp: { count: 1, waitsFor: DESK },
  onRow: { count: 1, waitsFor: DESK },
  'parse (Promise.all) < merge': { count: 2, waitsFor: DESK },
  won: { count: 1, waitsFor: DESK },
  tidyUp: { count: 1, waitsFor: DESK },
  adopted: { count: 1, waitsFor: DESK },
  keepAlive: { count: 1, waitsFor: DESK },
};
const COUNT = Object.values(CHAINS).reduce((sum, { count }) => sum + count, 0);

function start(t: TestContext, way: string, env: Readonly<Record<string, string>> = {}): Promise<Service> {
  return startService(t, { script: SCRIPT, args: [way], env }).ready();
}

function chainOf({ frames }: PrintedGroup): string {
  return frames.map(({ name, via }) => (via === null ? name : `${name} (${via})`)).join(' < ');
}

function callbacksOf(found: PrintedGreenThreads): readonly PrintedGroup[] {
  return found.groups.filter(({ isCallback }) => isCallback);
}

function assertAll(found: PrintedGreenThreads): void {
  const chains = callbacksOf(found).map((group) => [chainOf(group), group] as const);
  assert.deepEqual(chains.map(([chain]) => chain).sort(), Object.keys(CHAINS).sort(), found.text);
  for (const [chain, { count, waitsFor }] of chains) {
    assert.equal(count, CHAINS[chain]?.count, `${chain} in\n${found.text}`);
    if (waitsFor !== null) assert.match(waitsFor, CHAINS[chain]?.waitsFor ?? /^$/, chain);
  }
  assert.equal(found.callbacks, COUNT);
  assert.equal(found.suspended, 2);
  assert.equal(found.threads, COUNT + 2);
}

describe('code that waits with .then() alone', { ...PATIENT, ...STACK_READING }, () => {
  for (const way of ['idle', 'spin']) {
    test(`is listed by its handlers, with what they wait for, in a thread that is ${way}`, async (t) => {
      const found = greenThreadsOf(await (await start(t, way)).reportOnSignal());
      assertAll(found);
      assert.ok(
        callbacksOf(found).every(({ waitsFor }) => waitsFor !== null),
        found.text,
      );
    });
  }

  test('is listed in a thread that is blocked in a system call', PASSIVE_READING, async (t) => {
    assertAll(greenThreadsOf(await (await start(t, 'read')).reportOnSignal()));
  });

  test('is listed in a worker', async (t) => {
    const service = startService(t, { script: SCRIPT, args: ['idle'], env: { CALLBACKS_IN_WORKER: '1' } });
    await service.ready();
    assertAll(greenThreadsOf(await service.reportOnSignal(), 'worker 1 "shop"'));
  });

  test('is listed behind async functions, and packages after the service', async (t) => {
    const { groups, text } = greenThreadsOf(await (await start(t, 'idle')).reportOnSignal());
    const first = groups.findIndex(({ isCallback }) => isCallback);
    assert.ok(first === 2 && groups.slice(first).every(({ isCallback }) => isCallback), text);
    assert.equal(chainOf(groups.at(-1) as PrintedGroup), 'keepAlive');
  });

  test('does not list a handler for which an async function waits, or that one calls at its end, twice', async (t) => {
    const { groups, text } = greenThreadsOf(await (await start(t, 'idle')).reportOnSignal());
    const chains = groups.map(chainOf);
    assert.ok(!chains.some((chain) => chain.includes('awaitedHandler')), text);
    assert.equal(chains.filter((chain) => chain.includes('afterWork')).join(), 'suspendedWork < afterWork');
  });

  test('is the first sentence of the summary where nothing is suspended', async (t) => {
    const service = startService(t, { script: 'green/callbacks-only-service.cjs' });
    const report = await (await service.ready()).reportOnSignal();
    assert.match(
      report,
      /^ {2}main thread: no async function is suspended; 3 callbacks wait in createOrder \(callbacks-only-service\.cjs:\d+\) for SeatPool\.queue \("seats" in callbacks-only-service\.cjs\)\.$/m,
    );
  });

  const inTime = isSanitized() ? { skip: 'there is no time for it with a sanitizer' } : {};
  test('is counted, bounded, for 100,000 promises', inTime, async (t) => {
    const service = await start(t, 'idle', { CALLBACKS_MANY: '100000' });
    const report = await service.reportOnSignal();
    const found = greenThreadsOf(report);
    assert.equal(found.callbacks, COUNT + 100_000);
    const [largest] = callbacksOf(found);
    assert.equal(largest?.count, 100_000);
    assert.equal(chainOf(largest), 'parse');
    assert.ok(report.length < 100_000, `${report.length} characters`);
    t.diagnostic(`${found.costMs} ms`);
  });
});

/** The callbacks of a program: the chain of names, how many, and what each waits for. */
type Expected = Readonly<Record<string, readonly [number, RegExp]>>;

const AT_PG = String.raw`\(on 127\.0\.0\.1:5432\)`;
const AT_MARIADB = String.raw`\(on 127\.0\.0\.1:3306\)`;
const POOL_OF_PG = /^pg Pool: 1 of 1 client in use, 3 waiting \("pool" in /;
const POOL_OF_MYSQL2 = /^mysql2 Pool: 1 of 1 connection in use, 3 waiting/;

const HELD: Readonly<Record<string, Expected>> = {
  bluebird: {
    'insertOrder < onFailure': [3, /^SeatPool\.queue \("seats" in /],
    first: [1, /^SeatPool\.queue \("desk" in /],
    second: [1, /^SeatPool\.queue \("desk" in /],
    third: [1, /^SeatPool\.queue \("desk" in /],
    cleanUp: [1, /^SeatPool\.queue \("desk" in /],
    withAll: [1, /^SeatPool\.queue \("desk" in /],
    withMap: [1, /^SeatPool\.queue \("desk" in /],
    withProps: [1, /^SeatPool\.queue \("desk" in /],
    withCoroutine: [1, /^SeatPool\.queue \("desk" in /],
    // The library may settle its promise in a way that is not known.
    withNothing: [
      1,
      /^something that was not followed to the end: how a library settles its promise is not known$/,
    ],
  },
  mysql2: {
    onConnection: [2, POOL_OF_MYSQL2],
    onPoolRow: [1, /^mysql2 query SELECT \? AS word, waiting for a connection of the Pool/],
    onSlowRow: [1, new RegExp(`^mysql2 query SELECT SLEEP\\(\\?\\), \\? AS word ${AT_MARIADB}`)],
    onSlowPoolRow: [1, new RegExp(`^mysql2 query SELECT SLEEP\\(\\?\\), \\? AS word ${AT_MARIADB}`)],
    onQueuedRow: [
      1,
      new RegExp(`^mysql2 query SELECT \\? AS word ${AT_MARIADB}, queued behind SELECT SLEEP`),
    ],
  },
  pg: {
    onClient: [2, POOL_OF_PG],
    onPoolRow: [1, POOL_OF_PG],
    onSlowRow: [1, new RegExp(`^pg query SELECT pg_advisory_lock\\(\\?\\), \\? AS word ${AT_PG}`)],
    onQueuedRow: [
      1,
      new RegExp(`^pg query SELECT \\? AS word ${AT_PG}, queued behind SELECT pg_advisory_lock`),
    ],
  },
};

async function describeHeld(library: string, skip: string | false): Promise<void> {
  const options = skip === false ? STACK_READING : { skip };
  await describe(`callbacks that ${library} holds`, { ...PATIENT, ...options }, () => {
    test('are listed with what they wait for', async (t) => {
      const service = startService(t, { script: `explain/callbacks-${library}.cjs` });
      const found = greenThreadsOf(await (await service.ready()).reportOnSignal());
      const callbacks = callbacksOf(found);
      const expected = HELD[library] ?? {};
      assert.deepEqual(callbacks.map(chainOf).sort(), Object.keys(expected).sort(), found.text);
      for (const group of callbacks) {
        const [count, waitsFor] = expected[chainOf(group)] ?? [0, /^$/];
        assert.equal(group.count, count, found.text);
        assert.match(group.waitsFor ?? '', waitsFor);
      }
    });
  });
}

async function describeAllHeld(): Promise<void> {
  const packages = await needsServers();
  await describeHeld('bluebird', packages.skip);
  await describeHeld('mysql2', (await needsServers('mariadb')).skip);
  await describeHeld('pg', (await needsServers('postgresql')).skip);
}

void describeAllHeld();
