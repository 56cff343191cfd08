import {
  asyncFrameName,
  asyncFramePosition,
  countGreenThreads,
  counted,
  isCallbackGroup,
  isUserFrame,
} from '../report/async-frames';
import { deadlockedResources, describeUsers, isDeadlocked } from '../report/resources';
import { ownerOfFrame } from '../report/code-owner';
import { areKnown } from '../report/facts';
import { formatDuration, formatMegabytes } from '../report/duration';
import { seenInSome } from '../report/waits';
import { describeTraces } from '../report/trace-text';
import type {
  AsyncFrame,
  ContextValue,
  GreenThreadGroup,
  GreenThreads,
  IsolateThread,
  Photograph,
  ViewOptions,
} from '../report/model';
import { boundedName, clip, escapeInline } from '../escape';
import { guarded, head, type Line } from './layout';
import { evalPosition, printableName, printablePosition, remarkOnPosition, sourceLine } from './text-code';
import { notAvailable } from './text-overview';

const MAX_WAIT_LENGTH = 500;
const YOUNG_COLLECTED =
  '(V8 collected young objects meanwhile: functions that were suspended only just now may be missing)';
const FOUND_NOTHING =
  ' while the thread ran: functions that were suspended or went on meanwhile may be missing';
/** How a heap was read, behind how long that took. */
const HOW_READ: Readonly<Record<GreenThreads['heapRead'], string>> = {
  'at-rest': ', without pausing the thread',
  running: ' while the thread ran: what is shown was read again afterwards',
  paused: ', for which the thread was paused',
};

/** The suspended async functions and callbacks of each JavaScript thread: who waits, for what, and who waits for that. */
export function renderGreenThreads(photograph: Photograph): readonly Line[] {
  const { facts, isolates, view } = photograph;
  const root = areKnown(facts) ? facts.package.root : null;
  const reason = commonReason(isolates);
  if (reason !== null) return [escapeInline(notAvailable(reason))];
  const lines: Line[] = [];
  for (const isolate of isolates) {
    lines.push(head(isolateHead(isolate)));
    lines.push(...guarded(() => renderIsolate(isolate, { view, root, nowMs: photograph.requestedAtMs })), '');
  }
  lines.push(...describeReading(isolates));
  return lines;
}

/** How to read the groups, once for all threads; empty where there are none. */
function describeReading(isolates: readonly IsolateThread[]): readonly string[] {
  const groups = isolates.flatMap(({ greenThreads }) =>
    greenThreads.status === 'unavailable' ? [] : greenThreads.groups,
  );
  if (groups.length === 0) return [];
  return ['(counts may include abandoned functions, which nothing can resume, until V8 collects them)'];
}

/** Why no thread has any; null when the reasons differ, or one has. */
function commonReason(isolates: readonly IsolateThread[]): string | null {
  const [first] = isolates;
  if (first === undefined) return 'no JavaScript thread is known';
  if (first.greenThreads.status !== 'unavailable') return null;
  const { reason } = first.greenThreads;
  const isCommon = isolates.every(
    ({ greenThreads }) => greenThreads.status === 'unavailable' && greenThreads.reason === reason,
  );
  return isCommon ? reason : null;
}

/** The text above what belongs to one thread: `worker 3 "resizer"`. */
export function isolateHead({ kind, threadId, name }: IsolateThread): string {
  if (kind === 'main') return 'main';
  return name === '' ? `worker ${threadId}` : `worker ${threadId} "${boundedName(name)}"`;
}

function renderIsolate({ greenThreads }: IsolateThread, shown: Shown): readonly string[] {
  if (greenThreads.status === 'unavailable') return [escapeInline(notAvailable(greenThreads.reason))];
  const lines = [countGreenThreads(greenThreads), `(${describeCost(greenThreads)})`];
  if (greenThreads.partial !== null) {
    const more =
      greenThreads.heapRead === 'paused'
        ? 'greenThreads.maxPauseMs (GMR_GREEN_THREADS_MAX_PAUSE_MS)'
        : 'greenThreads.maxAnalysisMs (GMR_GREEN_THREADS_MAX_ANALYSIS_MS)';
    lines.push(`INCOMPLETE: ${escapeInline(greenThreads.partial)}; ${more} allows more`);
  }
  if (greenThreads.youngCollected) lines.push(YOUNG_COLLECTED);
  const { groups } = greenThreads;
  const dead = deadlockedResources(groups);
  for (const group of groups) {
    lines.push('', ...renderGroup(group, { ...shown, groups, isExhausted: isDeadlocked(group, dead) }));
  }
  const notes = describeRest(greenThreads, shown.root);
  if (notes.length > 0) lines.push('', ...notes);
  return lines;
}

