import type { IsolateThread } from '../report/model';
import { formatDuration, formatMegabytes } from '../report/duration';
import { firstLine } from '../report/summary/index';
import { describeFullHeap } from '../report/summary/heap';
import { describeSpin } from '../report/summary/spin';
import { cpuText } from './cpu';
import { gained, isHeapGrowing } from './heap';
import type { ComparedClass, ComparedOtherThread, ComparedThread, Finding } from './model';
import { isFatal, type Scene, type ThreadOverTime } from './scene';

/*
 * What follows from the threads: what is stuck, spins, or is busy.
 */

/** Percent of one CPU. */
const MUCH_CPU = 50;

/** `3 of 3 reports: ` */
export function seenIn(count: number, of: number): string {
  return `${count} of ${of} reports: `;
}

/** Reports that were made because the process was about to end. */
export function fatalFindings({ reports }: Scene): readonly Finding[] {
  return reports.flatMap((report, index) => {
    const { trigger } = report.photograph;
    if (!isFatal(report) || trigger.kind !== 'fatal') return [];
    const text = `report ${index + 1}: the process is about to end: ${firstLine(trigger.error)}`;
    return [{ kind: 'fatal', reports: 1, text }];
  });
}

/** Threads that are stuck, main first; workers that are alike together. */
export function stuckFindings(threads: readonly ComparedThread[], of: number): readonly Finding[] {
  const stuck = threads.filter(({ finding }) => finding === 'stuck');
  return inGroups(stuck, ({ reports, placeText }) => `${reports} ${placeText}`).map((group) => {
    const reports = group[0]?.reports ?? 0;
    const place = group[0]?.placeText ?? '';
    const stalled = group.map(({ loopStalledMs }) => loopStalledMs.at(-1) ?? 0);
    const cpu = cpuText(group.flatMap(({ cpuPercent }) => cpuPercent.slice(cpuPercent.length - reports + 1)));
    const turned = `event loop has not turned for ${range(stalled)}`;
    const words = ['stuck', cpu + runnable(group), turned].filter((part) => part !== '').join(', ');
    const text = `${seenIn(reports, of)}${labels(group)}${placed(place)}: ${words}`;
    return { kind: 'stuck', reports, text };
  });
}

/** Threads that were stuck between earlier reports. */
export function wasStuckFindings(threads: readonly ComparedThread[], of: number): readonly Finding[] {
  const were = threads.filter(({ finding }) => finding === 'was-stuck');
  return inGroups(were, (thread) => `${thread.reports} ${thread.placeText} ${sinceStuck(thread)}`).flatMap(
    (group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { reports, placeText } = first;
      const text = `${seenIn(reports, of)}${labels(group)}${placed(placeText)}: ${sinceStuck(first)}`;
      return [{ kind: 'was-stuck', reports, text }];
    },
  );
}

/** A thread that is missing later, or of which too little is known, need not have moved on. */
function sinceStuck({ hasMovedOn, stuckBetween }: ComparedThread): string {
  if (hasMovedOn || stuckBetween === null) return 'was stuck, but has moved on';
  return `stuck between reports ${stuckBetween.first} and ${stuckBetween.last}; not known since`;
}

/** On a machine with too few CPUs, a thread that never waits uses little of one. */
function runnable(group: readonly ComparedThread[]): string {
  const most = Math.max(...cpuOf(group).map((percent) => percent ?? 100));
  return most < MUCH_CPU && group.every(({ alwaysRunnable }) => alwaysRunnable)
    ? ' (ready to run each time)'
    : '';
}

/** Threads that were at the same place each time without being stuck for certain. */
export function sameStackFindings(threads: readonly ComparedThread[], of: number): readonly Finding[] {
  const same = threads.filter(({ finding }) => finding === 'same-stack');
  return inGroups(same, ({ placeText, loop }) => `${placeText} ${loopWords(loop)}`).map((group) => {
    const [first] = group;
    const reports = first?.reports ?? 0;
    const words = [`same stack each time, ${loopWords(first?.loop ?? [])}`, cpuText(cpuOf(group))];
    const text = `${seenIn(reports, of)}${labels(group)}${placed(first?.placeText ?? '')}: ${words.filter((part) => part !== '').join(', ')}`;
    return { kind: 'same-stack', reports, text };
  });
}

