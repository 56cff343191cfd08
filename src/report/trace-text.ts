import { formatDuration } from './duration';
import type { GroupTraces, TraceRequest } from './model';

/** `trace 4bf92f3577b34da6a3ce929d0e0e4736, span GET /orders (7 s old)` */
export function describeRequest(
  { traceId, spanId, spanName, startedAtMs }: TraceRequest,
  nowMs: number,
): string {
  const age = startedAtMs === null ? '' : ` (${formatDuration(Math.max(0, nowMs - startedAtMs))} old)`;
  return `trace ${traceId}, span ${nameOf(spanName, spanId)}${age}`;
}

/** For a sentence: `in span GET /orders of trace 4bf92f3577b34da6a3ce929d0e0e4736` */
export function placeRequest({ traceId, spanId, spanName }: TraceRequest): string {
  return `in span ${nameOf(spanName, spanId)} of trace ${traceId}`;
}

/** `3 traces; the oldest: trace 4bf9..., span GET /orders (7 s old)`; of one trace only, which one. */
export function describeTraces(
  { functions, distinct, largest, oldest }: GroupTraces,
  count: number,
  nowMs: number,
): string {
  const part = functions < count ? ` (in ${functions} of ${count})` : '';
  if (distinct === 1) return `${describeRequest(oldest, nowMs)}${part}`;
  const most =
    largest.functions === 1 || largest.request.traceId === oldest.traceId
      ? ''
      : `; ${largest.functions} of them: ${describeRequest(largest.request, nowMs)}`;
  return `${distinct} traces${part}; the oldest: ${describeRequest(oldest, nowMs)}${most}`;
}

/** A span without a name is found by its id. */
function nameOf(spanName: string | null, spanId: string): string {
  return spanName === null || spanName === '' ? spanId : spanName;
}
