import type { Frame, IsolateThread } from '../report/model';
import { shownName, shownPosition, type Positioned } from '../report/positions';
import type { Naming } from '../report/summary/place';
import { ownerOf } from '../report/summary/place';
import type { ComparedFrame } from './model';

/** A function that is on the stack in several reports. */
export interface CommonFrame {
  /** As in the last report. */
  readonly frame: Frame;
  /** Its shown lines in these reports, least and most; null when unknown. */
  readonly lines: { readonly least: number; readonly most: number } | null;
}

/** What several stacks of one thread have in common. */
export interface CommonStack {
  /** Innermost function of the application that is on all stacks at the same depth; null when there is none. */
  readonly deepest: CommonFrame | null;
  /** The next function of the application that called it, directly or not; null when there is none. */
  readonly caller: CommonFrame | null;
  /** True when the stacks have the same functions at the same lines. */
  readonly isSame: boolean;
}

/** The frames of JavaScript and WebAssembly, outermost first. Not every way of capturing has native frames. */
function comparableFrames({ stack }: IsolateThread): readonly Frame[] {
  if (stack.status !== 'captured') return [];
  const { frames, cut } = stack;
  // Behind a gap, depths cannot be compared.
  const outer = cut === null ? frames : frames.slice(cut.afterIndex + 1);
  return outer.filter(({ kind }) => kind === 'js' || kind === 'wasm').toReversed();
}

/**
 * What the stacks have in common, compared from the outermost frame inwards. A function that is at other lines is the last
 * one that they share: it is where the stacks part.
 */
export function commonStack(threads: readonly IsolateThread[], naming: Naming): CommonStack {
  const stacks = threads.map(comparableFrames);
  const last = stacks.at(-1) ?? [];
  const shared: CommonFrame[] = [];
  let isSame = stacks.every(({ length }) => length > 0 && length === last.length);
  for (const [depth, frame] of last.entries()) {
    const alike = stacks.map((stack) => stack[depth]);
    if (!alike.every((other) => other !== undefined && isSameFunction(other, frame))) {
      isSame = false;
      break;
    }
    const frames = alike.filter((other) => other !== undefined);
    shared.push({ frame, lines: linesOf(frames) });
    if (!frames.every((other) => isSameLine(other, frame))) {
      isSame = false;
      break;
    }
  }
  const own = shared.filter(({ frame }) => ownerOf(frame, naming).kind === 'application');
  return { deepest: own.at(-1) ?? null, caller: own.at(-2) ?? null, isSame };
}

function isSameFunction(a: Frame, b: Frame): boolean {
  return (
    a.kind === b.kind &&
    shownName(a) === shownName(b) &&
    a.className === b.className &&
    shownPosition(a).file === shownPosition(b).file
  );
}

/** In a stack that was read from memory, some lines are only where the function begins. */
function isSameLine(a: Frame, b: Frame): boolean {
  const areExact = a.quality === 'exact' && b.quality === 'exact';
  return !areExact || shownPosition(a).line === shownPosition(b).line;
}

function linesOf(frames: readonly Frame[]): CommonFrame['lines'] {
  const lines = frames.filter(({ quality }) => quality === 'exact').map((frame) => shownPosition(frame).line);
  const known = lines.filter((line) => line !== null);
  return known.length === 0 ? null : { least: Math.min(...known), most: Math.max(...known) };
}

/** A frame as a comparison lists it. */
export function comparedFrame(frame: Positioned): ComparedFrame {
  const { file, line } = shownPosition(frame);
  return { functionName: shownName(frame), file, line };
}
