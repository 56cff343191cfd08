import type { ResourceCounts, WaitHolder } from '../../report/waits';
import type { Chain } from './chain';

/** What a wait is for, in the words of a library. */
export interface Explanation {
  /** Without `waiting for`: `pg Pool: 4 of 4 clients in use, 6 waiting`. At most 300 characters are shown. */
  readonly text: string;
  readonly counts?: ResourceCounts;
  /**
   * The library is known to settle the promise then: the functions of it that are on the way, and whether they are
   * certain to do so, need not be named.
   */
  readonly isWhole?: boolean;
}

/** What a resource gives to its users, and how to know who has it. */
export interface HandsOut {
  /** Paths to the objects that it can hand out; `*` stands for each element: `_clients.*`. */
  readonly tokens?: readonly string[];
  /** Paths to those of them that are not in use. */
  readonly idle?: readonly string[];
  /** It hands out a function that gives back, and this variable of that is true once it was called. */
  readonly releaser?: string;
  /** Whoever runs one of its async methods, and awaits a function of the program there, has it. */
  readonly toMethods?: true;
  /** The same of async arrow functions of this name in its methods. */
  readonly toArrow?: string;
  /** The same of async functions whose variables these are. */
  readonly toClosures?: true;
}

/** A class of a library, or a function whose variables say something. */
export interface KnownClass {
  /**
   * Paths of the values that are wanted. A step is an own property that is no accessor, `#private`, `@symbol` by its
   * description, `length` of an array, `size` of a Map or Set, or the index of an element; of a function, the first step
   * is a variable.
   */
  readonly read: readonly string[];
  readonly handsOut?: HandsOut;
  /** Path to what it stands for: a wrapper that users have instead of what the resource handed out. */
  readonly wraps?: string;
  /**
   * Returns null when the object is not what it looks like: it gets every object of a class of this name, whoever's it
   * is. Must be pure. Where it is missing, the values serve the explanation of others.
   */
  readonly explain?: (holder: WaitHolder, chain: Chain) => Explanation | null;
}

/** One library, or one part of Node. */
export interface Explainer {
  /** As in package.json, or `node:http`. */
  readonly library: string;
  /** By the name of the class, or by the name of the function and `()`. */
  readonly classes: Readonly<Record<string, KnownClass>>;
}
