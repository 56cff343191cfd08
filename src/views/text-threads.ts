import { formatCpuTime, formatDuration, formatMegabytes } from '../report/duration';
import { areKnown } from '../report/facts';
import type { HeapStatistics, IsolateThread, Photograph, Stack, Unavailable } from '../report/model';
import { boundedName, escapeInline } from '../escape';
import { describeOsState } from '../report/os-state';
import { describeRequest } from '../report/trace-text';
import { describeWork } from '../report/work-kind';
import { guarded, head, type Line } from './layout';
import { renderStack } from './text-frames';
import { renderOtherThreads } from './text-other-threads';
import { notAvailable } from './text-overview';

/** The reason of a thread that has no context. */
const NO_JAVASCRIPT = 'the thread ran no JavaScript';

/** One block per JavaScript thread, then the other threads of the process, grouped. */
export function renderThreads(photograph: Photograph): readonly Line[] {
  const lines: Line[] = [];
  const outermostFirst = photograph.view.frameOrder === 'outermost-first';
  if (outermostFirst) lines.push('(frames: outermost first)', '');
  if (photograph.isolates.length === 0) lines.push('No JavaScript thread is known.', '');
  for (const isolate of photograph.isolates) {
    for (const line of guarded(() => renderIsolate(isolate, photograph))) lines.push(line);
    lines.push('');
  }
  return [...lines, ...renderOtherThreads(photograph)];
}

function renderIsolate(isolate: IsolateThread, photograph: Photograph): readonly Line[] {
  const { heap, note, stack } = isolate;
  const lines: Line[] = [head(headText(isolate, photograph)), `state: ${escapeInline(stateLine(isolate))}`];
  if (isolate.kind === 'worker') lines.push(`entry: ${escapeInline(isolate.entry ?? '(unknown or eval)')}`);
  const limits = describeLimits(isolate);
  if (limits !== '') lines.push(`limits: ${limits}`);
  // What is missing is often missing for one reason: once is enough.
  const isSameReason =
    stack.status === 'unavailable' && heap.status === 'unavailable' && heap.reason === stack.reason;
  if (!isSameReason) lines.push(`heap: ${escapeInline(describeHeap(heap))}`);
  const repeated = stack.status === 'unavailable' && stack.reason.includes(note);
  const waits = waitsForReport(isolate, photograph);
  if (waits) lines.push('note: it waits for this report; its stack was read from memory');
  else if (note !== '' && !repeated) lines.push(`note: ${escapeInline(note)}`);
  const announcement = announce(isolate);
  if (announcement !== '') lines.push(escapeInline(announcement));
  lines.push(...describeContext(isolate, photograph.requestedAtMs).map(escapeInline));
  return stack.status === 'captured' ? [...lines, ...renderStack(stack, photograph.view)] : lines;
}

/** A fatal error is reported from the main thread, which does not answer until its report is written. */
function waitsForReport({ kind, stack, state }: IsolateThread, { trigger }: Photograph): boolean {
  const isRead = stack.status === 'captured' && stack.method === 'passive';
  return (
    trigger.kind === 'fatal' && kind === 'main' && isRead && (state === 'blocked' || state === 'running')
  );
}

function headText(isolate: IsolateThread, photograph: Photograph): string {
  const { facts } = photograph;
  const tid = isolate.os.status === 'known' ? String(isolate.os.tid) : '?';
  const service = areKnown(facts) ? `  (${boundedName(facts.serviceName)})` : '';
  const name = isolate.name === '' ? '' : ` "${boundedName(isolate.name)}"`;
  const who = isolate.kind === 'main' ? `main${service}` : `worker ${isolate.threadId}${name}`;
  const state = waitsForReport(isolate, photograph) ? 'WAITING FOR THIS REPORT' : stateInCapitals(isolate);
  return `Thread #${tid}  ${who}   ${state}`;
}

function stateInCapitals({ state, loopStalledMs }: IsolateThread): string {
  const word = state.replaceAll('-', ' ').toUpperCase();
  const timed = state === 'blocked' || state === 'idle';
  return timed && loopStalledMs !== null ? `${word} ${formatDuration(loopStalledMs)}` : word;
}

function stateLine(isolate: IsolateThread): string {
  const { os, stack, answeredAfterMs, pausedMs } = isolate;
  const parts = [describeOsState(os)];
  if (os.status === 'known') {
    parts.push(
      `cpu ${formatCpuTime(os.cpuUserMs)} user ${formatCpuTime(os.cpuSystemMs)} sys${share(os.cpuShare)}`,
    );
  }
  if (stack.status === 'captured') parts.push(describeMethod(stack));
  const work = stack.status === 'captured' && stack.method === 'parked' ? describeWork(stack.frames) : '';
  if (work !== '') parts.push(work);
  if (stack.status === 'captured' && stack.runningMicrotasks) parts.push('running microtasks (promise jobs)');
  if (answeredAfterMs !== null) parts.push(`answered after ${formatDuration(answeredAfterMs)}`);
  if (pausedMs > 0) parts.push(`paused ${formatDuration(pausedMs)}`);
  return parts.join('; ');
}

