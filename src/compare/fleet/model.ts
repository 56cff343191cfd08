/**
 * What many processes have in common, as plain data. `gmr merge --json` prints it, and `docs/compare.md` describes it.
 */

import type { ProcessIdentity } from '../model';

/** Smallest and largest number among the processes of a class. */
export interface CountRange {
  readonly least: number;
  readonly most: number;
}

/** What an aspect of a class is about. Scripts may rely on these words; new ones may be added. */
export type AspectKind = 'fatal' | 'main' | 'worker' | 'full-heap' | 'deadlock' | 'pool' | 'suspended';

/** One thing that all processes of a class have in common. */
export interface Aspect {
  readonly kind: AspectKind;
  /** `main thread blocked for 2.3 s to 12.4 s in deploy (deploy.js:41)`, with ranges for the numbers that differ. */
  readonly text: string;
  /** Functions, waiters or threads; null where nothing is counted. */
  readonly count: CountRange | null;
}

/** A file that stands for a process. */
export interface FleetMember {
  readonly origin: string;
  readonly process: ProcessIdentity;
}

/** Processes that look alike. */
export interface FleetClass {
  readonly processes: number;
  readonly aspects: readonly Aspect[];
  /** Main threads that were idle, and that were running, when their reports were made: this makes no class. */
  readonly mainIdle: number;
  readonly mainRunning: number;
  /** One of them to look at: the first that was read. */
  readonly representative: FleetMember;
  /** The first of them, the representative included. */
  readonly members: readonly FleetMember[];
  /** Those that `members` does not list. */
  readonly membersLeftOut: number;
}

/** A file that could not be read. */
export interface SkippedFile {
  readonly origin: string;
  readonly reason: string;
}

/** Everything that a merge found. */
export interface Fleet {
  readonly fleetVersion: 1;
  /** Reports that were read. */
  readonly reports: number;
  /** Processes that they are of. Of each, the latest report counts. */
  readonly processes: number;
  /** Smallest first: what only few processes do is where to look. */
  readonly classes: readonly FleetClass[];
  readonly skipped: readonly SkippedFile[];
}
