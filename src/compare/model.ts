/**
 * What a comparison of several reports found, as plain data. `gmr diff --json` and `gmr watch --json` print it, and
 * `docs/compare.md` describes it.
 *
 * Rules: lists that are `per report` have one entry for each report, in the order of `reports`; those that are `per
 * interval` have one entry less. Null is what is not known. All text comes from reports, in which it was masked.
 */

import type { IsolateState } from '../report/model';

/** One of the compared reports. */
export interface ComparedReport {
  /** Name of its file, or another name that the caller gave it. */
  readonly origin: string;
  readonly reportId: string;
  /** Unix time in ms of the request. */
  readonly requestedAtMs: number;
  /** Milliseconds since the first report; on the monotonic clock if all reports are of one process. */
  readonly afterMs: number;
  readonly trigger: 'signal' | 'file' | 'watchdog' | 'fatal' | 'api';
  readonly process: ProcessIdentity;
}

/** What tells one process from another. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Null when the report does not have it, as with `startedAtMs` and `serviceName`. */
  readonly host: string | null;
  /** Unix time in ms at which the process started. */
  readonly startedAtMs: number | null;
  /** Start of the main thread, in clock ticks since boot. */
  readonly startTicks: number | null;
  readonly serviceName: string | null;
}

/**
 * What a line of the verdict is about. Scripts may rely on these words; new ones may be added.
 *
 * - `different-processes`: the reports are not of one process, so nothing is said about time.
 * - `working`: the main thread went on, or was idle.
 * - `not-compared`: a part that one of the reports does not have, so that nothing is said about it.
 */
export type FindingKind =
  | 'different-processes'
  | 'fatal'
  | 'stuck'
  | 'was-stuck'
  | 'same-stack'
  | 'deadlock'
  | 'exhausted'
  | 'growing'
  | 'spinning'
  | 'busy'
  | 'thread-changes'
  | 'full-heap'
  | 'heap-growing'
  | 'open-growing'
  | 'working'
  | 'nothing'
  | 'not-compared';

/** One line of the verdict. */
export interface Finding {
  readonly kind: FindingKind;
  /** In how many of the reports it was seen, or compared; null where it is about the time between them. */
  readonly reports: number | null;
  /** The line, as it is printed. */
  readonly text: string;
}

/** A number in one report. */
export interface Reading {
  /** Null when the report does not have it. */
  readonly count: number | null;
  /** True when there may be more: the report did not list everything. */
  readonly atLeast: boolean;
}

/**
 * How a number changed over the reports.
 *
 * - `growing`: larger in each report than in the one before, in total by at least 3 and by a fifth.
 * - `shrinking`: smaller in each report than in the one before, by as much.
 * - `new`: none in the first report, some in the last, and not `growing`.
 * - `gone`: some in an earlier report, none in the last.
 * - `same`: equal in all reports.
 * - `varying`: anything else.
 * - `unknown`: fewer than two reports have it.
 */
export type Change = 'growing' | 'shrinking' | 'new' | 'gone' | 'same' | 'varying' | 'unknown';

/** A function, as a reader finds it: in the original file where a source map gives it. */
export interface ComparedFrame {
  readonly functionName: string;
  readonly file: string | null;
  /** 1-based; null when unknown. */
  readonly line: number | null;
}

/**
 * What the comparison says of a thread.
 *
 * - `stuck`: it had a stack, and its event loop did not turn between the last two or more reports.
 * - `was-stuck`: the same between earlier reports; `hasMovedOn` says whether it is known to have moved on since.
 * - `same-stack`: the same stack in all reports; the event loop turned in between, or that is not known.
 * - `spinning`: its event loop turned very often in all reports, as with `setImmediate` in a circle.
 * - `busy`: it moved, and used at least half a CPU, or was ready to run in each of three or more reports.
 * - `working`: it moved, and used less.
 * - `idle`: it waited for events in all reports.
 * - `waiting`: it waited in `Atomics.wait` in all reports.
 * - `unknown`: too little is known, or it is not in all of the last two reports.
 */
export type ThreadFinding =
  'stuck' | 'was-stuck' | 'same-stack' | 'spinning' | 'busy' | 'working' | 'idle' | 'waiting' | 'unknown';

/** Whether an event loop turned between two reports. */
export type LoopBetween = 'not-turned' | 'turned' | 'unknown';

