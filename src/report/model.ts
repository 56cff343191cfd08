/**
 * The photograph: everything that one report knows, as plain data.
 *
 * The native reporter writes it as JSON in exactly this shape, the views read
 * it, and `format: 'json'` is this document. It is defined here once;
 * `docs/report-format.md` describes it and a test holds both to each other.
 *
 * Rules: absence is a value with a reason, never a missing key. Numbers carry
 * their unit in the name. Frames are innermost first, whatever a view prints.
 */

import type { OpenState } from './open';
import type { ProcessList } from './processes';
import type { GroupTraces, ThreadContext, TraceRequest } from './requests';
import type { CodePosition, Stack } from './stack';
import type { Wait } from './waits';

export type * from './requests';
export type * from './stack';

/** Something that could not be found out, and why. */
export interface Unavailable {
  readonly status: 'unavailable';
  readonly reason: string;
}

/** What requested the report. */
export type Trigger =
  | {
      readonly kind: 'signal';
      /** Signal name, for example `SIGUSR2`. */
      readonly signal: string;
      /** Sender from `siginfo_t`; 0 when the kernel sent it or the sender is in another pid namespace. */
      readonly senderPid: number;
      readonly senderUid: number;
      /** True when the command `gmr trigger` sent it. */
      readonly fromGmrTrigger: boolean;
      /** Signals that this one report answers: those that arrived before it began. */
      readonly coalesced: number;
    }
  | {
      readonly kind: 'file';
      /** The watched path. */
      readonly path: string;
    }
  | {
      readonly kind: 'watchdog';
      /** `worker_threads.threadId` of the thread whose event loop has not turned; 0 for the main thread. */
      readonly threadId: number;
      readonly threadName: string;
      /** How long it had not turned when the watchdog saw it. */
      readonly blockedMs: number;
    }
  | {
      readonly kind: 'fatal';
      /** What ends the process: its message and stack, masked. */
      readonly error: string;
    }
  | { readonly kind: 'api' };

/** One thread of the operating system, as /proc shows it. */
export interface OsThread {
  readonly status: 'known';
  readonly tid: number;
  readonly name: string;
  /** One letter of proc(5): R running, S sleeping, D disk, T stopped, Z zombie... */
  readonly state: string;
  /** The system call that it is in; null when running or not readable. */
  readonly syscall: {
    readonly number: number;
    readonly name: string;
    /** With arguments that help, as `read(fd 24 -> /var/run/jobs.fifo)`; null when they were not read. */
    readonly description: string | null;
  } | null;
  /** When it started, in clock ticks since boot. With `tid`, this identifies a thread; the kernel uses a tid again. */
  readonly startTicks: number;
  readonly cpuUserMs: number;
  readonly cpuSystemMs: number;
  /** Part of one CPU that it used while the report was made, 0 to 1; null when that time was too short. */
  readonly cpuShare: number | null;
  /**
   * Part of the time from then on, 0 to 1, for which it could have run but others had the CPUs; null when unknown, and
   * for threads that were not found running.
   */
  readonly cpuWaitShare: number | null;
}

/** A thread without JavaScript of its own, or one that this package does not know. */
export interface OtherThread extends OsThread {
  readonly stack: Stack;
}

/** V8 heap of one isolate, bytes. */
export interface HeapStatistics {
  readonly status: 'known';
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly limitBytes: number;
  /** Used in the old generation and in large objects, which is what V8 compares with `oldLimitBytes`; null when unknown. */
  readonly oldUsedBytes: number | null;
  /** Limit of the old generation, as set by `--max-old-space-size` or `resourceLimits`; null when unknown. */
  readonly oldLimitBytes: number | null;
  readonly externalBytes: number;
  readonly mallocedBytes: number;
  readonly nativeContexts: number;
  readonly detachedContexts: number;
}

/**
 * In one word, what an isolate's thread does.
 *
 * - `idle`: answered, no JavaScript on its stack: the event loop waits for events.
 * - `running`: it has a stack; its event loop turned a short while ago.
 * - `blocked`: it has a stack; its event loop has not turned for `loopStalledMs`.
 * - `waiting`: a worker that sleeps in `Atomics.wait` and uses no CPU, as idle workers of pools do.
 * - `not-answering`: it gave no answer in time, and its stack could not be read either. `os` says where it is.
 * - `not-registered`: a worker that this package was never loaded in (or not yet).
 * - `exited`: went away while the report was made.
 */
