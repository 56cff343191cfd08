import { asyncFrameName } from '../report/async-frames';
import { boundedName, clip, escapeInline } from '../escape';
import { areKnown } from '../report/facts';
import { frameName } from '../report/frames';
import type { AsyncFrame, Frame, IsolateThread, OtherThread, Photograph, Stack } from '../report/model';
import { formatPosition, shownPosition, type Positioned } from '../report/positions';

const MAX_NAME_LENGTH = 300;

/**
 * The stacks of a report in the collapsed form that flame graphs are made of: one line per stack, outermost function
 * first, separated by semicolons, and behind a blank how many threads or green threads have it. Equal stacks are one line.
 */
export function renderCollapsed({ facts, isolates, otherThreads }: Photograph): string {
  const root = areKnown(facts) ? facts.package.root : null;
  const counts = new Map<string, number>();
  const add = (path: readonly string[], count: number): void => {
    const line = path.map(inPath).join(';');
    counts.set(line, (counts.get(line) ?? 0) + count);
  };
  for (const isolate of isolates) add([nameOf(isolate), ...pathOf(isolate.stack, root, isolate.state)], 1);
  for (const thread of otherThreads) add(['other threads', ...otherPath(thread, root)], 1);
  for (const isolate of isolates) addGreenThreads(isolate, root, add);
  return [...counts].map(([line, count]) => `${line} ${count}\n`).join('');
}

function addGreenThreads(
  isolate: IsolateThread,
  root: string | null,
  add: (path: readonly string[], count: number) => void,
): void {
  const { greenThreads } = isolate;
  if (greenThreads.status === 'unavailable') return;
  const name = `${nameOf(isolate)} (suspended)`;
  for (const { frames, cut, count } of greenThreads.groups) {
    const texts = frames.map((frame) => asyncText(frame, root));
    add([name, ...outermostFirst(texts, cut)], Number.isFinite(count) ? count : 0);
  }
  if (greenThreads.threadsLeftOut > 0)
    add([name, '(groups omitted from the report)'], greenThreads.threadsLeftOut);
}

function nameOf({ kind, threadId, name }: IsolateThread): string {
  if (kind === 'main') return 'main';
  return name === '' ? `worker ${threadId}` : `worker ${threadId} "${boundedName(name)}"`;
}

function otherPath(thread: OtherThread, root: string | null): readonly string[] {
  return [thread.name === '' ? '(no name)' : thread.name, ...pathOf(thread.stack, root, 'stack not read')];
}

/** The functions of a stack, outermost first; in parentheses why there are none. */
function pathOf(stack: Stack, root: string | null, without: string): readonly string[] {
  if (stack.status === 'unavailable') return [`(${without})`];
  const running = outermostFirst(
    stack.frames.map((frame) => frameText(frame, root)),
    stack.cut,
  );
  const callers = stack.asyncFrames.map((frame) => frameText(frame, root)).toReversed();
  return running.length === 0 ? [`(${without})`] : [...callers, ...running];
}

interface Cut {
  readonly afterIndex: number;
  readonly count: number;
}

function outermostFirst(innermostFirst: readonly string[], cut: Cut | null): readonly string[] {
  if (cut === null) return innermostFirst.toReversed();
  const omitted = `(${cut.count} ${cut.count === 1 ? 'frame' : 'frames'} omitted)`;
  const at = cut.afterIndex + 1;
  return [...innermostFirst.slice(0, at), omitted, ...innermostFirst.slice(at)].toReversed();
}

function frameText(frame: Frame, root: string | null): string {
  const name = clip(frameName(frame), MAX_NAME_LENGTH);
  // The line of a frame of WebAssembly is not known, and the file of a native one is its library.
  return `${name}${placeOf(frame, root)}`;
}

function asyncText(frame: AsyncFrame, root: string | null): string {
  return `${clip(asyncFrameName(frame), MAX_NAME_LENGTH)}${placeOf(frame, root)}`;
}

/** ` (file:line)`, of the application below its own folder; empty when it is not known. */
function placeOf(frame: Positioned, root: string | null): string {
  const { file, line } = shownPosition(frame);
  const position = formatPosition({ file: file === null ? null : below(root, file), line, column: null });
  if (position === null) return '';
  const shown = position.length > MAX_NAME_LENGTH ? `...${position.slice(-MAX_NAME_LENGTH)}` : position;
  return ` (${shown})`;
}

function below(root: string | null, file: string): string {
  return root !== null && file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}

/** A name as one element of a path: a semicolon would end it. */
function inPath(text: string): string {
  return escapeInline(text).replaceAll(';', '\\x3b');
}
