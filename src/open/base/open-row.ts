import type { IsolateThread } from '../../report/model';
import type { OpenFunction, OpenKind, OpenNumbers } from '../../report/open';
import type { ProcessInfo } from '../../report/processes';
import type { CensusFunction, CensusGroup } from './census';

/** A function of a thing before it is known which group it ends up in. */
export type RoledFunction = CensusFunction & Pick<OpenFunction, 'role'>;

/** What the objects of a group are. */
export interface Described {
  readonly kind: OpenKind;
  readonly text: string;
  readonly details?: { readonly [name: string]: string };
  readonly numbers?: OpenNumbers;
  readonly functions?: readonly RoledFunction[];
  /** Whether each of them keeps the event loop alive. False by default. */
  readonly keepsAlive?: boolean;
}

/** What else the report knows. */
export interface Surroundings {
  /** By pid. */
  readonly processes: ReadonlyMap<number, ProcessInfo>;
  /** By `threadId`. */
  readonly threads: ReadonlyMap<number, Pick<IsolateThread, 'name' | 'entry'>>;
}

/** Objects of one class that a report lists, and what to read of them. */
export interface OpenRow {
  /** Name of the class; behind `/`, a label that tells several rows of a class apart. The first row that fits counts. */
  readonly name: string;
  /**
   * Paths of values, as in `src/explain`. A sign in front says more: `~` a number, of which the range is kept; `&` a
   * function, of which the place is kept; `?` and `!` conditions; `=` where the class must come from. A step that begins
   * with `%` is a fact about a native handle: native/image/census documents them.
   */
  readonly words: readonly string[];
  /** Whether libuv counts each of them as an active request of the event loop until it is done. */
  readonly isRequest?: boolean;
  /** Returns null when the objects are not what their class suggests, or when a report need not list them. Must be pure. */
  readonly describe: (group: CensusGroup, around: Surroundings) => Described | null;
}
