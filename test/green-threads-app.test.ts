import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { test } from 'node:test';
import { greenThreadsOf, type PrintedGreenThreads } from './support/green-threads';
import { STACK_READING } from './support/native-addon';
import { PATIENT, TIME_SCALE } from './support/patience';
import { cutReports, startService } from './support/service';

const SECONDS = Number(process.env['GMR_APP_SECONDS'] ?? 3);
const REPORT_EVERY_MS = 100;
const CLIENTS = 8;
/** Requests that stay in flight for the whole test, by the name of their handler. */
const HELD: Readonly<Record<string, { readonly path: string; readonly count: number }>> = {
  heldPoolHandler: { path: '/held/pool', count: 7 },
  heldFetchHandler: { path: '/held/fetch', count: 5 },
  heldStreamHandler: { path: '/held/stream', count: 3 },
};

const agent = new Agent({ keepAlive: true });

/** The status of one request; rejects when the connection breaks. */
function ask(port: number, path: string, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, path, method, agent, host: '127.0.0.1' }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

function inFlight({ groups }: PrintedGreenThreads, handler: string): number {
  return groups
    .filter(({ frames }) => frames.some(({ name }) => name === handler))
    .reduce((sum, { count }) => sum + count, 0);
}

test(
  'an application under load loses no request, and each report lists its handlers in flight',
  {
    ...PATIENT,
    ...STACK_READING,
  },
  async (t) => {
    const limitMs = (SECONDS * 1000 + 90_000) * TIME_SCALE;
    const service = startService(t, { script: 'green/app-service.cjs', limitMs });
    const port = Number((await service.line('ready ')).slice('ready '.length));

    const held = Object.values(HELD).flatMap(({ path, count }) =>
      Array.from({ length: count }, () => ask(port, path)),
    );
    // All of them are in their handlers once a later request has been through.
    for (const path of ['/fetch', '/pool', '/stream']) assert.equal(await ask(port, path), 200);
    await new Promise((resolve) => setTimeout(resolve, 200 * TIME_SCALE));

    const until = Date.now() + SECONDS * 1000;
    const statuses: number[] = [];
    const client = async (index: number): Promise<void> => {
      const path = ['/pool', '/fetch', '/stream'][index % 3] ?? '/pool';
      while (Date.now() < until) statuses.push(await ask(port, path));
    };
    const signals = setInterval(() => service.signal(), REPORT_EVERY_MS);
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
    clearInterval(signals);
    // One that was asked for when nothing else is.
    service.skipReports();
    await service.reportOnSignal();
    // One for the last signal of the interval may still come, and then tell of handlers that were released.
    const reports = cutReports(service.stderr);

    assert.equal(await ask(port, '/release', 'POST'), 200);
    const answers = [...statuses, ...(await Promise.all(held))];
    assert.deepEqual([...new Set(answers)], [200]);
    assert.ok(service.alive);

    for (const report of reports) {
      const found = greenThreadsOf(report);
      for (const [handler, { count }] of Object.entries(HELD)) {
        assert.equal(inFlight(found, handler), count, `${handler} in\n${found.text}`);
      }
    }
    agent.destroy();
    t.diagnostic(`${answers.length} requests, ${reports.length} reports`);
  },
);
