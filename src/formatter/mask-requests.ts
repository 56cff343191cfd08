import { TRACERS, type SpanValues } from '../context/tracers';
import type { Gate } from '../masking/gate';
import type { RawOf } from '../masking/raw';
import type {
  GreenThreadGroup,
  GroupTraces,
  IsolateThread,
  ThreadContext,
  TraceRequest,
  Unavailable,
} from '../report/model';
import type { HeldValue } from '../report/waits';

/** A span as the native side reads it: the values of a row of the table in src/context. */
export interface RawSpan {
  readonly row: number;
  readonly values: { readonly [path: string]: RawOf<HeldValue> };
}

/** {@link GroupTraces} before the spans are understood. */
export interface RawTraces {
  readonly functions: number;
  readonly distinct: number;
  readonly largest: { readonly functions: number; readonly request: RawSpan | null };
  readonly oldest: RawSpan | null;
}

/** A group as the native side writes it. */
export type RawGroup = Omit<RawOf<GreenThreadGroup>, 'traces'> & { readonly traces: RawTraces | null };

/** A thread as the native side writes it, but for its groups. */
export type RawContextOf = Pick<RawOf<IsolateThread>, 'context'> & { readonly request: RawSpan | null };

/** The values of a thread's context, each masked by the name of its key. */
export function maskThreadContext(
  raw: RawOf<ThreadContext | Unavailable>,
  gate: Gate,
): ThreadContext | Unavailable {
  if (raw.status === 'unavailable') return { status: raw.status, reason: gate.text(raw.reason) };
  return {
    status: raw.status,
    values: raw.values.map(({ key, kind, text }) => ({
      key: gate.text(key),
      kind,
      text: gate.contextValue(nameOfPath(gate.code(key)), kind, text),
    })),
  };
}

/** The name by which a value is judged: all steps of its path, as in `stripe.api.key`. */
export function nameOfPath(path: string): string {
  return path.replaceAll('\\', '');
}

export function maskRequest(raw: RawSpan | null, gate: Gate): TraceRequest | null {
  const tracer = raw === null ? undefined : TRACERS[raw.row];
  if (raw === null || tracer === undefined) return null;
  const values: SpanValues = Object.fromEntries(
    Object.entries(raw.values).map(([path, { kind, text }]) => [
      path,
      { kind, text: path === tracer.name ? gate.text(text) : gate.identifier(text) },
    ]),
  );
  return tracer.toRequest(values);
}

export function maskTraces(raw: RawTraces | null, gate: Gate): GroupTraces | null {
  const largest = raw === null ? null : maskRequest(raw.largest.request, gate);
  const oldest = raw === null ? null : maskRequest(raw.oldest, gate);
  if (raw === null || largest === null || oldest === null) return null;
  const { functions, distinct } = raw;
  return { functions, distinct, largest: { functions: raw.largest.functions, request: largest }, oldest };
}
