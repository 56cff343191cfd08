import { baseName } from './frames';
import type { AsyncFrame, GreenThreadGroup, GreenThreads } from './model';

/** Name as a reader expects it: `async Server.handler`, `async* rows`, `callback onDone`. */
export function asyncFrameName({ kind, functionName, className }: AsyncFrame): string {
  const own = functionName === '' ? '(anonymous)' : functionName;
  const name = className === null ? own : `${className}.${own}`;
  switch (kind) {
    case 'callback':
      return `callback ${name}`;
    case 'async-generator':
      return `async* ${name}`;
    case 'async-function':
    case 'driven-generator':
      return `async ${name}`;
  }
}

/** `file:line:column` as far as known; null without file. */
export function asyncFramePosition({ file, line, column }: AsyncFrame): string | null {
  if (file === null || line === null) return file;
  return column === null ? `${file}:${line}` : `${file}:${line}:${column}`;
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

/** What a tired person needs of them, one sentence each; none when nothing waits. */
export function summarizeGreenThreads(who: string, found: GreenThreads, isBrief: boolean): readonly string[] {
  const sentences: string[] = [];
  const [largest] = found.groups;
  if (largest !== undefined && !isBrief) {
    const kinds = `${counted(found.greenThreads, 'green thread')} in ${counted(found.totalGroups, 'group')}`;
    sentences.push(`${who}: ${kinds}; largest: ${largest.count}${describeWait(largest)}.`);
  }
  for (const group of found.groups) {
    if (group.deadlock) sentences.push(`${who}: DEADLOCK: ${describeCycle(group)}.`);
  }
  return sentences;
}

function describeWait(group: GreenThreadGroup): string {
  const frame = group.frames.find(isUserFrame) ?? group.frames[0];
  const position = frame === undefined ? null : asyncFramePosition(frame);
  const place = position === null ? '' : ` at ${baseName(position)}`;
  return `${group.waitsFor === null ? '' : ` waiting for ${group.waitsFor}`}${place}`;
}

function describeCycle({ frames }: GreenThreadGroup): string {
  const cycle = frames.filter(({ inCycle }) => inCycle);
  const names = cycle.map((frame) => asyncFrameName(frame).replace(/^async\*? /, ''));
  if (names.length === 1) return `${names.join('')} waits for itself`;
  return names.length === 0 ? 'functions that wait for each other' : names.join(' <-> ');
}
