import type { Unavailable } from './model';

/** Arguments of a process, or why they are not known: it has ended, or reading them could hold up the report. */
export type ProcessCommand =
  | {
      readonly status: 'known';
      /** Masked, wherever anybody else than the formatter sees them. */
      readonly arguments: readonly string[];
      /** True when there is more than what was read (4 KiB). */
      readonly cut: boolean;
    }
  | Unavailable;

/** One process, as the operating system knows it. */
export interface ProcessInfo {
  readonly pid: number;
  readonly ppid: number;
  /** As the kernel has it: the first 15 bytes of the executable's name, or of what the process called itself. */
  readonly name: string;
  /** One letter of proc(5). */
  readonly state: string;
  /** Real user; null when it may not be read. */
  readonly uid: number | null;
  /** Null when it is not in /etc/passwd. */
  readonly user: string | null;
  readonly command: ProcessCommand;
  /**
   * The system call that its main thread sleeps in, with arguments that help: `write(fd 1 -> pipe:[812])`; of this process,
   * null. Null when it runs, or when the kernel does not show it.
   */
  readonly syscall: string | null;
  readonly ageMs: number;
  readonly cpuUserMs: number;
  readonly cpuSystemMs: number;
  readonly rssBytes: number;
}

/** This process and its descendants. */
export interface ProcessList {
  readonly status: 'known';
  /** This process first, then its descendants, each behind its parent. */
  readonly processes: readonly ProcessInfo[];
  /** Descendants that are not described, because there are too many. */
  readonly leftOut: number;
  /** True when not all processes of the system could be looked at in time: descendants may be missing. */
  readonly incomplete: boolean;
}

/** A process among its relatives. */
export interface ProcessNode {
  readonly process: ProcessInfo;
  readonly children: readonly ProcessNode[];
}

/**
 * The list as a tree. Whoever has no parent in the list becomes a root of its own, so nothing gets lost; the order of
 * the list is kept.
 */
export function toProcessTree(processes: readonly ProcessInfo[]): readonly ProcessNode[] {
  const roots: ProcessNode[] = [];
  const childrenOf = new Map<number, ProcessNode[]>();
  for (const process of processes) {
    const children: ProcessNode[] = [];
    // A parent stands before its children, so a cycle cannot arise.
    const siblings = childrenOf.get(process.ppid) ?? roots;
    siblings.push({ process, children });
    childrenOf.set(process.pid, children);
  }
  return roots;
}
