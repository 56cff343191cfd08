import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { PATIENT } from './support/patience';
import { startService, type Service } from './support/service';

interface Seen {
  /** Number of async ids that were taken. */
  readonly taken: number;
  /** Types of the async resources that async_hooks announced. */
  readonly kinds: readonly string[];
  /** Promises that the promise hook saw. */
  readonly promises: number;
  readonly resources?: readonly string[];
  readonly inside?: Readonly<Record<string, unknown>>;
}

function start(t: TestContext, options: object, env: Readonly<Record<string, string>> = {}): Service {
  return startService(t, { script: 'traced-service.cjs', args: [JSON.stringify(options)], env });
}

async function seen(service: Service, what: string): Promise<Seen> {
  return JSON.parse((await service.line(`${what} {`)).slice(what.length + 1)) as Seen;
}

const ALL = {
  conf: true,
  section: true,
  listen: true,
  onFatalError: true,
  blockedEventLoop: { thresholdMs: 60_000 },
};

const NOTHING = { taken: 0, kinds: [], promises: 0 };

describe('the async graph of the host', PATIENT, () => {
  for (const [what, options, env] of [
    ['without options', {}, {}],
    ['in production', {}, { NODE_ENV: 'production' }],
    ['with a section, a configuration, listeners and a watchdog', ALL, {}],
  ] as const) {
    test(`contains nothing of ours after setup ${what}, nor when the loop has turned`, async (t) => {
      const service = await start(t, options, env).ready();
      const { resources = [], ...setup } = await seen(service, 'setup');
      assert.deepEqual(setup, NOTHING);
      assert.deepEqual(resources, [], 'active resources');
      assert.deepEqual(await seen(service, 'turns'), NOTHING);
    });
  }

  test('contains nothing of ours after a report that called a section, the configuration and a listener', async (t) => {
    const service = await start(t, ALL).ready();
    service.signal();
    const report = await seen(service, 'report');
    assert.deepEqual(report.kinds, []);
    assert.equal(report.taken, 0);
    assert.equal(report.promises, 0);
    // The async context in which setup was called does not reach the section.
    assert.deepEqual(report.inside, { store: 'undefined', domain: 'undefined', resource: [] });
  });
});