function describeCost({
  heapRead,
  costMs,
  scannedBytes,
  suspendedFunctions,
  callbacks,
}: GreenThreads): string {
  const read = `read from ${formatMegabytes(scannedBytes)} of heap in ${formatDuration(costMs)}`;
  const isEmpty = suspendedFunctions === 0 && callbacks === 0;
  return `${read}${isEmpty && heapRead === 'running' ? FOUND_NOTHING : HOW_READ[heapRead]}`;
}

interface Shown {
  /** Folder of the application; null when unknown. */
  readonly root: string | null;
  readonly view: ViewOptions;
  /** Unix time of the report. */
  readonly nowMs: number;
}

interface Around extends Shown {
  readonly groups: readonly GreenThreadGroup[];
  /** True when it waits for a resource that will never be given back. */
  readonly isExhausted: boolean;
}

function renderGroup(
  group: GreenThreadGroup,
  { groups, root, view, nowMs, isExhausted }: Around,
): readonly string[] {
  const blocks: (readonly string[])[] = [];
  group.frames.forEach((frame, index) => {
    blocks.push(renderFrame(frame));
    if (group.cut?.afterIndex === index) {
      blocks.push([`  ... ${counted(group.cut.count, 'function')} omitted ...`]);
    }
    if (frame.via !== null && index + 1 < group.frames.length) {
      blocks.push([`    via ${escapeInline(describeVia(frame.via))}`]);
    }
  });
  if (view.frameOrder === 'outermost-first') blocks.reverse();
  return [
    describeGroup(group, isExhausted),
    ...describeHolders(group, groups, root),
    ...describeGroupTraces(group, nowMs),
    ...describeContext(group),
    ...blocks.flat(),
  ];
}

/** V8's names of functions say enough, but for the one that resolves a promise with another. */
function describeVia(via: string): string {
  return via
    .split(', ')
    .map((part) => (part === 'resolve' ? 'a promise that was resolved with this one' : part))
    .join(', ');
}

function describeGroupTraces({ count, traces }: GreenThreadGroup, nowMs: number): readonly string[] {
  return traces === null ? [] : [`  ${escapeInline(describeTraces(traces, count, nowMs))}`];
}

function describeContext({ count, context }: GreenThreadGroup): readonly string[] {
  if (context.length === 0) return [];
  const values = context.map((value) => describeContextValue(value, count));
  return [`  context: ${values.join(', ')}`];
}

/** `requestId "r-17" (one of 40 values)` */
function describeContextValue({ key, kind, text, functions, distinct }: ContextValue, count: number): string {
  const doubts: string[] = [];
  if (distinct > 1) doubts.push(`one of ${distinct} values`);
  if (functions < count) doubts.push(`in ${functions} of ${count}`);
  const shown = kind === 'string' ? `"${text}"` : text;
  const remark = doubts.length === 0 ? '' : ` (${doubts.join(', ')})`;
  return `${escapeInline(key)} ${escapeInline(shown)}${remark}`;
}

/** The line that names the functions that have what a group waits for. */
function describeHolders(
  group: GreenThreadGroup,
  groups: readonly GreenThreadGroup[],
  root: string | null,
): readonly string[] {
  const text = describeUsers(group, groups, {
    isApplication: (frame) => ownerOfFrame(frame, root).kind === 'application',
    name: (frame) => {
      const position = asyncFramePosition(frame);
      const where = position === null ? (evalPosition(frame) ?? '<no file>') : printablePosition(position);
      return `${printableName(asyncFrameName(frame).replace(/^async /, ''))} (${where})`;
    },
    wait: ({ waitsFor }) => (waitsFor === null ? '' : escapeInline(clip(waitsFor, MAX_WAIT_LENGTH))),
  });
  return text === '' ? [] : [`  ${text}`];
}