function loopWords(loop: ComparedThread['loop']): string {
  return loop.includes('turned')
    ? 'but by its clock, the event loop turned in between'
    : 'but it is not known whether the event loop turned in between';
}

/** Event loops that turn all the time. */
export function spinningFindings(
  threads: readonly ThreadOverTime[],
  compared: readonly ComparedThread[],
  scene: Scene,
): readonly Finding[] {
  return compared.flatMap(({ finding, label, reports, cpuPercent }, index) => {
    const last = threads[index]?.isolates.at(-1) ?? null;
    if (finding !== 'spinning' || last === null) return [];
    const spin = describeSpin(last, scene.naming) ?? 'spinning';
    const cpu = cpuText(cpuPercent);
    const text = `${seenIn(reports, scene.reports.length)}${label} ${spin}${cpu === '' ? '' : `; ${cpu} between the reports`}`;
    return [{ kind: 'spinning', reports, text }];
  });
}

/** Threads that moved and used much CPU. */
export function busyFindings(threads: readonly ComparedThread[]): readonly Finding[] {
  return threads.flatMap((thread) => {
    if (thread.finding !== 'busy') return [];
    const isIdle = thread.states.every((state) => state === 'idle');
    const cpu = cpuText(thread.cpuPercent) + runnable([thread]);
    const words = isIdle
      ? `idle in each report, but used ${cpu} in between`
      : [`busy${thread.loop.includes('turned') ? ': it moved' : ''}`, cpu]
          .filter((part) => part !== '')
          .join(', ');
    return [{ kind: 'busy', reports: null, text: `${thread.label} ${words}` }];
  });
}

/** What the main thread does if that is no problem. */
export function calmMain(threads: readonly ComparedThread[], of: number): readonly Finding[] {
  return threads.flatMap(({ kind, finding, label, cpuPercent, states }) => {
    if (kind !== 'main' || (finding !== 'idle' && finding !== 'working')) return [];
    const idle = states.filter((state) => state === 'idle').length;
    const words = idle > 0 ? `${seenIn(idle, of)}${label} idle` : `${label} not stuck: it moved`;
    const cpu = cpuText(cpuPercent);
    return [
      {
        kind: 'working',
        reports: idle > 0 ? idle : null,
        text: `${words}${cpu === '' ? '' : `; ${cpu} between the reports`}`,
      },
    ];
  });
}

/** Busy threads without JavaScript, and threads of libuv's pool that do not come back. */
export function otherThreadFindings(threads: readonly ComparedOtherThread[], of: number): readonly Finding[] {
  const isBusy = ({ cpuPercent }: ComparedOtherThread): boolean =>
    cpuPercent.length > 0 && cpuPercent.every((percent) => percent !== null && percent >= MUCH_CPU);
  const busy = inGroups(threads.filter(isBusy), ({ role }) => role).map((group): Finding => {
    const cpu = cpuText(group.flatMap(({ cpuPercent }) => cpuPercent));
    return { kind: 'busy', reports: null, text: `${tidList(group)}: busy, ${cpu}` };
  });
  const held = threads.filter(({ role, sameCall }) => role === 'libuv worker' && sameCall);
  const stuck = inGroups(held, ({ call }) => call ?? '').map((group): Finding => {
    const call = group[0]?.call ?? 'the same system call';
    const text = `${seenIn(of, of)}${tidList(group)} in ${call} each time, no CPU in between`;
    return { kind: 'same-stack', reports: of, text };
  });
  return [...stuck, ...busy];
}

function tidList(group: readonly ComparedOtherThread[]): string {
  const role = group[0]?.role ?? '';
  const tids = group.slice(0, 4).map(({ tid }) => tid);
  const more = group.length > tids.length ? `, and ${group.length - tids.length} more` : '';
  return `${group.length === 1 ? 'thread' : 'threads'} ${tids.join(', ')}${more}${role === '' ? '' : ` (${role})`}`;
}