/** One JavaScript thread over all reports. */
export interface ComparedThread {
  readonly kind: 'main' | 'worker';
  readonly threadId: number;
  /** `main thread`, `worker 3 (resizer)`. */
  readonly label: string;
  readonly finding: ThreadFinding;
  /** For `stuck` and `was-stuck`: in how many reports. Else: how many reports have the thread. */
  readonly reports: number;
  /** For `stuck`, and `same-stack` where it is known: what stays on the stack. Innermost function of the application. */
  readonly place: ComparedFrame | null;
  /** The same in words, with what it calls, its system call and its caller; empty when there is none. */
  readonly placeText: string;
  /** For `stuck` and `was-stuck`: the numbers of the first and the last of these reports, from 1. Else null. */
  readonly stuckBetween: { readonly first: number; readonly last: number } | null;
  /** For `was-stuck`: true when its event loop turned after these reports, or waited for events. Else false. */
  readonly hasMovedOn: boolean;
  /** Per report; null where the report does not have the thread. */
  readonly states: readonly (IsolateState | null)[];
  /** Per report, in words: `blocked for 2.3 s in deploy (deploy.js:41)`. */
  readonly descriptions: readonly (string | null)[];
  /** Per interval. */
  readonly loop: readonly LoopBetween[];
  /** Per interval, percent of one CPU. */
  readonly cpuPercent: readonly (number | null)[];
  /** True when the kernel had it as running, or ready to run, in every report. */
  readonly alwaysRunnable: boolean;
  /** How long its event loop had not turned, per report. */
  readonly loopStalledMs: readonly (number | null)[];
  /** Bytes used in the old generation of its heap, per report. */
  readonly oldUsedBytes: readonly (number | null)[];
  readonly oldLimitBytes: number | null;
}

/** A thread without JavaScript, over all reports. */
export interface ComparedOtherThread {
  readonly tid: number;
  /** What it is for, as `libuv worker`, or its name; empty when that says nothing. */
  readonly role: string;
  /** Per report. */
  readonly present: readonly boolean[];
  /** Per interval, percent of one CPU. */
  readonly cpuPercent: readonly (number | null)[];
  /**
   * True when it slept in the same system call with the same stack in all reports and used no CPU in between, unless it
   * only waited for work.
   */
  readonly sameCall: boolean;
  /** The system call that it was in in the last report; null when none is known. */
  readonly call: string | null;
}

/** Suspended functions or waiting callbacks of one thread that have the same chain and wait for the same. */
export interface ComparedSuspended {
  /** `main thread` */
  readonly thread: string;
  readonly kind: 'function' | 'callback';
  /** `suspended in loadUser (app.js:12), waiting for ...`, as the last report that has it says it. */
  readonly text: string;
  /** Of the last report that has it, masked; null when it was not found out. */
  readonly waitsFor: string | null;
  readonly deadlock: boolean;
  /** Innermost first. */
  readonly frames: readonly ComparedFrame[];
  /** Per report. */
  readonly counts: readonly Reading[];
  readonly change: Change;
  /** How long those of the last report have waited at least; null when that cannot be known. */
  readonly waitedAtLeastMs: number | null;
}

/** A pool, lock or queue that functions of one thread wait for. */
export interface ComparedResource {
  readonly thread: string;
  /** `pg Pool ("pool" in app.js)` */
  readonly name: string;
  /** Of what it has: `clients`; empty when unknown. */
  readonly noun: string;
  /** Per report; null where the report does not have it, or no function was seen to wait for it. */
  readonly inUse: readonly (number | null)[];
  readonly limit: readonly (number | null)[];
  readonly waiting: readonly (number | null)[];
  /** In how many of the reports all of it was in use and something waited for it; 0 if not in the last. */
  readonly exhaustedIn: number;
  /** Per report: more than one of this name was seen. The numbers are then those of the one with most waiting. */
  readonly instances: readonly number[];
  readonly waitingChange: Change;
  /** `held by transfer (app.js:20)`, in the last report that has it; empty when unknown. */
  readonly heldBy: string;
  /** Where most functions wait for it, in the last report that has it: `in handler (app.js:9)`. */
  readonly waitingIn: string;
}

/** Open things of one thread that are alike. */
export interface ComparedOpen {
  readonly thread: string;
  /** A kind of the section What Is Open, as `timer`. */
  readonly kind: string;
  /** Null for all of the kind together. */
  readonly text: string | null;
  /** The text with its functions, as the verdict names it: `timer (refresh, cache.js:12)`. Null for all of the kind. */
  readonly description: string | null;
  /** What it calls, or what handled it last. */
  readonly functions: readonly ComparedFrame[];
  readonly counts: readonly Reading[];
  readonly change: Change;
}

/** Objects of one class in the heap of one thread. */
export interface ComparedClass {
  readonly thread: string;
  readonly name: string;
  readonly file: string;
  /** Per report; null where the report does not list the class. */
  readonly objects: readonly (number | null)[];
  readonly bytes: readonly (number | null)[];
  /** Of the bytes. */
  readonly change: Change;
}

/** A part that could not be compared, and why. */
export interface NotCompared {
  /** `suspended functions of the main thread` */
  readonly what: string;
  /** `report 2: not asked for` */
  readonly reason: string;
}

/** Everything that a comparison found. */
export interface Comparison {
  readonly comparisonVersion: 1;
  /** By the time of their requests. */
  readonly reports: readonly ComparedReport[];
  readonly sameProcess: boolean;
  /** What matters most first. */
  readonly verdict: readonly Finding[];
  /** Empty when the reports are of different processes. */
  readonly threads: readonly ComparedThread[];
  readonly otherThreads: readonly ComparedOtherThread[];
  readonly suspended: readonly ComparedSuspended[];
  readonly resources: readonly ComparedResource[];
  readonly open: readonly ComparedOpen[];
  readonly heapClasses: readonly ComparedClass[];
  readonly notCompared: readonly NotCompared[];
}
