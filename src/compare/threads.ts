import type { IsolateState, IsolateThread } from '../report/model';
import { located, nameWithPosition, type Naming } from '../report/summary/place';
import { describeSpin } from '../report/summary/spin';
import { describeThread } from '../report/summary/states';
import { describeWhere } from '../report/summary/where';
import { shownPosition } from '../report/positions';
import { alikeKey } from './alike';
import { cpuBetween, elapsedBefore } from './cpu';
import { commonStack, comparedFrame, type CommonFrame, type CommonStack } from './frames';
import { loopBetween } from './loop';
import type { ComparedThread, LoopBetween, ThreadFinding } from './model';
import { isFatal, lastOf, type Scene, type ThreadOverTime } from './scene';

/** States of a thread that does something, or would if it could. */
const AT_WORK: ReadonlySet<IsolateState> = new Set(['running', 'blocked', 'not-answering', 'not-registered']);
const MUCH_CPU = 50;
/** So many reports that find a thread at work each time are no chance. */
const MANY_REPORTS = 3;

/** Compares one thread. */
export function compareThread(thread: ThreadOverTime, scene: Scene): ComparedThread {
  const { isolates, label } = thread;
  const known = lastOf(isolates);
  const loop = intervals(scene, (index) => loopOf(thread, scene, index));
  const cpuPercent = intervals(scene, (index) => cpuOf(thread, scene, index));
  const { finding, reports, place, placeText, stuckBetween, hasMovedOn } = judge(thread, scene, {
    loop,
    cpuPercent,
  });
  return {
    kind: known?.kind ?? 'worker',
    threadId: known?.threadId ?? 0,
    label,
    finding,
    reports,
    place: place === null ? null : comparedFrame(place.frame),
    placeText,
    stuckBetween,
    hasMovedOn,
    states: isolates.map((isolate) => isolate?.state ?? null),
    descriptions: isolates.map((isolate) =>
      isolate === null ? null : describeThread(isolate, scene.naming),
    ),
    loop,
    cpuPercent,
    alwaysRunnable: areRunnable(isolates),
    loopStalledMs: isolates.map((isolate) => isolate?.loopStalledMs ?? null),
    oldUsedBytes: isolates.map((isolate) =>
      isolate?.heap.status === 'known' ? isolate.heap.oldUsedBytes : null,
    ),
    oldLimitBytes: known?.heap.status === 'known' ? known.heap.oldLimitBytes : null,
  };
}

function areRunnable(isolates: readonly (IsolateThread | null)[]): boolean {
  return isolates.every((isolate) => isolate?.os.status === 'known' && isolate.os.state === 'R');
}

function intervals<T>({ reports }: Scene, of: (later: number) => T): readonly T[] {
  return reports.slice(1).map((_, index) => of(index + 1));
}

function loopOf({ isolates }: ThreadOverTime, { reports }: Scene, later: number): LoopBetween {
  const [before, after] = [reports[later - 1], reports[later]];
  const [first, second] = [isolates[later - 1], isolates[later]];
  if (before === undefined || after === undefined || !first || !second) return 'unknown';
  return loopBetween(
    { photograph: before.photograph, isolate: first },
    { photograph: after.photograph, isolate: second },
  );
}

function cpuOf({ isolates }: ThreadOverTime, { reports }: Scene, later: number): number | null {
  const photographs = reports.map(({ photograph }) => photograph);
  return cpuBetween(isolates[later - 1]?.os, isolates[later]?.os, elapsedBefore(photographs, later));
}

type Copied = 'finding' | 'reports' | 'placeText' | 'stuckBetween' | 'hasMovedOn';

interface Judgement extends Pick<ComparedThread, Copied> {
  readonly place: CommonFrame | null;
}

interface Between {
  readonly loop: readonly LoopBetween[];
  readonly cpuPercent: readonly (number | null)[];
}

