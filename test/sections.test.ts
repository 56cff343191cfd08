import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SectionOutcome } from '../src/report/model';
import { requireLib } from './support/lib';

const { runSections } = requireLib('sections/runner') as typeof import('../src/sections/runner');
const registry = requireLib('sections/registry') as typeof import('../src/sections/registry');

type Result = SectionOutcome['result'];
type Settings = Parameters<typeof runSections>[3];

/** Without configuration and environment, unless told otherwise. */
function settings(more: Partial<Settings> = {}): Settings {
  return { conf: undefined, mask: {}, env: 'none', ...more };
}

/** The native side of a run: keeps the calls in their order. */
class Sink {
  readonly calls: string[] = [];
  readonly results = new Map<number, Result>();
  readonly configurations: string[] = [];
  readonly finished: Promise<void>;
  private resolve: () => void = () => undefined;

  constructor() {
    this.finished = new Promise((resolve) => (this.resolve = resolve));
  }

  setConfiguration(json: string): void {
    this.calls.push('configuration');
    this.configurations.push(json);
  }

  sectionStarted(requestId: number, index: number): void {
    this.calls.push(`${requestId} started ${index}`);
  }

  sectionDone(requestId: number, index: number, json: string): void {
    assert.ok(!this.results.has(index), `two results of section ${index}`);
    this.calls.push(`${requestId} done ${index}`);
    this.results.set(index, JSON.parse(json) as Result);
  }

  sectionsFinished(requestId: number): void {
    this.calls.push(`${requestId} finished`);
    this.resolve();
  }
}

function run(generators: readonly (() => unknown)[], more: Partial<Settings> = {}): Sink {
  const sink = new Sink();
  const sections = generators.map((generator, index) => ({ title: `Section ${index}`, generator }));
  runSections(sink, 7, sections, settings(more));
  return sink;
}

/** The only result of one generator that ends. */
async function resultOf(generator: () => unknown): Promise<Result> {
  const sink = run([generator]);
  await sink.finished;
  return sink.results.get(0) as Result;
}

function valueOf(result: Result | undefined): unknown {
  assert.equal(result?.status, 'ok', JSON.stringify(result));
  return result.value;
}

function reasonOf(result: Result | undefined): string {
  assert.equal(result?.status, 'failed', JSON.stringify(result));
  return result.reason;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a run of the sections', () => {
  test('starts each in order and delivers it at once', () => {
    const sink = run([() => 'a', () => ({ b: 1 })]);
    assert.deepEqual(sink.calls, ['7 started 0', '7 done 0', '7 started 1', '7 done 1', '7 finished']);
    assert.equal(valueOf(sink.results.get(0)), 'a');
    assert.deepEqual(valueOf(sink.results.get(1)), { b: 1 });
  });

  test('without sections is finished at once', () => assert.deepEqual(run([]).calls, ['7 finished']));

  test('refreshes the configuration first', () => {
    let port = 1;
    const sink = run([() => 'a'], { conf: () => ({ port: ++port }) });
    assert.equal(sink.calls[0], 'configuration');
    assert.match(sink.configurations[0] ?? '', /"port":2/);
  });

  test('waits for promises, and delivers them as they come', async () => {
    let resolveFirst: (value: unknown) => void = () => undefined;
    const sink = run([() => new Promise((resolve) => (resolveFirst = resolve)), async () => 'second']);
    await turn();
    await turn();
    assert.deepEqual(sink.calls, ['7 started 0', '7 started 1', '7 done 1']);
    resolveFirst('first');
    await sink.finished;
    assert.equal(valueOf(sink.results.get(0)), 'first');
    assert.equal(sink.calls.at(-1), '7 finished');
  });

  test('lets a section that never ends cost itself only', async () => {
    const sink = run([() => new Promise(() => undefined), () => 'b']);
    await turn();
    await turn();
    assert.deepEqual([...sink.results.keys()], [1]);
    assert.ok(!sink.calls.includes('7 finished'));
  });

  test('delivers a quick promise before a later section blocks the loop', async () => {
    const seen: boolean[] = [];
    const sink: Sink = run([async () => 'quick', () => seen.push(sink.results.has(0))]);
    await sink.finished;
    assert.deepEqual(seen, [true]);
  });

  test('goes on when the native side refuses every call', async () => {
    const refuse = (): never => {
      throw new Error('too late');
    };
    const called: string[] = [];
    const generators = [
      () => called.push('sync'),
      async () => called.push('async'),
      () => Promise.reject(new Error('x')),
    ];
    const sections = generators.map((generator) => ({ title: 't', generator }));
    const sink = {
      setConfiguration: refuse,
      sectionStarted: refuse,
      sectionDone: refuse,
      sectionsFinished: refuse,
    };
    runSections(sink, 1, sections, settings({ conf: {} }));
    await turn();
    await turn();
    // An unhandled rejection would fail this test.
    assert.deepEqual(called, ['sync', 'async']);
  });
});

