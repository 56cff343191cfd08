import { booleanRule, integerRule, type Rules } from './option-rules';

/** What a report may do to find the suspended async functions of each thread. Times and sizes hold for each thread. */
export interface GreenThreadsOptions {
  /** Whether they are looked for at all. Default true. `GMR_GREEN_THREADS`. */
  readonly enabled?: boolean | undefined;
  /** Larger heaps are not scanned, from 1 to 1000000 MB. Default 2048. `GMR_GREEN_THREADS_MAX_HEAP_MB`. */
  readonly maxHeapMb?: number | undefined;
  /** The scan pauses the thread, at most so long, from 1 to 60000. Default 1000. `GMR_GREEN_THREADS_MAX_PAUSE_MS`. */
  readonly maxPauseMs?: number | undefined;
  /** Groups that are told, the largest first, from 1 to 10000. Default 50. `GMR_GREEN_THREADS_MAX_GROUPS`. */
  readonly maxGroups?: number | undefined;
  /** Functions kept per group, from 2 to 1000. Default 50. `GMR_GREEN_THREADS_MAX_FRAMES`. */
  readonly maxFrames?: number | undefined;
}

/** {@link GreenThreadsOptions} after the check. */
export interface GreenThreadsSettings {
  readonly enabled: boolean;
  readonly maxHeapMb: number;
  readonly maxPauseMs: number;
  readonly maxGroups: number;
  readonly maxFrames: number;
}

/** The variable of each. */
export const GREEN_VARIABLES: Readonly<Record<keyof GreenThreadsSettings, string>> = {
  enabled: 'GMR_GREEN_THREADS',
  maxHeapMb: 'GMR_GREEN_THREADS_MAX_HEAP_MB',
  maxPauseMs: 'GMR_GREEN_THREADS_MAX_PAUSE_MS',
  maxGroups: 'GMR_GREEN_THREADS_MAX_GROUPS',
  maxFrames: 'GMR_GREEN_THREADS_MAX_FRAMES',
};

/** A function, so that a process without options has no work with it. */
export function makeGreenRules(): Rules<GreenThreadsSettings> {
  return {
    enabled: booleanRule(),
    maxHeapMb: integerRule(1, 1_000_000),
    maxPauseMs: integerRule(1, 60_000),
    maxGroups: integerRule(1, 10_000),
    maxFrames: integerRule(2, 1000),
  };
}
