import type { NumberRange, OpenThings } from '../../report/open';
import type { CodePosition } from '../../report/stack';
import type { HeldValue } from '../../report/waits';

/*
 * What the native side delivers: the objects of the heap that a row of the table wants, those with the same values as one
 * group. `describeOpen` turns it into what reports show.
 */

/** The place of a function that an object holds. */
export interface CensusFunction extends CodePosition {
  readonly functionName: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** Objects with the same values at all paths of their row. */
export interface CensusGroup {
  readonly id: number;
  /** The row of the table that wanted them, with its label: `TCP/accepted`. */
  readonly row: string;
  readonly class: string;
  /** The file of that class; empty for classes that V8 or Node made in C++. */
  readonly file: string;
  readonly count: number;
  readonly values: { readonly [path: string]: HeldValue };
  readonly numbers: { readonly [path: string]: NumberRange };
  readonly functions: { readonly [path: string]: CensusFunction };
}

/** Everything that the rows wanted from one heap. */
export interface Census extends Omit<OpenThings, 'groups' | 'thingsLeftOut'> {
  readonly groups: readonly CensusGroup[];
  readonly objectsLeftOut: number;
}
