import type { HeldValue } from '../report/waits';
import type { TraceRequest } from '../report/model';

/** Values of a span by the path from the span, as the native side read them; what is missing was not there. */
export type SpanValues = { readonly [path: string]: HeldValue };

/** How the active span of a tracing library is recognised in what an `AsyncLocalStorage` holds. */
export interface KnownTracer {
  readonly source: TraceRequest['source'];
  /** Path from what the storage holds to the span, see native/image/context/context_path.h. */
  readonly span: string;
  /** Paths from the span to what must be there. The first one is the same for all spans of a trace. */
  readonly required: readonly string[];
  /** Path to its name, the only free text. */
  readonly name: string;
  /** Paths to numbers by which the oldest span is found, the most significant first. */
  readonly age: readonly string[];
  /** Paths to other identifiers. */
  readonly identifiers: readonly string[];
  /** Null when the values are not those of a span that is exported. */
  readonly toRequest: (values: SpanValues) => TraceRequest | null;
}

const OTEL_TRACE = '_spanContext.traceId';
const OTEL_SPAN = '_spanContext.spanId';
const NS_PER_MS = 1_000_000;

/** The `Context` of `@opentelemetry/api`, with a span of any version of the SDK, or one that records nothing. */
const OPENTELEMETRY: KnownTracer = {
  source: 'opentelemetry',
  span: '_currentContext.@OpenTelemetry Context Key SPAN',
  required: [OTEL_TRACE, OTEL_SPAN],
  age: ['startTime.0', 'startTime.1'],
  name: 'name',
  identifiers: [],
  toRequest: (values) => {
    const traceId = textOf(values, OTEL_TRACE) ?? '';
    const spanId = textOf(values, OTEL_SPAN) ?? '';
    if (!isId(traceId, 32) || !isId(spanId, 16)) return null;
    const seconds = numberOf(values, 'startTime.0');
    const nanoseconds = numberOf(values, 'startTime.1');
    return {
      source: 'opentelemetry',
      traceId,
      spanId,
      spanName: textOf(values, 'name'),
      startedAtMs: seconds === null || nanoseconds === null ? null : seconds * 1000 + nanoseconds / NS_PER_MS,
    };
  },
};

const DATADOG_HIGH = '_spanContext._trace.tags._dd\\.p\\.tid';

/** The store of dd-trace, whose identifiers have their bytes in `member`. */
function datadog(member: string): KnownTracer {
  const trace = `_spanContext._traceId.${member}.*`;
  const span = `_spanContext._spanId.${member}.*`;
  return {
    source: 'dd-trace',
    span: 'span',
    required: [trace, span],
    age: ['_startTime'],
    name: '_spanContext._name',
    identifiers: [DATADOG_HIGH],
    toRequest: (values) => {
      const low = hexOf(textOf(values, trace));
      const spanId = hexOf(textOf(values, span));
      if (low === null || spanId === null) return null;
      return {
        source: 'dd-trace',
        traceId: wholeTraceId(low, textOf(values, DATADOG_HIGH)),
        spanId: spanId.slice(-16),
        spanName: textOf(values, '_spanContext._name'),
        startedAtMs: numberOf(values, '_startTime'),
      };
    },
  };
}

/** The native side counts from the first one. */
export const TRACERS: readonly KnownTracer[] = [OPENTELEMETRY, datadog('#buffer'), datadog('_buffer')];

/** The trace id as `toTraceId(true)` of dd-trace has it: the tag `_dd.p.tid`, then the id of 64 bits that is sent. */
function wholeTraceId(low: string, high: string | null): string {
  const isWhole = low.length > 16 || high === null || !/^[0-9a-f]{16}$/.test(high);
  return (isWhole ? low : high + low).padStart(32, '0');
}

/** `1,35,255` as `0123ff`; null when these are no bytes of an identifier. */
function hexOf(bytes: string | null): string | null {
  const numbers = bytes === null ? [] : bytes.split(',').map(Number);
  const isIdentifier =
    (numbers.length === 8 || numbers.length === 16) &&
    numbers.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
  return isIdentifier ? numbers.map((byte) => byte.toString(16).padStart(2, '0')).join('') : null;
}

/** An identifier of zeros stands for none. */
function isId(text: string, digits: number): boolean {
  return text.length === digits && /^[0-9a-f]+$/.test(text) && /[^0]/.test(text);
}

function textOf(values: SpanValues, path: string): string | null {
  const value = values[path];
  return value?.kind === 'string' ? value.text : null;
}

function numberOf(values: SpanValues, path: string): number | null {
  const value = values[path];
  return value?.kind === 'number' && Number.isFinite(Number(value.text)) ? Number(value.text) : null;
}
