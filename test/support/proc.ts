import { readFileSync, readdirSync } from 'node:fs';
import { eventually } from './patience';

/** A thread of another process, as /proc tells. */
export interface ProcThread {
  readonly tid: number;
  readonly name: string;
  /** One letter of proc(5). */
  readonly state: string;
}

/** The threads of a process that was started by the test. */
export function threadsOf(pid: number): ProcThread[] {
  const threads: ProcThread[] = [];
  for (const tid of readdirSync(`/proc/${pid}/task`)) {
    const stat = tryRead(`/proc/${pid}/task/${tid}/stat`);
    if (stat === undefined) continue; // It ended after the folder was listed.
    const nameEnd = stat.lastIndexOf(')');
    threads.push({
      tid: Number(tid),
      name: stat.slice(stat.indexOf('(') + 1, nameEnd),
      state: stat.charAt(nameEnd + 2),
    });
  }
  return threads;
}

/** The threads that have a signal open, by name. `number` from `os.constants.signals`. */
export function threadsOpenFor(pid: number, number: number): string[] {
  return threadsOf(pid)
    .filter((thread) => {
      const status = tryRead(`/proc/${pid}/task/${thread.tid}/status`) ?? '';
      const blocked = BigInt(`0x${/^SigBlk:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
      return ((blocked >> BigInt(number - 1)) & 1n) === 0n;
    })
    .map((thread) => thread.name);
}

/**
 * Waits until every thread of the process sleeps, three times in a row: a thread that has just
 * announced that it is going to be idle is idle only some instructions later.
 */
export async function untilAllThreadsSleep(pid: number): Promise<void> {
  let calm = 0;
  await eventually(`all threads of ${pid} sleep`, () => {
    calm = threadsOf(pid).every((thread) => thread.state === 'S') ? calm + 1 : 0;
    return calm >= 3 ? true : undefined;
  });
}

/** False when the process has ended, even if it is still a zombie. */
export function isAlive(pid: number): boolean {
  const stat = tryRead(`/proc/${pid}/stat`);
  return stat !== undefined && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
