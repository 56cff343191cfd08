import { formatDuration } from '../duration';
import type { IsolateThread, Photograph } from '../model';
import { describeAwaitedChild } from './children';
import type { Naming } from './place';
import { describeSpin } from './spin';
import { describeState, describeThread, isolateLabel, isUnseen } from './states';

const MAX_LISTED = 6;

/** The order of workers by state, the likeliest cause first. */
const ORDER: readonly IsolateThread['state'][] = [
  'blocked',
  'not-answering',
  'running',
  'exited',
  'waiting',
  'idle',
  'not-registered',
];

/** One sentence for the workers that are alike, those first that are likelier to be the reason for the report. */
export function describeWorkers(
  workers: readonly IsolateThread[],
  photograph: Photograph,
  naming: Naming,
): readonly string[] {
  return groupWorkers(workers, naming).map((group) => `${describeGroup(group, photograph, naming)}.`);
}

/** True for threads that are unlikely to be the cause of a problem. */
export function isQuiet(isolate: IsolateThread): boolean {
  const { state } = isolate;
  return state === 'idle' || state === 'waiting' || state === 'exited' || isUnseen(isolate);
}

/** Groups by state and place; durations do not split a group. */
function groupWorkers(
  workers: readonly IsolateThread[],
  naming: Naming,
): readonly (readonly IsolateThread[])[] {
  const groups = new Map<string, IsolateThread[]>();
  for (const worker of workers) {
    const key = describeSpin(worker, naming) ?? describeState(worker, '', naming);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [worker]);
    else group.push(worker);
  }
  return [...groups.values()].toSorted((a, b) => orderOf(a) - orderOf(b));
}

function orderOf([first]: readonly IsolateThread[]): number {
  return first === undefined ? ORDER.length : ORDER.indexOf(first.state);
}

function describeGroup(group: readonly IsolateThread[], photograph: Photograph, naming: Naming): string {
  const [first] = group;
  if (first === undefined) return '';
  if (group.length === 1) return describeWithChild(first, photograph, naming);
  const who =
    first.state === 'idle' || first.state === 'waiting' ? `${group.length} workers` : listWorkers(group);
  return `${who}: ${describeState(first, blockedRange(group), naming)}`;
}

/** One thread, with the child process for which it waits. */
export function describeWithChild(isolate: IsolateThread, photograph: Photograph, naming: Naming): string {
  const child = describeAwaitedChild(isolate, photograph);
  const text = `${isolateLabel(isolate)}: ${describeThread(isolate, naming)}`;
  return child === null ? text : `${text}, waiting for ${child}`;
}

/** `worker 3 (resizer)`, `workers 2, 4`, `64 workers` */
export function listWorkers(group: readonly IsolateThread[]): string {
  const [first] = group;
  if (first !== undefined && group.length === 1) return isolateLabel(first);
  if (group.length > MAX_LISTED) return `${group.length} workers`;
  return `workers ${group.map(({ threadId }) => threadId).join(', ')}`;
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