export type IsolateState =
  'idle' | 'running' | 'blocked' | 'waiting' | 'not-answering' | 'not-registered' | 'exited';

/** One JavaScript thread. */
export interface IsolateThread extends OpenState {
  readonly kind: 'main' | 'worker';
  /** `worker_threads.threadId`; 0 for the main thread. */
  readonly threadId: number;
  /** Name given to `new Worker`, or `main`. Empty when none was given. */
  readonly name: string;
  /** Entry file or URL; null when unknown (eval). */
  readonly entry: string | null;
  /** `resourceLimits` of a worker in megabytes; null for main or when unknown. */
  readonly resourceLimits: {
    readonly maxOldGenerationSizeMb: number;
    readonly maxYoungGenerationSizeMb: number;
    readonly codeRangeSizeMb: number;
    readonly stackSizeMb: number;
  } | null;
  readonly state: IsolateState;
  /** One sentence when the state needs one, for example why no stack is there; else empty. */
  readonly note: string;
  /**
   * How long the event loop had not turned when the report began; for `idle`, how long it has waited, reports aside. From
   * Node 24 on, V8 wakes the main thread after a report: then it is the time since that. Null when unknown.
   */
  readonly loopStalledMs: number | null;
  /** How often the event loop turned while it was observed; null when it was not. Many turns mean a loop that spins. */
  readonly loopTurns: { readonly count: number; readonly duringMs: number } | null;
  /**
   * Of what a blocked thread runs one after the other, so that its event loop does not turn: promise jobs, or callbacks of
   * `process.nextTick`. Null when it was not seen that some ended and others began.
   */
  readonly busyQueue: 'promise-jobs' | 'ticks' | 'promise-jobs-and-ticks' | null;
  readonly os: OsThread | Unavailable;
  readonly stack: Stack;
  /** What its `AsyncLocalStorage`s hold for the code in `stack`. */
  readonly context: ThreadContext | Unavailable;
  /** The active span of the code in `stack`; null when there is none, or `context` is not available. */
  readonly request: TraceRequest | null;
  readonly heap: HeapStatistics | Unavailable;
  readonly greenThreads: GreenThreads | Unavailable;
  /** From the trigger to this thread's answer; null without answer. */
  readonly answeredAfterMs: number | null;
  /** How long its thread stood still, or worked, for this report; without registered sections. */
  readonly pausedMs: number;
}

/**
 * What a place in a chain of async calls is.
 *
 * - `driven-generator`: a generator that a compiler's helper runs as an async function (`__awaiter`).
 * - `callback`: a function given to `.then()`, `.catch()` or `.finally()` that has not been called yet. The innermost one is
 *   called when what it waits for is there, one behind other frames when these have ended.
 */
export type AsyncFrameKind = 'async-function' | 'async-generator' | 'driven-generator' | 'callback';

/** One suspended function or waiting callback of a chain, and where it waits. */
export interface AsyncFrame extends CodePosition {
  readonly kind: AsyncFrameKind;
  /** Empty for anonymous functions and top-level code. */
  readonly functionName: string;
  /** Class of the object whose method it is; null when there is none, or a plain object. */
  readonly className: string | null;
  /** For a function without a name, one that it is written in; null when there is none, or it is not known. */
  readonly enclosingFunction: string | null;
  readonly file: string | null;
  /** 1-based, of the `await`, or of the beginning of a callback; null when unknown. */
  readonly line: number | null;
  readonly column: number | null;
  /** How the next function waits for this one, as `Promise.all` or `.then`; null: through `await` or `return`. */
  readonly via: string | null;
  /** How many functions wait for this one besides the next. */
  readonly otherCallers: number;
  /** True for those that wait for each other. */
  readonly inCycle: boolean;
  readonly isEval: boolean;
  /** True when line and column are where the function begins, because it is not known where in it it waits. */
  readonly isFunctionStart: boolean;
}

