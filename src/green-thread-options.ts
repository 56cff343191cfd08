import type { AsyncLocalStorage } from 'node:async_hooks';
import { deferred } from './deferred';
import { booleanRule, describe, integerRule, type Rules } from './option-rules';

/** What of an `AsyncLocalStorage` is printed beside the suspended functions. */
export interface ContextOptions {
  /** The storage of this thread. What it holds is an object or a `Map`; anything else has no keys. */
  readonly storage: AsyncLocalStorage<unknown>;
  /**
   * Names of the properties that are printed, 1 to 16 of them, each of 1 to 100 ASCII characters. Only texts, numbers,
   * booleans and null are, and no getters; secrets are masked by the name.
   */
  readonly keys: readonly string[];
}

/** What a report may do to find the suspended async functions of each thread. Sizes hold for each thread. */
export interface GreenThreadsOptions {
  /** Whether they are looked for at all. Default true. `GMR_GREEN_THREADS`. */
  readonly enabled?: boolean | undefined;
  /** Larger heaps are not scanned, from 1 to 1000000 MB. Default 16384. `GMR_GREEN_THREADS_MAX_HEAP_MB`. */
  readonly maxHeapMb?: number | undefined;
  /**
   * Time in ms for reading the heaps of all threads while these run, from 1 to 60000. Default 3000.
   * `GMR_GREEN_THREADS_MAX_ANALYSIS_MS`.
   */
  readonly maxAnalysisMs?: number | undefined;
  /**
   * A thread is paused for the scan of its heap only if the garbage collector disturbs each look at it, or with
   * `consistent`; then at most so many ms, from 1 to 60000. Default 1000. `GMR_GREEN_THREADS_MAX_PAUSE_MS`.
   */
  readonly maxPauseMs?: number | undefined;
  /**
   * Whether each heap is read as it is at one moment. Its thread is paused for that, some 250 ms for each GB. Default
   * false: threads go on, and functions that go on meanwhile are left out. `GMR_GREEN_THREADS_CONSISTENT`.
   */
  readonly consistent?: boolean | undefined;
  /**
   * Whether waits are described with values that are read from the heap: the size of a pool, the statement of a query
   * with `?` in place of its values, the URL of a request without the values of its query. They are masked, like all
   * text. Default `'known'`: values of the objects that gmr-native knows (docs/explainers.md). `'none'`: only names of
   * classes, functions, properties and variables. `GMR_GREEN_THREADS_VALUES`.
   */
  readonly values?: 'known' | 'none' | undefined;
  /** Groups that are told, the largest first, from 1 to 10000. Default 50. `GMR_GREEN_THREADS_MAX_GROUPS`. */
  readonly maxGroups?: number | undefined;
  /** Functions kept per group, from 2 to 1000. Default 50. `GMR_GREEN_THREADS_MAX_FRAMES`. */
  readonly maxFrames?: number | undefined;
  /**
   * Values of an `AsyncLocalStorage` to print for each group: one of them, and how many different ones there are.
   * Default: none are. Holds for the thread that calls `setupAutorun`; a worker names a storage of its own.
   */
  readonly context?: ContextOptions | undefined;
}

/** {@link GreenThreadsOptions} after the check. */
export interface GreenThreadsSettings {
  readonly enabled: boolean;
  readonly maxHeapMb: number;
  readonly maxAnalysisMs: number;
  readonly maxPauseMs: number;
  readonly consistent: boolean;
  readonly values: 'known' | 'none';
  readonly maxGroups: number;
  readonly maxFrames: number;
  readonly context: ContextOptions | undefined;
}

/** The variable of each that can be said in a text. */
export const GREEN_VARIABLES: Readonly<Partial<Record<keyof GreenThreadsSettings, string>>> = {
  enabled: 'GMR_GREEN_THREADS',
  maxHeapMb: 'GMR_GREEN_THREADS_MAX_HEAP_MB',
  maxAnalysisMs: 'GMR_GREEN_THREADS_MAX_ANALYSIS_MS',
  maxPauseMs: 'GMR_GREEN_THREADS_MAX_PAUSE_MS',
  consistent: 'GMR_GREEN_THREADS_CONSISTENT',
  values: 'GMR_GREEN_THREADS_VALUES',
  maxGroups: 'GMR_GREEN_THREADS_MAX_GROUPS',
  maxFrames: 'GMR_GREEN_THREADS_MAX_FRAMES',
};

/** A function, so that a process without options has no work with it. */
export function makeGreenRules(): Rules<GreenThreadsSettings> {
  return {
    enabled: booleanRule(),
    maxHeapMb: integerRule(1, 1_000_000),
    maxAnalysisMs: integerRule(1, 60_000),
    maxPauseMs: integerRule(1, 60_000),
    consistent: booleanRule(),
    values: { check: checkValues },
    maxGroups: integerRule(1, 10_000),
    maxFrames: integerRule(2, 1000),
    context: { check: checkContext },
  };
}

function checkContext(value: unknown): ContextOptions {
  return (deferred('context-option') as typeof import('./context-option')).checkContext(value);
}

function checkValues(value: unknown): 'known' | 'none' {
  if (value === 'known' || value === 'none') return value;
  throw new TypeError(`expected 'known' or 'none', got ${describe(value)}`);
}
