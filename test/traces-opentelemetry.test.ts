import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { greenText, greenThreadsOf } from './support/green-threads';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { mainBlock } from './support/report-text';
import { needsServers } from './support/servers';
import { inWords, needsTracers, TracedService, withoutAge } from './support/tracers';

const SCRIPT = 'otel-service.cjs';
const NODE_MAJOR = Number(process.versions.node.split('.')[0]);
const TRACED = { ...PATIENT, ...STACK_READING, ...needsTracers() };

/** The flags for the two ways in which Node keeps what an AsyncLocalStorage holds, where it has both. */
function waysOf(major: number): readonly string[][] {
  if (major === 22) return [[], ['--experimental-async-context-frame']];
  return major >= 24 ? [[], ['--no-async-context-frame']] : [[]];
}

interface Start {
  readonly sdk?: string;
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly sampling?: string;
}

const START_CASES: readonly Required<Pick<Start, 'sdk' | 'execArgv'>>[] = waysOf(NODE_MAJOR).flatMap(
  (execArgv) => ['1', '2'].map((sdk) => ({ sdk, execArgv })),
);

function started(
  t: TestContext,
  { sdk = '2', execArgv = [], env = {}, sampling = '' }: Start,
): Promise<TracedService> {
  return TracedService.start(t, SCRIPT, { args: [sdk, sampling], execArgv, env });
}

function describeStart({ sdk, execArgv }: Start): string {
  return ['SDK', sdk, ...(execArgv ?? [])].join(' ');
}

describe('the OpenTelemetry span of the code that a thread runs', TRACED, () => {
  for (const start of START_CASES) {
    for (const path of ['/spin', '/read', '/native']) {
      test(`is that of ${path} with ${describeStart(start)}`, async (t) => {
        const service = await started(t, start);
        const active = await service.request(path);
        const report = await service.report();
        const request = /^ *request: (.*)$/m.exec(mainBlock(report).body)?.[1];
        assert.equal(withoutAge(request), inWords(active));
        assert.ok(service.started.some(({ spanId }) => spanId === active.spanId));
        const sentence = `in span ${active.spanName} of trace ${active.traceId}.`;
        const summary = report.slice(0, report.indexOf('==== Package')).replaceAll(/\s+/g, ' ');
        assert.ok(summary.includes(sentence), summary);
      });
    }
  }

  test('has neither name nor age when it is not sampled', async (t) => {
    const service = await started(t, { sampling: 'unsampled' });
    const { traceId, spanId } = await service.request('/spin');
    const request = /^ *request: (.*)$/m.exec(mainBlock(await service.report()).body)?.[1];
    assert.equal(request, `trace ${traceId}, span ${spanId}`);
    assert.deepEqual(service.started, []);
  });
});

describe('the OpenTelemetry spans of suspended functions', TRACED, () => {
  for (const start of START_CASES) {
    test(`are counted by group with ${describeStart(start)}`, async (t) => {
      const service = await started(t, start);
      const first = await service.request('/suspended/1');
      for (const id of [2, 3]) await service.request(`/suspended/${id}`);
      const report = await service.report();
      const groups = greenThreadsOf(report).groups.filter(({ frames }) => frames[0]?.name === 'suspend');
      assert.deepEqual(
        groups.map(({ count }) => count),
        [3],
      );
      const line = /^ *3 traces; the oldest: (.*)$/m.exec(greenText(report, 'main'))?.[1];
      assert.equal(withoutAge(line), inWords(first));
    });

    test(`name the one span of a group with ${describeStart(start)}`, async (t) => {
      const service = await started(t, start);
      const own = await service.request('/own');
      assert.equal(own.spanName, 'work');
      const report = await service.report();
      const line = /^ *(trace .*)$/m.exec(greenText(report, 'main'))?.[1];
      assert.equal(withoutAge(line), inWords(own));
    });
  }

  test('are not read with greenThreads.values "none"', async (t) => {
    const service = await started(t, { env: { VALUES: 'none' } });
    await service.request('/suspended/1');
    await service.request('/spin');
    assert.doesNotMatch(await service.report(), /\btrace [0-9a-f]{32}/);
  });
});

async function main(): Promise<void> {
  const postgresql = await needsServers('postgresql');
  describe('the OpenTelemetry span of a query', { ...TRACED, skip: TRACED.skip || postgresql.skip }, () => {
    for (const execArgv of waysOf(NODE_MAJOR)) {
      test(`is one of its request's trace ${execArgv.join(' ')}`, async (t) => {
        const service = await started(t, { execArgv });
        const { traceId } = await service.request('/pg');
        const text = greenText(await service.report(), 'main');
        const at = text.indexOf('async query (');
        assert.ok(at > 0, text);
        assert.match(text.slice(0, at), new RegExp(`trace ${traceId}, span `));
      });
    }
  });
}

void main();
