import type { SourceExcerpt } from '../report/model';
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
}

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
  };
}

function resolveFrame<Frame>(frame: Frame, depth: number, resolve: Resolve): Frame {
  const { script: _script, functionStart: _start, ...rest } = frame as Frame & UnresolvedCode;
  return { ...rest, ...resolve(frame as unknown as CodeFrame, depth) } as unknown as Frame;
}
