import type { ResourceCounts, WaitHolder } from '../../report/waits';
import type { Chain } from './chain';

/** What a wait is for, in the terms of a library. */
export interface Explanation {
  /** What follows `waiting for`: `pg Pool: 4 of 4 clients in use, 6 waiting`. At most 300 characters are shown. */
  readonly text: string;
  readonly counts?: ResourceCounts;
  /** The library gives up a wait for it after this time, by a timer that the search does not find; null: it is not known which. */
  readonly givenUpAfterMs?: number | null;
  /** The resource, if it is another object farther from the promise. */
  readonly resource?: WaitHolder;
  /**
   * True when the library is known to settle the promise. Its own functions on the way, and doubts whether they do,
   * are then not printed.
   */
  readonly isWhole?: boolean;
}

/** What a resource gives to its users, and how to recognise who has it. */
export interface HandsOut {
  /** Paths to the objects that it can hand out; `*` stands for each element: `_clients.*`. */
  readonly tokens?: readonly string[];
  /** Paths to those of the `tokens` that are not in use. */
  readonly idle?: readonly string[];
  /** It hands out a function that releases it. This variable of that function is true once it was called. */
  readonly releaser?: string;
  /** Methods that end a wait for it from the outside. */
  readonly cancelledBy?: readonly string[];
  /** A call of one of its async methods has it while it awaits a function of the program. */
  readonly toMethods?: true;
  /** The same for async arrow functions of this name in its methods. */
  readonly toArrow?: string;
  /** The same for async functions that see these variables. */
  readonly toClosures?: true;
}

/** A class of a library, or a function whose variables tell its state. */
export interface KnownClass {
  /**
   * Paths of the values to read. A step is an own property that is not an accessor, `#private`, `@symbol` by its
   * description, `length` of an array, `size` of a Map or Set, `name` of a function, the index of an element, or `^` and a variable that a
   * function can see. For a function, the first step is a variable.
   */
  readonly read: readonly string[];
  readonly handsOut?: HandsOut;
  /** Of the variables of a function: what has one of the functions inside is looked for too, as the one that has them. */
  readonly throughClosures?: true;
  /** For a wrapper that users get instead of what the resource hands out: the path to the wrapped object. */
  readonly wraps?: string;
  /**
   * Returns null when the object is not what its name suggests: it is called for every object whose class has this
   * name, in whatever package. Must be pure. Without it, the values only serve explanations of other objects.
   */
  readonly explain?: (holder: WaitHolder, chain: Chain) => Explanation | null;
}

/** One library, or one part of Node. */
export interface Explainer {
  /** The name in package.json, or one such as `node:http`. */
  readonly library: string;
  /** Keys are class names, and function names followed by `()`. */
  readonly classes: Readonly<Record<string, KnownClass>>;
  /** Files whose timers can only make a wait for something of this library fail, whatever their callbacks could do. */
  readonly limits?: RegExp;
}