/** What one key of an `AsyncLocalStorage` held when the innermost functions of a group began to wait. */
export interface ContextValue {
  readonly key: string;
  readonly kind: 'string' | 'number' | 'boolean' | 'null';
  /** Of one of the functions, masked. */
  readonly text: string;
  /** Innermost functions that had a value. */
  readonly functions: number;
  /** Different values among these. */
  readonly distinct: number;
}

/** Green threads with the same chain. The kind of the first frame is that of the group. */
export interface GreenThreadGroup {
  /** The number by which other groups refer to it. */
  readonly id: number;
  readonly count: number;
  /** True when some of the functions wait for each other: they never go on. */
  readonly deadlock: boolean;
  /** What the innermost await waits for, masked; null when it was not found out. */
  readonly waitsFor: string | null;
  /** How many of the functions were seen to wait for that. The others wait at the same place, maybe for something else. */
  readonly seenIn: number;
  /** `waitsFor` in parts, with the objects that lead there. */
  readonly waits: Wait;
  /** The requested keys that have a value, in their order. */
  readonly context: readonly ContextValue[];
  /** Null when none of its functions has a span that is recognised. */
  readonly traces: GroupTraces | null;
  /** Innermost first. */
  readonly frames: readonly AsyncFrame[];
  /** Functions omitted in the middle; null when complete. */
  readonly cut: { readonly afterIndex: number; readonly count: number } | null;
}

/** The async functions and callbacks of one isolate that wait, read from its heap. */
export interface GreenThreads {
  readonly status: 'known';
  /**
   * How its heap was read. `'at-rest'`: by another thread, while its own did not run. `'running'`: by another thread,
   * while its own ran; each function that is shown was read again afterwards, and single functions may be missing.
   * `'paused'`: by its own thread.
   */
  readonly heapRead: 'at-rest' | 'running' | 'paused';
  readonly suspendedFunctions: number;
  /** Innermost functions: each is one chain of calls. */
  readonly greenThreads: number;
  /** How many of the green threads have a callback innermost. */
  readonly callbacks: number;
  readonly totalGroups: number;
  /** Suspended functions first, then callbacks, and among these those of packages last; largest first among each. */
  readonly groups: readonly GreenThreadGroup[];
  readonly groupsLeftOut: number;
  /** Green threads in the groups that were omitted. */
  readonly threadsLeftOut: number;
  /** Groups that were found, but of which no function still waited when they were read again. */
  readonly groupsGone: number;
  /** Green threads in these groups, and those of other groups that no longer waited there. */
  readonly threadsGone: number;
  /** Where a few of the groups that are gone were suspended before, largest first. */
  readonly gone: readonly Pick<GreenThreadGroup, 'frames'>[];
  /** Async generators that wait for `next()` to be called. */
  readonly idleGenerators: number;
  /** What looked like a suspended function, but was overwritten in part. */
  readonly unreadable: number;
  /** Heap that was read. */
  readonly scannedBytes: number;
  /**
   * V8 collected young objects while the heap was read. Functions that were suspended very recently may be missing.
   */
  readonly youngCollected: boolean;
  /** How long it took; so long the thread was paused, if `heapRead` is `'paused'`. */
  readonly costMs: number;
  /** What was not looked at for want of time, so that functions and callers are missing; null when all was. */
  readonly partial: string | null;
  /** Why `waitsFor` is missing in some groups; null when all were looked for. */
  readonly waitsForSkipped: string | null;
  /** Why values of `context` may be missing; null when all requested values were looked for. */
  readonly contextSkipped: string | null;
}

/** A registered section, or the configuration, as the main loop delivered it. */
export interface SectionOutcome {
  readonly title: string;
  readonly result:
    | { readonly status: 'ok'; readonly value: SectionValue; readonly tookMs: number }
    | { readonly status: 'failed'; readonly reason: string }
    | { readonly status: 'timed-out'; readonly reason: string }
    /** The main event loop did not turn in time, so the generator could not be called. */
    | Unavailable;
}

/**
 * A value made harmless: no getters, no cycles, no bigints, bounded in depth and size.
 * Made by `toSectionValue` on the thread that owns the value.
 */
