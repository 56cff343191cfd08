import type { HeapClasses } from './heap-classes';
import type { Unavailable } from './model';
import type { CodePosition } from './stack';

/** The kinds of things that a thread has open, in the order in which a report lists them. */
export const OPEN_KINDS = [
  'server-request',
  'outgoing-request',
  'server',
  'closed-server',
  'standard-stream',
  'connection',
  'pipe',
  'udp-socket',
  'child-process',
  'worker',
  'timer',
  'immediate',
  'operation',
  'watcher',
  'broadcast-channel',
  'message-port',
  'other',
] as const;

export type OpenKind = (typeof OPEN_KINDS)[number];

/** Smallest, largest and total of one number in the things of a group. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

/** A function that a thing will call, or that was the last to handle it. */
export interface OpenFunction extends CodePosition {
  /**
   * `calls`: the callback of a timer or an operation. `last-layer`: where a request was handled last. Where that is not
   * known, `handler`: that of the route of a request; `hook`: what the framework calls before it.
   */
  readonly role: 'calls' | 'last-layer' | 'handler' | 'hook';
  /** Empty for anonymous functions. */
  readonly functionName: string;
  readonly file: string | null;
  /** 1-based, where the function begins; null when unknown. */
  readonly line: number | null;
  readonly column: number | null;
}

/** What stands for the name and the place of functions that have neither, as those that resolve a promise. */
export const BUILT_IN = 'a built-in function';

/** Whether a function is one of V8's or Node's own without a name. */
export function isBuiltIn({ functionName, file, line }: OpenFunction): boolean {
  return functionName === '' && file === null && line === null;
}

/** The numbers that are known for some kinds. */
export interface OpenNumbers {
  /** Bytes that were written and have not left the process. */
  readonly queuedBytes?: NumberRange;
  /** Bytes that have come in and were not read by the program. */
  readonly unreadBytes?: NumberRange;
  /** Milliseconds since data last came in from the other side. */
  readonly quietMs?: NumberRange;
  /** Milliseconds until a timer is due; negative when it is overdue. */
  readonly dueMs?: NumberRange;
  /** Length of a timer in milliseconds. */
  readonly timerMs?: NumberRange;
  /** Connections of a server. */
  readonly connections?: NumberRange;
}

/** Open things that are alike. */
export interface OpenGroup {
  /** The number by which other parts of the report refer to it: `request 14`. Unique in the report. */
  readonly id: number;
  readonly kind: OpenKind;
  readonly count: number;
  /** How many of them keep the event loop alive. For workers, at most: it is known only whether any of them does. */
  readonly keepAlive: number;
  /** What they are, in words, without count, numbers and functions: `POST /orders, no answer yet`. Masked. */
  readonly text: string;
  /** The same in parts, such as `method`, `path`, `peer`, `local`, `state`, `pid`. Masked. */
  readonly details: { readonly [name: string]: string };
  readonly numbers: OpenNumbers;
  readonly functions: readonly OpenFunction[];
}

/** Handles of the event loop by libuv's type, as libuv itself counts them. */
export interface LoopHandles {
  readonly status: 'known';
  readonly activeHandles: number;
  /** Those that are active and referenced: they keep the loop alive. */
  readonly refedHandles: number;
  readonly activeRequests: number;
  readonly handlesByType: { readonly [type: string]: { readonly active: number; readonly refed: number } };
}

/** What one thread has open, read from its heap. */
export interface OpenThings {
  readonly status: 'known';
  /** As in `greenThreads`. */
  readonly heapRead: 'at-rest' | 'running' | 'paused';
  /** By kind, in the order of `OPEN_KINDS`; in a kind, largest first. */
  readonly groups: readonly OpenGroup[];
  readonly groupsLeftOut: number;
  /** Things in groups that were omitted. */
  readonly thingsLeftOut: number;
  /** Things that changed while they were read, and are missing. */
  readonly changed: number;
  /** V8 collected young objects while the heap was read: some of these may be missing. */
  readonly youngCollected: boolean;
  readonly loop: LoopHandles | Unavailable;
  /** What was not looked at for want of time; null when all was. */
  readonly partial: string | null;
}

/** What a thread has open, and what its heap consists of. */
export interface OpenState {
  readonly open: OpenThings | Unavailable;
  readonly heapClasses: HeapClasses | Unavailable;
}