function describeGroup(group: GreenThreadGroup, isExhausted: boolean): string {
  const { count, deadlock, waitsFor, seenIn } = group;
  const noun = isCallbackGroup(group) ? 'callback' : 'green thread';
  const threads = `${isExhausted ? 'DEADLOCK: ' : ''}${counted(count, noun)}`;
  if (deadlock) return `DEADLOCK: ${threads}: functions wait for each other and never go on`;
  if (waitsFor === null) return threads;
  return `${threads} waiting for ${escapeInline(clip(waitsFor, MAX_WAIT_LENGTH))}${seenInSome(count, seenIn)}`;
}

function renderFrame(frame: AsyncFrame): readonly string[] {
  const position = asyncFramePosition(frame);
  const where = position === null ? (evalPosition(frame) ?? '<no file>') : printablePosition(position);
  const mark = frame.isEval && position !== null ? ' [eval]' : '';
  const cycle = frame.inCycle ? ' <- in the cycle' : '';
  const doubt = frame.isFunctionStart ? ', start of the function' : '';
  const lines = [
    `  ${printableName(asyncFrameName(frame))} (${where}${doubt}${remarkOnPosition(frame)})${mark}${cycle}`,
  ];
  const source = isUserFrame(frame) ? sourceLine(frame) : null;
  if (source !== null) lines.push(`      ${source}`);
  if (frame.otherCallers > 0) {
    const waits = frame.otherCallers === 1 ? 'waits' : 'wait';
    lines.push(`      (${counted(frame.otherCallers, 'other function')} ${waits} for it too)`);
  }
  return lines;
}

const MAX_GONE = 4;

/** `pages (/srv/sync.mjs:13:5), syncAll (/srv/sync.mjs:21:3)`; empty when none is known. */
function gonePlaces({ gone }: GreenThreads, root: string | null): string {
  const names = gone.flatMap(({ frames }) => {
    const frame =
      frames.find((each) => ownerOfFrame(each, root).kind === 'application') ?? frames.find(isUserFrame);
    if (frame === undefined) return [];
    const position = asyncFramePosition(frame);
    return [`${asyncFrameName(frame)}${position === null ? '' : ` (${position})`}`];
  });
  return escapeInline([...new Set(names)].slice(0, MAX_GONE).join(', '));
}

/** Notes about what is missing, and about how to read the rest. */
function describeRest(found: GreenThreads, root: string | null): string[] {
  const notes: string[] = [];
  if (found.groupsLeftOut > 0) {
    const left = `${counted(found.groupsLeftOut, 'more group')} with ${counted(found.threadsLeftOut, 'green thread')}`;
    notes.push(
      `${left} omitted: greenThreads.maxGroups (GMR_GREEN_THREADS_MAX_GROUPS) raises the number shown`,
    );
  }
  if (found.threadsGone > 0) {
    const whole = found.groupsGone > 0 ? ` with ${counted(found.groupsGone, 'whole group')}` : '';
    const gone = `${counted(found.threadsGone, 'more green thread')}${whole}`;
    const places = gonePlaces(found, root);
    const were = places === '' ? '' : `; they were in ${places}`;
    notes.push(`${gone} omitted: they went on, or V8 moved them, while the heap was read${were}`);
  }
  if (found.waitsForSkipped !== null && found.groups.length > 0) {
    notes.push(`what some of them wait for is not known: ${escapeInline(found.waitsForSkipped)}`);
  }
  if (found.contextSkipped !== null && found.groups.length > 0) {
    notes.push(`traces and context values may be missing: ${escapeInline(found.contextSkipped)}`);
  }
  if (found.idleGenerators > 0) {
    notes.push(`${counted(found.idleGenerators, 'async generator')} idle: waiting for next() to be called`);
  }
  if (found.unreadable > 0) {
    notes.push(`${counted(found.unreadable, 'suspended function')} could not be read`);
  }
  return notes;
}
