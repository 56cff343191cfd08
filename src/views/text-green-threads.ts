import {
  asyncFrameName,
  asyncFramePosition,
  countGreenThreads,
  counted,
  isUserFrame,
} from '../report/async-frames';
import { formatDuration, formatMegabytes } from '../report/duration';
import type {
  AsyncFrame,
  ContextValue,
  GreenThreadGroup,
  GreenThreads,
  IsolateThread,
  Photograph,
  ViewOptions,
} from '../report/model';
import { escapeInline } from './escape';
import { guarded, head } from './layout';
import type { SourceLookup } from './source-lookup';
import { describeChanged, printableName, printablePosition, sourceLine } from './text-frames';
import { notAvailable } from './text-overview';

const MAX_WAIT_LENGTH = 300;

/** The suspended async functions of each JavaScript thread: who waits, for what, and who waits for that. */
export function renderGreenThreads(photograph: Photograph, sources: SourceLookup): readonly string[] {
  const { isolates, view } = photograph;
  const reason = commonReason(isolates);
  if (reason !== null) return [escapeInline(notAvailable(reason))];
  const lines: string[] = [];
  for (const isolate of isolates) {
    lines.push(head(labelOf(isolate)));
    lines.push(...guarded(() => renderIsolate(isolate, view, sources)), '');
  }
  return lines;
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

function labelOf({ kind, threadId, name }: IsolateThread): string {
  if (kind === 'main') return 'main';
  return name === '' ? `worker ${threadId}` : `worker ${threadId} "${name}"`;
}

function renderIsolate(
  { greenThreads }: IsolateThread,
  view: ViewOptions,
  sources: SourceLookup,
): readonly string[] {
  if (greenThreads.status === 'unavailable') return [`  ${escapeInline(notAvailable(greenThreads.reason))}`];
  const changed = new Set<string>();
  const lines = [`  ${countGreenThreads(greenThreads)}`, `  (${describeCost(greenThreads)})`];
  if (greenThreads.partial !== null) {
    const more = 'greenThreads.maxPauseMs (GMR_GREEN_THREADS_MAX_PAUSE_MS) allows more';
    lines.push(`  INCOMPLETE: ${escapeInline(greenThreads.partial)}; ${more}`);
  }
  for (const group of greenThreads.groups) lines.push('', ...renderGroup(group, view, sources, changed));
  const notes = describeRest(greenThreads);
  if (changed.size > 0) notes.push(describeChanged(changed).trim());
  if (notes.length > 0) lines.push('', ...notes.map((note) => `  ${note}`));
  return lines;
}

function describeCost({ approximate, costMs, scannedBytes }: GreenThreads): string {
  const read = `read from ${formatMegabytes(scannedBytes)} of heap in ${formatDuration(costMs)}`;
  return approximate
    ? `approximate: ${read} by another thread, while this one may have changed it`
    : `${read}, for which the thread was paused`;
}

function renderGroup(
  group: GreenThreadGroup,
  view: ViewOptions,
  sources: SourceLookup,
  changed: Set<string>,
): readonly string[] {
  const blocks: (readonly string[])[] = [];
  group.frames.forEach((frame, index) => {
    blocks.push(renderFrame(frame, sources, changed));
    if (group.cut?.afterIndex === index) {
      blocks.push([`    ... ${counted(group.cut.count, 'function')} left out ...`]);
    }
    if (frame.via !== null && index + 1 < group.frames.length) {
      blocks.push([`      via ${escapeInline(frame.via)}`]);
    }
  });
  if (view.frameOrder === 'outermost-first') blocks.reverse();
  return [`  ${describeGroup(group)}`, ...describeContext(group), ...blocks.flat()];
}

function describeContext({ count, context }: GreenThreadGroup): readonly string[] {
  if (context.length === 0) return [];
  const values = context.map((value) => describeContextValue(value, count));
  return [`    context: ${values.join(', ')}`];
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

function describeGroup({ count, deadlock, waitsFor }: GreenThreadGroup): string {
  const threads = counted(count, 'green thread');
  if (deadlock) return `DEADLOCK: ${threads}: functions wait for each other and never go on`;
  if (waitsFor === null) return threads;
  const wait = waitsFor.length <= MAX_WAIT_LENGTH ? waitsFor : `${waitsFor.slice(0, MAX_WAIT_LENGTH)}...`;
  // One was looked at: the others stand at the same place, but each waits for something of its own.
  const sample = count > 1 ? ', one of them' : '';
  return `${threads}${sample} waiting for ${escapeInline(wait)}`;
}

function renderFrame(frame: AsyncFrame, sources: SourceLookup, changed: Set<string>): readonly string[] {
  const position = asyncFramePosition(frame);
  const where = position === null ? (frame.isEval ? '[eval]' : '<no file>') : printablePosition(position);
  const mark = frame.isEval && position !== null ? ' [eval]' : '';
  const cycle = frame.inCycle ? ' <- in the cycle' : '';
  const doubt = frame.isFunctionStart ? ', start of the function' : '';
  const lines = [`    ${printableName(asyncFrameName(frame))} (${where}${doubt})${mark}${cycle}`];
  const source = isUserFrame(frame) ? sourceLine(frame, sources, changed) : null;
  if (source !== null) lines.push(`        ${source}`);
  if (frame.otherCallers > 0) {
    const waits = frame.otherCallers === 1 ? 'waits' : 'wait';
    lines.push(`        (${counted(frame.otherCallers, 'other function')} ${waits} for it too)`);
  }
  return lines;
}

/** What is missing, and what should be known of what is there. */
function describeRest(found: GreenThreads): string[] {
  const notes: string[] = [];
  if (found.groupsLeftOut > 0) {
    const left = `${counted(found.groupsLeftOut, 'more group')} with ${counted(found.threadsLeftOut, 'green thread')}`;
    notes.push(
      `${left} left out: greenThreads.maxGroups (GMR_GREEN_THREADS_MAX_GROUPS) raises the number shown`,
    );
  }
  if (found.waitsForSkipped !== null && found.groups.length > 0) {
    notes.push(`what some of them wait for is not known: ${escapeInline(found.waitsForSkipped)}`);
  }
  if (found.contextSkipped !== null && found.groups.length > 0) {
    notes.push(`values of greenThreads.context may be missing: ${escapeInline(found.contextSkipped)}`);
  }
  if (found.idleGenerators > 0) {
    notes.push(`${counted(found.idleGenerators, 'async generator')} idle: nobody has asked for a value`);
  }
  if (found.unreadable > 0) {
    notes.push(`${counted(found.unreadable, 'suspended function')} could not be read`);
  }
  if (found.groups.length > 0) {
    notes.push(
      '(some may be garbage that is not collected yet and can no longer go on: left out is what V8 has freed)',
    );
  }
  return notes;
}
