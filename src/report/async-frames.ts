import { withClass } from './frames';
import type { AsyncFrame, GreenThreads } from './model';
import { formatPosition, shownName, shownPosition } from './positions';

/** Name as a reader expects it: `async Server.handler`, `async* rows`, `callback onDone`. */
export function asyncFrameName(frame: AsyncFrame): string {
  const name = withClass(shownName(frame), frame.className);
  switch (frame.kind) {
    case 'callback':
      return `callback ${name}`;
    case 'async-generator':
      return `async* ${name}`;
    case 'async-function':
    case 'driven-generator':
      return `async ${name}`;
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

/** `203 suspended async functions, 83 green threads, 6 groups` */
export function countGreenThreads(found: GreenThreads): string {
  const counts = [
    counted(found.suspendedFunctions, 'suspended async function'),
    counted(found.greenThreads, 'green thread'),
    counted(found.totalGroups, 'group'),
  ].join(', ');
  return found.partial === null ? counts : `at least ${counts}`;
}

/** `1 group`, `2 groups` */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