function judge(thread: ThreadOverTime, scene: Scene, { loop, cpuPercent }: Between): Judgement {
  const { naming } = scene;
  // Before a fatal error, the main thread waits for the report.
  const isolates = thread.isolates.map((isolate, index) =>
    isolate?.kind === 'main' && scene.reports[index] !== undefined && isFatal(scene.reports[index])
      ? null
      : isolate,
  );
  const present = isolates.filter((isolate) => isolate !== null);
  const { stuck, last } = stuckRun(isolates, loop);
  if (stuck.length > 1) {
    const common = commonStack(stuck, naming);
    const placeText = placeOf(stuck, common, naming);
    const place = common.deepest;
    const stuckBetween = { first: last - stuck.length + 2, last: last + 1 };
    const reports = stuck.length;
    if (last === isolates.length - 1)
      return { finding: 'stuck', reports, place, placeText, stuckBetween, hasMovedOn: false };
    // An event loop that waits for events has come out of what it was stuck in, even if it has not turned yet.
    const hasMovedOn =
      loop.slice(last).includes('turned') || isolates.slice(last + 1).some((each) => each?.state === 'idle');
    return { finding: 'was-stuck', reports, place, placeText, stuckBetween, hasMovedOn };
  }
  const none = {
    reports: present.length,
    place: null,
    placeText: '',
    stuckBetween: null,
    hasMovedOn: false,
  };
  if (present.length < 2 || isolates.at(-1) === null) return { ...none, finding: 'unknown' };
  if (present.every((isolate) => describeSpin(isolate, naming) !== null))
    return { ...none, finding: 'spinning' };
  if (present.every(isAtWork)) {
    const common = commonStack(present, naming);
    if (common.isSame || present.every(isInSameCall(present))) {
      const placeText = placeOf(present, common, naming);
      return { ...none, finding: 'same-stack', place: common.deepest, placeText };
    }
  }
  return { ...none, finding: going(present, { loop, cpuPercent }) };
}

function isAtWork({ state }: IsolateThread): boolean {
  return AT_WORK.has(state);
}

/** The last reports that follow each other without a turn of the loop while the thread had something to do. */
function stuckRun(
  isolates: readonly (IsolateThread | null)[],
  loop: readonly LoopBetween[],
): { readonly stuck: readonly IsolateThread[]; readonly last: number } {
  let stuck: IsolateThread[] = [];
  for (let index = isolates.length - 1; index >= 0; index--) {
    const isolate = isolates[index];
    if (isolate && isAtWork(isolate)) stuck.unshift(isolate);
    else stuck = [];
    if (loop[index - 1] === 'not-turned' && stuck.length > 0) continue;
    if (stuck.length > 1) return { stuck, last: index + stuck.length - 1 };
    stuck = [];
  }
  return { stuck: [], last: -1 };
}

/** For threads without a stack: they sleep in the same system call. */
function isInSameCall([first]: readonly IsolateThread[]): (isolate: IsolateThread) => boolean {
  const call = callOf(first);
  return (isolate) => isolate.stack.status === 'unavailable' && call !== '' && callOf(isolate) === call;
}

function callOf(isolate: IsolateThread | undefined): string {
  if (isolate === undefined || isolate.os.status === 'unavailable' || isolate.os.state === 'R') return '';
  const { syscall } = isolate.os;
  return syscall === null ? '' : (syscall.description ?? syscall.name);
}

function going(present: readonly IsolateThread[], { loop, cpuPercent }: Between): ThreadFinding {
  const known = cpuPercent.filter((percent) => percent !== null);
  const mean = known.reduce((sum, percent) => sum + percent, 0) / Math.max(1, known.length);
  if (known.length > 0 && mean >= MUCH_CPU) return 'busy';
  if (present.every(({ state }) => state === 'idle')) return 'idle';
  if (present.every(({ state }) => state === 'waiting')) return 'waiting';
  const hasMoved = loop.includes('turned') || new Set(present.map(({ state }) => state)).size > 1;
  if (!hasMoved) return 'unknown';
  // On a machine with too few CPUs it may get little of one.
  const isReady = present.length >= MANY_REPORTS && present.every(isAtWork) && areRunnable(present);
  return isReady ? 'busy' : 'working';
}

/** Where the thread is in all of these reports, in the words of a summary; empty when nothing is known. */
function placeOf(
  threads: readonly IsolateThread[],
  { deepest, caller }: CommonStack,
  naming: Naming,
): string {
  const texts = threads.map((isolate) => describeWhere(isolate, naming));
  const last = texts.at(-1) ?? '';
  const areAlike = texts.every((text) => alikeKey(text) === alikeKey(last));
  if (!areAlike && deepest === null) return '';
  const place = areAlike || deepest === null ? last : withLines(located(deepest.frame, naming), deepest);
  // The loop that does not end may be in the caller.
  if (caller === null || place.includes('called from ')) return place;
  return `${place}, called from ${withLines(nameWithPosition(caller.frame, naming), caller)}`;
}

/** `in crunch (app.js:10-14)` for a function that was at several lines. */
function withLines(text: string, { frame, lines }: CommonFrame): string {
  const { line } = shownPosition(frame);
  if (lines === null || line === null || lines.least === lines.most) return text;
  const at = text.lastIndexOf(`:${line}`);
  if (at === -1) return text;
  return `${text.slice(0, at)}:${lines.least}-${lines.most}${text.slice(at + 1 + String(line).length)}`;
}
