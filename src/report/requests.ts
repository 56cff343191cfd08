/*
 * Which request a thread or a suspended function works for. `model.ts` has this as a part.
 */

/** The active span of a tracing library: which request it is, and since when. */
export interface TraceRequest {
  readonly source: 'opentelemetry' | 'dd-trace';
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Masked; null when the span has none, as one that is not recorded. */
  readonly spanName: string | null;
  /** Unix time in ms; null when it is not known. */
  readonly startedAtMs: number | null;
}

/** What one key of an `AsyncLocalStorage` holds for the code that a thread runs. */
export interface ThreadContextValue {
  readonly key: string;
  readonly kind: 'string' | 'number' | 'boolean' | 'null';
  /** Masked. */
  readonly text: string;
}

/** The context of the code that a thread runs. */
export interface ThreadContext {
  readonly status: 'known';
  /** The keys of the option `greenThreads.context` that have a value, in their order. */
  readonly values: readonly ThreadContextValue[];
}

/** The spans that were active when the innermost functions of a group began to wait. */
export interface GroupTraces {
  /** Innermost functions that had one. */
  readonly functions: number;
  /** Different traces among these. */
  readonly distinct: number;
  /** One span of the trace with most functions, and the number of these. */
  readonly largest: { readonly functions: number; readonly request: TraceRequest };
  /** The span that began first. */
  readonly oldest: TraceRequest;
}
