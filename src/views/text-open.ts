import { counted } from '../report/async-frames';
import { formatMegabytes } from '../report/duration';
import { countedKind, keptAliveBy } from '../report/kept-alive';
import type { HeapClasses } from '../report/heap-classes';
import type { IsolateThread, Photograph, Unavailable } from '../report/model';
import {
  BUILT_IN,
  OPEN_KINDS,
  isBuiltIn,
  type OpenFunction,
  type OpenGroup,
  type OpenKind,
  type OpenThings,
} from '../report/open';
import { numberTexts, requestLabel } from '../report/open-text';
import { formatPosition, shownName, shownPosition } from '../report/positions';
import { clip, escapeInline } from '../escape';
import { guarded, head, type Line } from './layout';
import { printableName, printablePosition, remarkOnPosition, sourceLine } from './text-code';
import { isolateHead } from './text-green-threads';
import { notAvailable } from './text-overview';

/** Groups of one kind, and of one thread, that the text has; the JSON has more. */
const MAX_OF_KIND = 8;
const MAX_OF_THREAD = 60;
const MAX_LINE = 500;
const MAX_CLASS_NAME = 100;

/** What each JavaScript thread has open, what keeps it alive, and what its heap consists of. */
export function renderOpen({ isolates }: Photograph): readonly Line[] {
  const reason = commonReason(isolates);
  if (reason !== null) return [escapeInline(notAvailable(reason))];
  return isolates.flatMap((isolate) => [
    head(isolateHead(isolate)),
    ...guarded(() => renderThread(isolate)),
    '',
  ]);
}

/** Why nothing is known about any thread; null when the reasons differ, or something is. */
function commonReason(isolates: readonly IsolateThread[]): string | null {
  const [first] = isolates;
  if (first === undefined) return 'no JavaScript thread is known';
  if (first.open.status !== 'unavailable') return null;
  const { reason } = first.open;
  return isolates.every(({ open }) => open.status === 'unavailable' && open.reason === reason)
    ? reason
    : null;
}

function renderThread(isolate: IsolateThread): readonly string[] {
  const { open, heapClasses, heap } = isolate;
  const lines =
    open.status === 'unavailable'
      ? [escapeInline(notAvailable(open.reason))]
      : renderThings(open, whatEndsIt(isolate));
  return [...lines, '', ...renderClasses(heapClasses, heap)];
}

const WHEN_AT_REST = 'its event loop ends';
const WHEN_RUNNING = 'but code is running, which may begin something';
/** The timer whose callback runs is in no list, and whether it repeats is not known. */
const WHEN_IN_TIMER = `${WHEN_RUNNING}; if an interval called it, that goes on`;

/** What follows when nothing keeps the thread alive. */
function whatEndsIt({ state, stack }: IsolateThread): string {
  if (state === 'idle' || state === 'waiting') return WHEN_AT_REST;
  const frames = stack.status === 'unavailable' ? [] : stack.frames;
  const isInTimer = frames.some(({ functionName }) => functionName === 'listOnTimeout');
  return isInTimer ? WHEN_IN_TIMER : WHEN_RUNNING;
}

function renderThings(open: OpenThings, ending: string): readonly string[] {
  const lines = [escapeInline(keptAliveLine(open, ending))];
  let left = MAX_OF_THREAD;
  for (const kind of OPEN_KINDS) {
    const groups = open.groups.filter((group) => group.kind === kind);
    if (groups.length === 0) continue;
    const shown = groups.slice(0, Math.min(MAX_OF_KIND, left));
    left -= shown.length;
    lines.push(headingOf(kind, groups), ...shown.flatMap(renderGroup));
    const more = groups.slice(shown.length);
    if (more.length > 0)
      lines.push(`  ... and ${countedKind(kind, sum(more))} in ${counted(more.length, 'more group')}`);
  }
  return [...lines, ...notesOn(open)];
}

