import type { SourceExcerpt } from '../report/model';
import { withoutQuotes } from './positions/local-path';
import type { RawPhotograph } from './mask-photograph';
import type { Resolution } from './positions/script';
import type { UnresolvedCode, UnresolvedPhotograph } from './unresolved';

/** A frame of any kind as the reporter thread writes it. Its text is not masked, and no view may print it. */
export interface CodeFrame extends UnresolvedCode {
  readonly functionName: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly source: SourceExcerpt | null;
  /** Only frames of stacks have these two. */
  readonly kind?: string;
  readonly isUserCode?: boolean;
  /** Functions of open things do not have this. */
  readonly isEval?: boolean;
}

/** Functions of open things are as important as frames at this depth of a stack, when time is short. */
const LISTED_FUNCTION_DEPTH = 5;

type RawStack = RawPhotograph['isolates'][number]['stack'];
type RawIsolate = RawPhotograph['isolates'][number];

/** What is known about a frame, by its place among the frames of its own stack: 0 is the innermost one. */
export type Resolve = (frame: CodeFrame, depth: number) => Resolution;

/** The photograph with what `resolve` returns for each frame, without what only that step needs. */
export function withResolutions(unresolved: UnresolvedPhotograph, resolve: Resolve): RawPhotograph {
  const { scripts: _scripts, ...photograph } = unresolved;
  return {
    ...photograph,
    isolates: photograph.isolates.map((isolate) => ({
      ...isolate,
      stack: resolveStack(isolate.stack, resolve),
      greenThreads: resolveGreenThreads(isolate.greenThreads, resolve),
      open: resolveOpen(isolate.open, resolve),
    })),
    otherThreads: photograph.otherThreads.map((thread) => ({
      ...thread,
      stack: resolveStack(thread.stack, resolve),
    })),
  };
}

function resolveStack(stack: RawStack, resolve: Resolve): RawStack {
  if (stack.status === 'unavailable') return stack;
  return {
    ...stack,
    frames: stack.frames.map((frame, depth) => resolveFrame(frame, depth, resolve)),
    asyncFrames: stack.asyncFrames.map((frame, depth) =>
      resolveFrame(frame, stack.frames.length + depth, resolve),
    ),
  };
}

function resolveGreenThreads(
  greenThreads: RawIsolate['greenThreads'],
  resolve: Resolve,
): RawIsolate['greenThreads'] {
  if (greenThreads.status === 'unavailable') return greenThreads;
  return {
    ...greenThreads,
    groups: greenThreads.groups.map((group) => ({
      ...group,
      frames: group.frames.map((frame, depth) => resolveFrame(frame, depth, resolve)),
    })),
    gone: greenThreads.gone.map(({ frames }) => ({
      frames: frames.map((frame) => resolveFrame(frame, LISTED_FUNCTION_DEPTH, resolve)),
    })),
  };
}

/** What the reporter thread does not write for functions of open things. */
const UNPLACED = { script: null, functionStart: null, source: null } as const;

function resolveOpen(open: RawIsolate['open'] | undefined, resolve: Resolve): RawIsolate['open'] {
  // Whether it is there at all is judged when it is masked.
  if (open === undefined || open.status === 'unavailable') return open as RawIsolate['open'];
  return {
    ...open,
    groups: open.groups.map((group) => ({
      ...group,
      functions: Object.fromEntries(
        Object.entries(group.functions).map(([path, found]) => [
          path,
          // The innermost frames of stacks come first.
          resolveFrame({ ...UNPLACED, ...found }, LISTED_FUNCTION_DEPTH, resolve),
        ]),
      ),
    })),
  };
}

function resolveFrame<Frame>(frame: Frame, depth: number, resolve: Resolve): Frame {
  const { script: _script, functionStart: _start, ...rest } = frame as unknown as CodeFrame;
  const file = withoutQuotes(rest.file);
  return {
    ...rest,
    file,
    ...resolve({ ...(frame as unknown as CodeFrame), file }, depth),
  } as unknown as Frame;
}