describe('a section that', () => {
  test('throws is failed with its message', async () => {
    const reason = reasonOf(
      await resultOf(() => {
        throw new TypeError('on purpose');
      }),
    );
    assert.equal(reason, 'TypeError: on purpose');
  });

  test('rejects is failed with its message, without the password of a URL in it', async () => {
    const reason = reasonOf(await resultOf(() => Promise.reject(new Error('no route to redis://:x@h'))));
    assert.equal(reason, 'Error: no route to redis://:***@h');
  });

  test('throws something hostile is failed all the same', async () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    );
    for (const thrown of [undefined, null, Symbol('s'), Object.create(null), hostile]) {
      const result = await resultOf(() => {
        throw thrown;
      });
      assert.ok(reasonOf(result).length > 0);
    }
  });

  test('returns undefined is told so', async () => {
    for (const generator of [() => undefined, async () => undefined]) {
      assert.match(reasonOf(await resultOf(generator)), /undefined/);
    }
  });

  test('returns a circular object, a BigInt or a function is printed', async () => {
    const circular: Record<string, unknown> = { name: 'a' };
    circular['self'] = circular;
    assert.deepEqual(valueOf(await resultOf(() => circular)), { name: 'a', self: '[circular]' });
    assert.deepEqual(valueOf(await resultOf(() => 12n)), '12n');
    assert.equal(typeof valueOf(await resultOf(() => () => 1)), 'string');
  });

  test('returns something huge is cut', async () => {
    const result = await resultOf(() => Array.from({ length: 100_000 }, () => 'x'.repeat(1000)));
    assert.ok(JSON.stringify(valueOf(result)).length < 2_000_000);
  });

  test('returns secrets is masked', async () => {
    assert.deepEqual(valueOf(await resultOf(() => ({ apiKey: 'x', url: 'a://u:p@h' }))), {
      apiKey: '***',
      url: 'a://u:***@h',
    });
  });

  test('fails with a long message has it masked before it is cut', async () => {
    const url = `${'x'.repeat(490)} a://u:hunter2@h`;
    const reason = reasonOf(await resultOf(() => Promise.reject(new Error(url))));
    assert.doesNotMatch(reason, /hunt/);
  });

  test('returns a long text has it masked before it is cut', async () => {
    const value = valueOf(await resultOf(() => `${'x'.repeat(8180)} a://u:hunter2@h`)) as string;
    assert.doesNotMatch(value, /hunt/);
    assert.match(value, /a:\/\/u/);
  });

  test('returns a thenable that throws, or answers twice, has one result', async () => {
    const throwing = {
      // oxlint-disable-next-line unicorn/no-thenable
      get then(): never {
        throw new Error('getter');
      },
    };
    assert.equal(reasonOf(await resultOf(() => throwing)), 'Error: getter');
    const twice = {
      // oxlint-disable-next-line unicorn/no-thenable
      then(resolve: (value: unknown) => void, reject: (reason: unknown) => void) {
        resolve('once');
        reject(new Error('and again'));
        throw new Error('and again');
      },
    };
    assert.equal(valueOf(await resultOf(() => twice)), 'once');
  });

  test('says how long it took', async () => {
    const result = await resultOf(() => new Promise((resolve) => setTimeout(() => resolve('x'), 30)));
    assert.ok(result.status === 'ok' && result.tookMs >= 25, JSON.stringify(result));
  });
});

describe('the registry', () => {
  const titles = (): string[] => registry.registeredSections().map(({ title }) => title);

  test('keeps the order, forgets what is disposed of, and tells of each change', () => {
    let changes = 0;
    registry.onSectionsChanged(() => changes++);
    const first = registry.addSection('first', () => 1);
    const second = registry.addSection('second', () => 2);
    assert.deepEqual(titles(), ['first', 'second']);
    first.dispose();
    first.dispose();
    assert.deepEqual(titles(), ['second']);
    second[Symbol.dispose]();
    assert.deepEqual(titles(), []);
    assert.equal(changes, 4);
  });

  test('replaces a section of the same title in its place, with a warning', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const old = registry.addSection('same', () => 'old');
    const other = registry.addSection('other', () => 'other');
    const replacing = registry.addSection('same', () => 'new');
    assert.deepEqual(titles(), ['same', 'other']);
    assert.equal(registry.registeredSections()[0]?.generator(), 'new');
    assert.equal(((await warned) as { code?: string }).code, 'GMR_SECTION_REPLACED');
    // The handle of what was replaced must not take away what replaced it.
    old.dispose();
    assert.deepEqual(titles(), ['same', 'other']);
    other.dispose();
    replacing.dispose();
  });

  test('puts sections of a smaller order first, and keeps the order of those that are alike', () => {
    const made = [
      registry.addSection('a', () => 1),
      registry.addSection('last', () => 1, { order: 5 }),
      registry.addSection('first', () => 1, { order: -1.5 }),
      registry.addSection('b', () => 1, { order: 0 }),
    ];
    assert.deepEqual(titles(), ['first', 'a', 'b', 'last']);
    made.forEach((registration) => registration.dispose());
  });

  test('refuses options that a section cannot have', () => {
    for (const options of [
      null,
      5,
      { timeoutMs: 0 },
      { timeoutMs: 60_001 },
      { timeoutMs: '5' },
      { order: Number.NaN },
      { order: 'first' },
      { timeout: 5 },
    ]) {
      assert.throws(() => registry.checkSection('title', () => 1, options), { code: 'GMR_INVALID_OPTION' });
    }
    registry.checkSection('title', () => 1, { timeoutMs: undefined, order: undefined });
  });

  test('refuses what is no section', () => {
    for (const [title, generator] of [
      ['', () => 1],
      ['  ', () => 1],
      [5, () => 1],
      ['x'.repeat(201), () => 1],
      ['title', 'text'],
      ['title', undefined],
    ]) {
      assert.throws(() => registry.checkSection(title, generator), { code: 'GMR_INVALID_OPTION' });
    }
  });
});
