import { frameName } from './frames';
import type { OtherThread } from './model';

/** Threads that share name, state, system call and stack: a reader needs them once. */
export interface OsThreadGroup {
  /** Stands for all of them. */
  readonly sample: OtherThread;
  /** In the order given. */
  readonly tids: readonly number[];
  /** User and system time of all of them together. */
  readonly cpuMs: number;
}

/** Groups threads in order of first appearance, in linear time. */
export function groupOsThreads(threads: readonly OtherThread[]): readonly OsThreadGroup[] {
  const groups = new Map<string, { sample: OtherThread; tids: number[]; cpuMs: number }>();
  for (const thread of threads) {
    const key = groupKey(thread);
    const cpuMs = thread.cpuUserMs + thread.cpuSystemMs;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { sample: thread, tids: [thread.tid], cpuMs });
    } else {
      group.tids.push(thread.tid);
      group.cpuMs += cpuMs;
    }
  }
  return [...groups.values()];
}

function groupKey(thread: OtherThread): string {
  // The name comes last: it is the only part that may contain any character.
  const call = thread.syscall === null ? '-' : (thread.syscall.description ?? String(thread.syscall.number));
  const { stack } = thread;
  const frames = stack.status === 'captured' ? stack.frames.map((frame) => frameName(frame)).join('\0') : '';
  return `${thread.state} ${call}\0${frames}\0${thread.name}`;
}
