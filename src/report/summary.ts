import { summarizeGreenThreads } from './async-frames';
import { formatDuration, formatMegabytes } from './duration';
import { describePlace } from './frames';
import type { IsolateThread, Photograph } from './model';
import { describeOsState } from './os-state';

/** Above this part of its limit a heap is worth a sentence: V8 then spends its time in garbage collection. */
const HEAP_ALARM = 0.9;
const MAX_SENTENCES = 12;
const MAX_LISTED_WORKERS = 6;

/**
 * What a tired person needs to act, one sentence per thread or group of threads that are alike:
 * `main thread: blocked for 12.4 s in execSync at deploy.js:41:9.`, `3 workers: idle.`
 */
export function summarize(photograph: Photograph): readonly string[] {
  const sentences: string[] = [];
  const { trigger } = photograph;
  if (trigger.kind === 'fatal') sentences.push(`The process is about to end: ${firstLine(trigger.error)}`);
  const workers: IsolateThread[] = [];
  for (const isolate of photograph.isolates) {
    if (isolate.kind === 'main') sentences.push(`main thread: ${describeMain(isolate, photograph)}.`);
    else workers.push(isolate);
  }
  if (photograph.isolates.length === 0) sentences.push('No JavaScript thread is known.');
  for (const group of groupWorkers(workers)) sentences.push(`${describeGroup(group)}.`);
  for (const isolate of photograph.isolates) {
    const alarm = heapAlarm(isolate);
    if (alarm !== '') sentences.push(alarm);
  }
  for (const isolate of photograph.isolates) {
    if (isolate.greenThreads.status === 'unavailable') continue;
    // Of workers only what is wrong: they may be many.
    const isBrief = isolate.kind === 'worker';
    sentences.push(...summarizeGreenThreads(isolateLabel(isolate), isolate.greenThreads, isBrief));
  }
  if (sentences.length <= MAX_SENTENCES) return sentences;
  const left = sentences.length - MAX_SENTENCES + 1;
  return [...sentences.slice(0, MAX_SENTENCES - 1), `${left} more like these: see Threads.`];
}

/** A thread that met a fatal error is not blocked: it waits for this very report. */
function describeMain(isolate: IsolateThread, { trigger }: Photograph): string {
  return trigger.kind === 'fatal' ? 'waits for this report' : describeOne(isolate);
}

/** Of a message and its stack. */
export function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end === -1 ? text : text.slice(0, end);
}

/** `main thread`, `worker 3` or `worker 3 (resizer)`. */
export function isolateLabel(isolate: IsolateThread): string {
  if (isolate.kind === 'main') return 'main thread';
  return isolate.name === '' ? `worker ${isolate.threadId}` : `worker ${isolate.threadId} (${isolate.name})`;
}

/** Groups by state and place; durations do not split a group. */
function groupWorkers(workers: readonly IsolateThread[]): readonly (readonly IsolateThread[])[] {
  const groups = new Map<string, IsolateThread[]>();
  for (const worker of workers) {
    const key = stateWords(worker, '') + describePlaceOf(worker);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [worker]);
    else group.push(worker);
  }
  // The idle ones come last: they are rarely why somebody asked.
  return [...groups.values()].sort((a, b) => Number(isIdle(a)) - Number(isIdle(b)));
}

function isIdle(group: readonly IsolateThread[]): boolean {
  return group[0]?.state === 'idle';
}

function describeGroup(group: readonly IsolateThread[]): string {
  const first = group[0];
  if (first === undefined) return '';
  if (group.length === 1) return `${isolateLabel(first)}: ${describeOne(first)}`;
  const listed = group.length <= MAX_LISTED_WORKERS && first.state !== 'idle';
  const who = listed
    ? `workers ${group.map((worker) => worker.threadId).join(', ')}`
    : `${group.length} workers`;
  return `${who}: ${stateWords(first, blockedRange(group))}${describePlaceOf(first)}`;
}

function describeOne(isolate: IsolateThread): string {
  const stalled = isolate.loopStalledMs;
  const known = stalled !== null && (isolate.state === 'blocked' || isolate.state === 'idle');
  return stateWords(isolate, known ? ` for ${formatDuration(stalled)}` : '') + describePlaceOf(isolate);
}

function blockedRange(group: readonly IsolateThread[]): string {
  if (group[0]?.state !== 'blocked') return '';
  let least = Infinity;
  let most = -Infinity;
  for (const { loopStalledMs } of group) {
    if (loopStalledMs === null) continue;
    least = Math.min(least, loopStalledMs);
    most = Math.max(most, loopStalledMs);
  }
  if (most === -Infinity) return '';
  const [from, to] = [formatDuration(least), formatDuration(most)];
  return from === to ? ` for ${from}` : ` for ${from} to ${to}`;
}

function stateWords(isolate: IsolateThread, duration: string): string {
  switch (isolate.state) {
    case 'idle':
      return `idle${duration}`;
    case 'running':
      return 'running';
    case 'blocked':
      return `blocked${duration}`;
    case 'not-answering':
      return `not answering, ${describeOsState(isolate.os)}`;
    case 'not-registered':
      return `not registered (gmr-native is not loaded in it), ${describeOsState(isolate.os)}`;
    case 'exited':
      return 'exited while the report was made';
  }
}

/** What follows the state: the place in the code, else empty. */
function describePlaceOf({ state, stack }: IsolateThread): string {
  if (state === 'idle' || state === 'exited') return '';
  const place = stack.status === 'captured' ? describePlace(stack.frames) : '';
  if (place !== '') return ` ${place}`;
  if (state !== 'running' && state !== 'blocked') return '';
  return stack.status === 'captured' && stack.runningMicrotasks
    ? ' between promise jobs'
    : ' outside JavaScript';
}

function heapAlarm(isolate: IsolateThread): string {
  const { heap } = isolate;
  if (heap.status === 'unavailable' || !(heap.limitBytes > 0)) return '';
  const part = heap.usedBytes / heap.limitBytes;
  if (part < HEAP_ALARM) return '';
  const used = `${formatMegabytes(heap.usedBytes)} of ${formatMegabytes(heap.limitBytes)}`;
  return `${isolateLabel(isolate)}: its heap is ${Math.floor(part * 100)} % full (${used}).`;
}