/** Workers that came and went. */
export function threadChanges(threads: readonly ThreadOverTime[]): readonly Finding[] {
  const gone = threads.filter(({ isolates }) => isolates.at(-1) === null);
  const fresh = threads.filter(({ isolates }) => isolates[0] === null && isolates.at(-1) !== null);
  const restarted = new Map<string, { old: ThreadOverTime[]; young: ThreadOverTime[] }>();
  for (const [list, name] of [
    [gone, 'old'],
    [fresh, 'young'],
  ] as const) {
    for (const thread of list) {
      const key = programOf(thread);
      const pair = restarted.get(key) ?? { old: [], young: [] };
      pair[name].push(thread);
      restarted.set(key, pair);
    }
  }
  return [...restarted.values()].map(({ old, young }) => {
    const [left, came] = [names(old), names(young)];
    const both = old.length > 0 && young.length > 0;
    const one = left === '' ? `new: ${came}` : `gone: ${left}`;
    const text = both ? `workers restarted: ${left} gone, ${came} new` : one;
    return { kind: 'thread-changes', reports: null, text };
  });
}

/** Two workers of the same name and entry are the same job. */
function programOf({ isolates }: ThreadOverTime): string {
  const known = isolates.find((isolate) => isolate !== null);
  return `${known?.name ?? ''}\0${known?.entry ?? ''}`;
}

const MAX_NAMES = 6;

function names(threads: readonly ThreadOverTime[]): string {
  const more = threads.length - MAX_NAMES;
  const shown = threads.slice(0, MAX_NAMES).map(({ label }) => label);
  return shown.join(', ') + (more > 0 ? `, and ${more} more` : '');
}

/** A heap that was nearly full in the last report, and those that grow. */
export function heapFindings(
  isolates: readonly IsolateThread[],
  threads: readonly ComparedThread[],
  classes: readonly ComparedClass[],
): readonly Finding[] {
  const full = isolates.flatMap((isolate): readonly Finding[] => {
    const sentence = describeFullHeap(isolate);
    return sentence === null
      ? []
      : [{ kind: 'full-heap', reports: 1, text: `last report: ${sentence.replace(/\.$/, '')}` }];
  });
  const growing = threads.flatMap((thread): readonly Finding[] => {
    const { oldUsedBytes, oldLimitBytes, label } = thread;
    if (!isHeapGrowing(oldUsedBytes)) return [];
    const sizes = oldUsedBytes.map((bytes) => (bytes === null ? '?' : formatMegabytes(bytes))).join(' -> ');
    const limit = oldLimitBytes === null ? '' : ` of ${formatMegabytes(oldLimitBytes)}`;
    const text = `${label}: heap growing: ${sizes}${limit} in the old generation${grownMost(label, classes)} (normal until V8 collects it)`;
    return [{ kind: 'heap-growing', reports: oldUsedBytes.length, text }];
  });
  return [...full, ...growing];
}

/** `; most: Order (orders.js), +12.0 MB` */
function grownMost(label: string, classes: readonly ComparedClass[]): string {
  const [most] = classes.filter(({ thread, change }) => thread === label && change === 'growing');
  return most === undefined ? '' : `; most in ${most.name}, ${formatMegabytes(gained(most))} more`;
}

function inGroups<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function labels(group: readonly ComparedThread[]): string {
  const [first] = group;
  if (group.length <= 1 || first === undefined) return first?.label ?? '';
  if (group.length > MAX_NAMES) return `${group.length} threads`;
  return group.map(({ label }) => label).join(', ');
}

function cpuOf(group: readonly ComparedThread[]): readonly (number | null)[] {
  return group.flatMap(({ cpuPercent }) => cpuPercent);
}

/** Behind a label: ` in deploy (deploy.js:41)`, `, collecting garbage`. */
function placed(place: string): string {
  if (place === '') return '';
  return /^(in|at|outside|between) /.test(place) ? ` ${place}` : `, ${place}`;
}

function range(times: readonly number[]): string {
  const [from, to] = [formatDuration(Math.min(...times)), formatDuration(Math.max(...times))];
  return from === to ? from : `${from} to ${to}`;
}
