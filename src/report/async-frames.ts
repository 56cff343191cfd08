import { withClass } from './frames';
import type { AsyncFrame, GreenThreadGroup, GreenThreads } from './model';
import { formatPosition, isGenerated, shownName, shownPosition } from './positions';

/** True when the innermost function of its green threads is a callback. */
export function isCallbackGroup({ frames }: GreenThreadGroup): boolean {
  return frames[0]?.kind === 'callback';
}

/** For a function without a name, the one that it is written in; else empty. In generated code it has another name. */
export function enclosingName(frame: AsyncFrame): string {
  const isKnown = shownName(frame) === '' && frame.original === null && !isGenerated(frame);
  return isKnown ? (frame.enclosingFunction ?? '') : '';
}

/**
 * Name as a reader expects it: `async Server.handler`, `async (anonymous) in charge`, `async* rows`, `callback onDone`,
 * `callback in createOrder`.
 */
export function asyncFrameName(frame: AsyncFrame): string {
  const enclosing = enclosingName(frame);
  const name = withClass(shownName(frame), frame.className);
  const place = enclosing === '' ? '' : ` in ${enclosing}`;
  switch (frame.kind) {
    case 'callback':
      return place === '' ? `callback ${name}` : `callback${place}`;
    case 'async-generator':
      return `async* ${name}${place}`;
    case 'async-function':
    case 'driven-generator':
      return `async ${name}${place}`;
  }
}

/** The shown position as `file:line:column`, as far as known; null without file. */
export function asyncFramePosition(frame: AsyncFrame): string | null {
  return formatPosition(shownPosition(frame));
}

/** Code of the service or of a package, not of Node itself. */
export function isUserFrame({ file }: AsyncFrame): boolean {
  return file !== null && !file.startsWith('node:');
}

/** `203 suspended async functions, 3 waiting callbacks, 83 green threads, 6 groups` */
export function countGreenThreads(found: GreenThreads): string {
  const counts = [
    counted(found.suspendedFunctions, 'suspended async function'),
    ...(found.callbacks === 0 ? [] : [counted(found.callbacks, 'waiting callback')]),
    counted(found.greenThreads, 'green thread'),
    counted(found.totalGroups, 'group'),
  ].join(', ');
  return found.partial === null ? counts : `at least ${counts}`;
}

/** `1 group`, `2 groups` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
