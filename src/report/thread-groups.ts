import type { OsThread } from './model';

/** Threads that share name, state and system call: a reader needs them once. */
export interface OsThreadGroup {
  /** Stands for all of them in name, state and system call. */
  readonly sample: OsThread;
  /** In the order given. */
  readonly tids: readonly number[];
  /** User and system time of all of them together. */
  readonly cpuMs: number;
}

/** Groups threads in order of first appearance, in linear time. */
export function groupOsThreads(threads: readonly OsThread[]): readonly OsThreadGroup[] {
  const groups = new Map<string, { sample: OsThread; tids: number[]; cpuMs: number }>();
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

function groupKey(thread: OsThread): string {
  // The name comes last: it is the only part that may contain any character.
  return `${thread.state} ${thread.syscall === null ? '-' : thread.syscall.number} ${thread.name}`;
}