function share(cpuShare: number | null): string {
  return cpuShare === null ? '' : `, now ${Math.round(cpuShare * 100)} % of a CPU`;
}

function describeMethod({ method, heldMs }: Extract<Stack, { readonly status: 'captured' }>): string {
  switch (method) {
    case 'interrupt':
      return 'captured by interrupt';
    case 'passive':
      return 'read from memory while blocked';
    case 'parked':
      return `read from memory while held${heldMs === null ? '' : ` for ${formatDuration(heldMs)}`}`;
    case 'late':
      return 'captured late';
  }
}

function describeLimits({ resourceLimits }: IsolateThread): string {
  if (resourceLimits === null) return '';
  const { maxOldGenerationSizeMb, maxYoungGenerationSizeMb, codeRangeSizeMb, stackSizeMb } = resourceLimits;
  const code = codeRangeSizeMb > 0 ? `, code range ${codeRangeSizeMb} MB` : '';
  return `old generation ${maxOldGenerationSizeMb} MB, young generation ${maxYoungGenerationSizeMb} MB${code}, stack ${stackSizeMb} MB`;
}

function describeHeap(heap: HeapStatistics | Unavailable): string {
  if (heap.status === 'unavailable') return notAvailable(heap.reason);
  const used = formatMegabytes(heap.usedBytes);
  const total = formatMegabytes(heap.totalBytes);
  const contexts = `${heap.nativeContexts} ${heap.nativeContexts === 1 ? 'context' : 'contexts'}`;
  const detached = heap.detachedContexts > 0 ? `, ${heap.detachedContexts} of them detached` : '';
  const external = formatMegabytes(heap.externalBytes);
  const malloced = formatMegabytes(heap.mallocedBytes);
  return `${used} used of ${total}${describeHeapLimit(heap)}; external ${external}, malloced ${malloced}; ${contexts}${detached}`;
}

/** The old generation against its limit, at which V8 ends the process; else the limit of the whole heap. */
function describeHeapLimit({ limitBytes, oldUsedBytes, oldLimitBytes }: HeapStatistics): string {
  if (oldUsedBytes === null || oldLimitBytes === null) return `, limit ${formatMegabytes(limitBytes)}`;
  return `; old generation ${formatMegabytes(oldUsedBytes)} of ${formatMegabytes(oldLimitBytes)}`;
}

/** What the frames below do not say by themselves, or why there are none; empty when they speak for themselves. */
function announce(isolate: IsolateThread): string {
  const { state, stack } = isolate;
  const reason = stack.status === 'unavailable' ? `: ${stack.reason}` : '';
  switch (state) {
    case 'not-answering':
      return `*** NOT ANSWERING, ${describeOsState(isolate.os)}${reason}`;
    case 'not-registered':
      // With a stack, the note says it.
      if (stack.status === 'captured') return '';
      return `*** NOT REGISTERED${reason === '' ? ': gmr-native is not loaded in this worker, or not yet' : reason}`;
    case 'exited':
      return `*** EXITED${reason === '' ? ' while the report was made' : reason}`;
    case 'idle':
      return `The event loop is idle: ${describeWaiting(isolate)}${reason}`;
    case 'running':
    case 'blocked':
    case 'waiting':
      if (stack.status === 'unavailable') return `no stack${reason}`;
      return stack.frames.length === 0 ? describeEmptyStack(stack.runningMicrotasks) : '';
  }
}

/** Which request the code on the stack works for: the active span, and the values that the service chose. */
function describeContext(
  { context, greenThreads, request }: IsolateThread,
  nowMs: number,
): readonly string[] {
  const lines = request === null ? [] : [`request: ${describeRequest(request, nowMs)}`];
  if (context.status === 'known' && context.values.length > 0) {
    const values = context.values.map(
      ({ key, kind, text }) => `${key} ${kind === 'string' ? `"${text}"` : text}`,
    );
    lines.push(`context: ${values.join(', ')}`);
  }
  const isShownElsewhere =
    context.status === 'known' ||
    context.reason === NO_JAVASCRIPT ||
    (greenThreads.status === 'unavailable' && greenThreads.reason === context.reason);
  if (!isShownElsewhere) lines.push(`context: ${notAvailable(context.reason)}`);
  return lines;
}

function describeEmptyStack(runningMicrotasks: boolean): string {
  return runningMicrotasks
    ? 'No JavaScript on its stack: at each attempt, V8 was between two promise jobs.'
    : 'No JavaScript on its stack: it is in native code, or its event loop is between two callbacks.';
}

function describeWaiting({ loopStalledMs }: IsolateThread): string {
  return loopStalledMs === null
    ? 'it waits for events.'
    : `it has been waiting for events for ${formatDuration(loopStalledMs)}.`;
}