function keptAliveLine(open: OpenThings, ending: string): string {
  const keepers = keptAliveBy(open);
  if (keepers === '') return `Kept alive by: nothing; ${ending}`;
  return `Kept alive by: ${keepers ?? 'nothing of what is listed below'}`;
}

function headingOf(kind: OpenKind, groups: readonly OpenGroup[]): string {
  return countedKind(kind, sum(groups));
}

function sum(groups: readonly OpenGroup[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}

function renderGroup(group: OpenGroup): readonly string[] {
  const { id, kind, count, text, functions } = group;
  const isRequest = kind === 'server-request' || kind === 'outgoing-request';
  const label = isRequest ? `${requestLabel(group)}:` : `[${id}]`;
  const times = count === 1 ? '' : `${count} x `;
  const parts = [text, ...numberTexts(group)].join(', ');
  return [`  ${label} ${times}${escapeInline(clip(parts, MAX_LINE))}`, ...functions.flatMap(renderFunction)];
}

const ROLES: Readonly<Record<OpenFunction['role'], string>> = {
  calls: 'calls',
  'last-layer': 'last layer entered:',
  handler: 'handler of the route:',
  hook: 'hook before the handler:',
};

function renderFunction(found: OpenFunction): readonly string[] {
  if (isBuiltIn(found)) return [`      ${ROLES[found.role]} ${BUILT_IN}`];
  const name = shownName(found);
  const position = formatPosition(shownPosition(found));
  const where = position === null ? '<no file>' : printablePosition(position);
  const lines = [
    `      ${ROLES[found.role]} ${name === '' ? '<anonymous>' : printableName(name)} (${where}${remarkOnPosition(found)})`,
  ];
  const source = sourceLine(found);
  if (source !== null) lines.push(`          ${source}`);
  return lines;
}

function notesOn({
  groupsLeftOut,
  thingsLeftOut,
  changed,
  youngCollected,
  partial,
  heapRead,
}: OpenThings): readonly string[] {
  const notes: string[] = [];
  if (groupsLeftOut > 0 || thingsLeftOut > 0) {
    notes.push(`(not listed: ${counted(thingsLeftOut, 'more thing')})`);
  }
  if (changed > 0) notes.push(`(not listed: ${counted(changed, 'thing')} that changed while being read)`);
  if (youngCollected) {
    notes.push(
      '(V8 collected young objects meanwhile: things that were opened not long before may be missing)',
    );
  }
  if (partial !== null) notes.push(`INCOMPLETE: ${escapeInline(partial)}`);
  else if (heapRead === 'running')
    notes.push('(the thread ran meanwhile: things that were closed just now may be listed)');
  return notes;
}

function renderClasses(found: HeapClasses | Unavailable, heap: IsolateThread['heap']): readonly string[] {
  if (found.status === 'unavailable') return [`heap by class: ${escapeInline(notAvailable(found.reason))}`];
  const { classes, otherClasses, otherBytes, totalObjects, approximate } = found;
  const rows = classes.map(({ name, file, count, bytes }) => {
    const shown = `${escapeInline(clip(name, MAX_CLASS_NAME))}${file === '' ? '' : `  (${printablePosition(file)})`}`;
    return `  ${sizeOf(bytes).padStart(9)} ${String(count).padStart(10)}  ${shown}`;
  });
  const about = approximate ? 'about ' : '';
  return [
    `Heap by class: ${about}${totalObjects} objects; own size, number, class`,
    ...rows,
    `  ${sizeOf(otherBytes).padStart(9)} ${''.padStart(10)}  in ${otherClasses} more ${otherClasses === 1 ? 'class' : 'classes'}`,
    // No object of the list has this memory in its size.
    heap.status === 'unavailable'
      ? '  (and what Buffers and ArrayBuffers hold, which is outside the heap: its size is not available)'
      : `  ${sizeOf(heap.externalBytes).padStart(9)} ${''.padStart(10)}  outside the heap: what Buffers, ArrayBuffers and the like hold`,
  ];
}

/** Most classes of a small heap have less than a megabyte. */
function sizeOf(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KB` : formatMegabytes(bytes);
}
