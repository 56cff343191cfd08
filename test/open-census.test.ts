import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { HeapClass } from '../src/report/heap-classes';
import type { IsolateThread, Photograph } from '../src/report/model';
import type { OpenGroup, OpenKind, OpenThings } from '../src/report/open';
import { untilReportFiles } from './support/files';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { Service } from './support/service';

const SCRIPT = 'open-service.cjs';
const MOST_REPORTS = 10;
/** Of test/fixtures/open-service.cjs. */
const TIMEOUTS = 31;
const CONNECTIONS = 12;
const LOCAL_CONNECTIONS = 5;
/** Objects that one of the two counts has, because it was made in between, or that only V8 finds unreachable. */
const MOST_APART = 0.02;
/**
 * About as many objects of Node's and V8's own are counted in each heap that a heap snapshot has under another name, or
 * not at all: those that inherit a `Symbol.toStringTag`, above all.
 */
const OF_NODE = 30;

interface Found {
  readonly main: IsolateThread;
  readonly open: OpenThings;
  /** What `process.getActiveResourcesInfo()` returned. */
  readonly resources: readonly string[];
  readonly classes: readonly HeapClass[];
}

function countOf(groups: readonly OpenGroup[], is: (group: OpenGroup) => boolean): number {
  return groups.filter(is).reduce((count, group) => count + group.count, 0);
}

for (const state of ['idle', 'busy', 'blocked'] as const) {
  describe(`what is open in a thread that is ${state}`, { ...PATIENT, ...STACK_READING }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'gmr-open-'));
    const service = new Service({
      script: SCRIPT,
      args: [state],
      execArgv: ['--expose-gc'],
      env: { OPEN_LOG_DIR: folder },
    });
    let found: Found;

    /** A report without objects that V8 moved while they were read. */
    async function wholeReport(): Promise<Omit<Found, 'resources'>> {
      for (let count = 1; ; count += 1) {
        service.signal();
        const file = (await untilReportFiles(folder, count)).at(-1) ?? '';
        const { isolates } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Photograph;
        const [main] = isolates;
        assert.ok(main !== undefined && main.open.status === 'known', JSON.stringify(main?.open));
        const { open, heapClasses } = main;
        assert.ok(heapClasses.status === 'known', JSON.stringify(heapClasses));
        if (open.changed === 0 || count === MOST_REPORTS) return { main, open, classes: heapClasses.classes };
      }
    }

    before(async () => {
      await service.ready();
      const report = await wholeReport();
      const resources = JSON.parse((await service.line('resources ')).slice('resources '.length)) as string[];
      found = { ...report, resources };
    });
    after(async () => {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const ofKind = (kind: OpenKind): OpenGroup[] => found.open.groups.filter((group) => group.kind === kind);
    const all = (): boolean => true;
    const resourcesOf = (...names: string[]): number =>
      found.resources.filter((name) => names.includes(name)).length;

    test('has every connection of TCP, with its state and peer', () => {
      const sockets = ofKind('connection');
      assert.equal(countOf(sockets, all), 2 * CONNECTIONS);
      assert.equal(
        countOf(sockets, ({ details }) => details['state'] === 'ESTABLISHED'),
        2 * CONNECTIONS,
      );
      assert.equal(
        countOf(sockets, ({ details }) => /^127\.0\.0\.1(?::\d+)?$/.test(details['peer'] ?? '')),
        2 * CONNECTIONS,
      );
      assert.equal(resourcesOf('TCPSocketWrap'), countOf(sockets, all));
    });

    test('has the servers', () => {
      const servers = ofKind('server');
      assert.equal(countOf(servers, all), 2);
      assert.equal(
        countOf(servers, ({ details }) => /^127\.0\.0\.1:\d+$/.test(details['local'] ?? '')),
        1,
      );
      assert.equal(
        countOf(servers, ({ details }) => details['local']?.includes('gmr-open-') === true),
        1,
      );
    });

    test('has the local connections', () => {
      const pipes = ofKind('pipe').filter(
        ({ details }) =>
          details['target']?.includes('gmr-open-') === true ||
          details['local']?.includes('gmr-open-') === true,
      );
      assert.equal(countOf(pipes, all), 2 * LOCAL_CONNECTIONS);
    });

    test('has the timers that were not cleared, by the function that they call', () => {
      const ticks = ofKind('timer').filter(({ functions }) => functions[0]?.functionName === 'tick');
      assert.equal(countOf(ticks, all), TIMEOUTS + 1);
      const refed = ticks.reduce((sum, { keepAlive }) => sum + keepAlive, 0);
      assert.equal(refed, TIMEOUTS);
      assert.equal(resourcesOf('Timeout'), refed);
      const place = ticks[0]?.functions[0];
      assert.match(place?.file ?? '', /open-service\.cjs$/);
      const source = readFileSync(join(__dirname, '..', '..', 'test', 'fixtures', SCRIPT), 'utf8').split(
        '\n',
      );
      assert.match(source[(place?.line ?? 0) - 1] ?? '', /^function tick/);
    });

    test('agrees with the handles of the event loop', () => {
      const { loop } = found.open;
      assert.ok(loop.status === 'known', JSON.stringify(loop));
      const { handlesByType } = loop;
      const alive = [...ofKind('connection'), ...ofKind('server')]
        .filter(({ details }) => !(details['local'] ?? '').includes('gmr-open-'))
        .reduce((sum, { keepAlive }) => sum + keepAlive, 0);
      assert.equal(handlesByType['tcp']?.refed, alive);
    });

    test('counts objects by their class', () => {
      const count = (name: string): number => found.classes.find((of) => of.name === name)?.count ?? 0;
      // The prototype of SpecialOrder is counted with them, as in a heap snapshot.
      assert.equal(count('Order'), 2000 + 1);
      assert.equal(count('SpecialOrder'), 1000);
    });

    if (state === 'blocked') {
      test('counts the objects of each class as a heap snapshot does', async () => {
        service.write('x');
        const line = await service.line('snapshot ');
        const real = JSON.parse(line.slice('snapshot '.length)) as Record<string, number>;
        const apart = found.classes.flatMap(({ name, count }) => {
          const wanted = real[name] ?? 0;
          const most = Math.max(wanted * MOST_APART, OF_NODE);
          return Math.abs(count - wanted) <= most ? [] : [`${name}: ${count}, not ${wanted}`];
        });
        assert.deepEqual(apart, []);
      });
    }
  });
}
