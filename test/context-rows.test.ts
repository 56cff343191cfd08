import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireLib } from './support/lib';

const { contextRows } = requireLib('context/context-rows') as typeof import('../src/context/context-rows');
const { TRACERS } = requireLib('context/tracers') as typeof import('../src/context/tracers');
const { describeTraces } = requireLib('report/trace-text') as typeof import('../src/report/trace-text');

// Of native/image/context, which omits rows that are beyond.
const MAX_VALUES = 8;
const MAX_STEPS = 8;

type Values = Readonly<Record<string, { readonly kind: 'string' | 'number'; readonly text: string }>>;

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const string = (text: string): Values[string] => ({ kind: 'string', text });
const number = (text: string): Values[string] => ({ kind: 'number', text });

function requestOf(index: number, values: Values): unknown {
  return TRACERS[index]?.toRequest(values);
}

describe('the table of tracing libraries', () => {
  test('has no row that the native side omits', () => {
    const rows = contextRows().trimEnd().split('\n');
    assert.equal(rows.length, TRACERS.length);
    for (const row of rows) {
      const [name = '', ...paths] = row.split('\t');
      assert.ok(name !== '' && !row.includes('*/'), row);
      assert.ok(paths.length >= 2 && paths.length - 1 <= MAX_VALUES, row);
      assert.ok(paths[1]?.startsWith('='), row);
      for (const path of paths) assert.ok(path.split(/(?<!\\)\./).length <= MAX_STEPS, path);
    }
  });

  test('turns a span of OpenTelemetry into a request', () => {
    const values = {
      '_spanContext.traceId': string(TRACE),
      '_spanContext.spanId': string(SPAN),
      name: string('GET /orders'),
      'startTime.0': number('1763690106'),
      'startTime.1': number('123000000'),
    };
    assert.deepEqual(requestOf(0, values), {
      source: 'opentelemetry',
      traceId: TRACE,
      spanId: SPAN,
      spanName: 'GET /orders',
      startedAtMs: 1_763_690_106_123,
    });
  });

  test('turns a span without name and start into a request', () => {
    const values = { '_spanContext.traceId': string(TRACE), '_spanContext.spanId': string(SPAN) };
    const expected = {
      source: 'opentelemetry',
      traceId: TRACE,
      spanId: SPAN,
      spanName: null,
      startedAtMs: null,
    };
    assert.deepEqual(requestOf(0, values), expected);
  });

  test('takes nothing for an identifier that is none', () => {
    for (const traceId of [
      '0'.repeat(32),
      TRACE.toUpperCase(),
      TRACE.slice(1),
      `${TRACE}0`,
      'x'.repeat(32),
    ]) {
      const values = { '_spanContext.traceId': string(traceId), '_spanContext.spanId': string(SPAN) };
      assert.equal(requestOf(0, values), null, traceId);
    }
  });

  test('puts the identifiers of dd-trace together from their bytes', () => {
    const values = {
      '_spanContext._traceId.#buffer.*': string('62,234,163,7,111,61,48,215'),
      '_spanContext._spanId.#buffer.*': string('0,1,2,3,4,5,6,255'),
      '_spanContext._name': string('web.request'),
      '_spanContext._trace.tags._dd\\.p\\.tid': string('6b0e1eb000000000'),
      _startTime: number('1796087473086.0083'),
    };
    assert.deepEqual(requestOf(1, values), {
      source: 'dd-trace',
      traceId: '6b0e1eb0000000003eeaa3076f3d30d7',
      spanId: '00010203040506ff',
      spanName: 'web.request',
      startedAtMs: 1_796_087_473_086.0083,
    });
    const { '_spanContext._trace.tags._dd\\.p\\.tid': _, ...narrow } = values;
    assert.equal((requestOf(1, narrow) as { traceId: string }).traceId, '00000000000000003eeaa3076f3d30d7');
    assert.equal(requestOf(1, { ...values, '_spanContext._spanId.#buffer.*': string('1,2,256') }), null);
  });
});

describe('the traces of a group in words', () => {
  const request = (traceId: string, spanName: string | null, startedAtMs: number | null) => ({
    source: 'opentelemetry' as const,
    traceId,
    spanId: SPAN,
    spanName,
    startedAtMs,
  });
  const oldest = request('a'.repeat(32), 'GET /orders', 1000);

  test('name the only one', () => {
    const only = { functions: 2, distinct: 1, largest: { functions: 2, request: oldest }, oldest };
    assert.equal(
      describeTraces(only, 3, 8000),
      `trace ${oldest.traceId}, span GET /orders (7 s old) (in 2 of 3)`,
    );
  });

  test('name the oldest and the largest', () => {
    const largest = { functions: 4, request: request('b'.repeat(32), null, null) };
    assert.equal(
      describeTraces({ functions: 9, distinct: 3, largest, oldest }, 9, 8000),
      `3 traces; the oldest: trace ${oldest.traceId}, span GET /orders (7 s old); ` +
        `4 of them: trace ${'b'.repeat(32)}, span ${SPAN}`,
    );
  });
});