export type SectionValue =
  string | number | boolean | null | readonly SectionValue[] | { readonly [key: string]: SectionValue };

/** What JavaScript knew at setup: who this process is. Delivered to the native side as JSON. */
export interface ProcessFacts {
  readonly serviceName: string;
  readonly package: {
    readonly product: string;
    readonly vendor: string | null;
    readonly version: string;
    /** Folder of the package.json, for example to find a git commit; null when unknown. */
    readonly root: string | null;
  };
  /**
   * What the environment says about the service, by name: the attributes in `OTEL_RESOURCE_ATTRIBUTES`, and PM2's name,
   * id and instance. Masked.
   */
  readonly deployment: { readonly [name: string]: string };
  /** `process.versions`, at least node, v8, uv, modules. */
  readonly versions: { readonly [component: string]: string };
  readonly platform: string;
  readonly arch: string;
  /** Masked. */
  readonly argv: readonly string[];
  /** Masked. */
  readonly execArgv: readonly string[];
  readonly execPath: string;
  readonly cwd: string;
  readonly mainScript: string | null;
  readonly host: string;
  /** `NODE_OPTIONS`, masked; null when unset. */
  readonly nodeOptions: string | null;
  /** Unix time in ms at which the process started. */
  readonly startedAtMs: number;
  /** Version of gmr-native itself. */
  readonly gmrVersion: string;
}

/** A commit, and the branch that it was checked out as; null when it was none. */
export interface GitCommit {
  readonly commit: string;
  readonly branch: string | null;
}

/** Variables of the environment, as far as the option `env` lets them be shown. */
export interface EnvironmentSnapshot {
  readonly policy: 'safe' | 'masked' | 'all' | 'none';
  /** By name. Null where the value is not shown: the policy `safe` has values for an allow-list only. */
  readonly variables: { readonly [name: string]: string | null };
  /** Variables that are too many to be kept. */
  readonly leftOut: number;
}

/** The configuration objects, masked. */
export interface ConfigurationSnapshot {
  readonly status: 'known';
  /** Named objects; the only one is called `conf` when a single object was given. Empty when none was given. */
  readonly objects: { readonly [name: string]: SectionValue };
  /** Objects that could not be read, by name, and why. Each costs itself only. */
  readonly failures: { readonly [name: string]: string };
  /** Masked, unless the policy is `all`. */
  readonly environment: EnvironmentSnapshot;
  /** Unix time in ms of the snapshot. */
  readonly takenAtMs: number;
}

/** How views print; part of the photograph so that every host formats alike. */
export interface ViewOptions {
  readonly frameOrder: 'innermost-first' | 'outermost-first';
  /** `folded`: frames that only lead from one function to the next are shown in one line. */
  readonly frames: 'folded' | 'all';
}

/** Everything that one report knows. */
export interface Photograph {
  readonly schemaVersion: 1;
  readonly reportId: string;
  readonly trigger: Trigger;
  /** Unix time in ms of the trigger. */
  readonly requestedAtMs: number;
  /** The same time by CLOCK_MONOTONIC, in ms: for reports of one process, whatever was done to the clock between them. */
  readonly requestedAtMonotonicMs: number;
  /** From the trigger until every stack was captured or given up. */
  readonly stacksAfterMs: number;
  /** From the trigger until this photograph was complete. */
  readonly completeAfterMs: number;
  readonly pid: number;
  readonly ppid: number;
  readonly facts: ProcessFacts | Unavailable;
  /** What is checked out where the package of the application is; null when that is no git checkout. */
  readonly gitCommit: GitCommit | null;
  /** Resident set of the process, bytes. */
  readonly rssBytes: number | null;
  /** This process and its descendants. */
  readonly processes: ProcessList | Unavailable;
  /** Main first, then workers by threadId. */
  readonly isolates: readonly IsolateThread[];
  /** Every other thread of the process, by tid. */
  readonly otherThreads: readonly OtherThread[];
  readonly configuration: ConfigurationSnapshot | Unavailable;
  /** In order of registration. */
  readonly sections: readonly SectionOutcome[];
  readonly view: ViewOptions;
}
