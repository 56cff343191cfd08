import type {
  AsyncFrame,
  Frame,
  GreenThreads,
  IsolateThread,
  OriginalPosition,
  OsThread,
  Photograph,
} from '../../src/report/model';
import { asyncFrame, captured, frame, greenThreads, mainThread, osThread } from './photographs';

/** What a process was in, and the summary that a reader must get of it. */
export interface Situation {
  readonly name: string;
  readonly given: Partial<Photograph>;
  readonly summary: readonly string[];
}

/** A situation with one main thread; nothing is suspended in it unless told otherwise. */
export function ofMain(name: string, thread: Partial<IsolateThread>, summary: readonly string[]): Situation {
  return {
    name,
    given: { isolates: [mainThread({ greenThreads: greenThreads([]), ...thread })] },
    summary,
  };
}

/** A main thread that has been blocked for 2.3 s with these frames on its stack. */
export function blockedIn(
  frames: readonly Frame[],
  more: Partial<IsolateThread> = {},
): Partial<IsolateThread> {
  return { state: 'blocked', loopStalledMs: 2300, os: running, stack: captured(frames), ...more };
}

/** A main thread whose stack was read while it slept in this system call. */
export function asleepIn(
  name: string,
  description: string | null,
  frames: readonly Frame[],
): Partial<IsolateThread> {
  return blockedIn(frames, { os: asleep(name, description), stack: captured(frames, { method: 'passive' }) });
}

/** A main thread that was held while it ran native code. */
export function heldIn(frames: readonly Frame[]): Partial<IsolateThread> {
  return blockedIn(frames, { stack: captured(frames, { method: 'parked', heldMs: 0.4 }) });
}

/** An idle main thread with these suspended functions. */
export function suspended(found: GreenThreads): Partial<IsolateThread> {
  return { greenThreads: found };
}

export const running: OsThread = osThread(14423, { state: 'R', syscall: null });

export function asleep(name: string, description: string | null): OsThread {
  return osThread(14423, { syscall: { number: 0, name, description } });
}

/** A function of the application in a file below /srv/app. */
export function own(functionName: string, file: string, line: number, more: Partial<Frame> = {}): Frame {
  return frame(functionName, { file: `/srv/app/${file}`, line, ...more });
}

/** A function of a package; the file is a path below node_modules. */
export function ofPackage(
  functionName: string,
  file: string,
  line: number,
  more: Partial<Frame> = {},
): Frame {
  return own(functionName, `node_modules/${file}`, line, more);
}

/** A native function of a program or library. */
export function native(functionName: string, file: string | null = 'node'): Frame {
  return frame(functionName, { kind: 'native', file, line: null, column: null, isUserCode: false });
}

/** A builtin of V8. */
export function builtin(functionName: string, className: string | null = null): Frame {
  return frame(functionName, {
    kind: 'builtin',
    className,
    file: null,
    line: null,
    column: null,
    isUserCode: false,
  });
}

/** A suspended function of the application in a file below /srv/app. */
export function waits(
  functionName: string,
  file: string,
  line: number,
  more: Partial<AsyncFrame> = {},
): AsyncFrame {
  return asyncFrame(functionName, { file: `/srv/app/${file}`, line, ...more });
}

/** A suspended function of a package; the file is a path below node_modules. */
export function waitsInPackage(functionName: string, file: string, line: number): AsyncFrame {
  return waits(functionName, `node_modules/${file}`, line);
}

/** A suspended function of Node's own. */
export function waitsInNode(functionName: string, file: string): AsyncFrame {
  return asyncFrame(functionName, { file, line: 100 });
}

/** The position that a source map gives. */
export function mapped(file: string, line: number, functionName: string | null = null): OriginalPosition {
  return { file, line, column: 3, functionName, source: null };
}
