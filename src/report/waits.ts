/** A value that was read from an object or scope. */
export interface HeldValue {
  readonly kind: 'string' | 'number' | 'boolean' | 'null' | 'object';
  /** As JavaScript prints it; for an object, the name of its class, empty for a plain one. */
  readonly text: string;
}

/** The kinds of things that lead from a promise to what settles it. */
export type WaitHolderKind =
  | 'object'
  | 'collection'
  | 'plain-object'
  | 'list-node'
  | 'scope'
  | 'global'
  | 'callback'
  | 'async-function'
  | 'local-variable'
  | 'timer'
  | 'abort-signal'
  | 'request';

/** One of the objects and variables that lead from a promise to what settles it. */
export interface WaitHolder {
  readonly kind: WaitHolderKind;
  readonly className: string | null;
  /** The name of the function, or of the function whose variables a scope holds. */
  readonly functionName: string | null;
  /** The file of the class or function. */
  readonly file: string | null;
  /** The property or variable by which it holds the previous one. */
  readonly member: string | null;
  /** The name by which an explainer knows it: its class, one that this extends, or the function. */
  readonly knownAs: string | null;
  /** What was read, by path. After masking, without strings: numbers, booleans, null, and the classes of objects. */
  readonly values: { readonly [path: string]: HeldValue };
}

/** The numbers of a resource that several may use. */
export interface ResourceCounts {
  readonly inUse: number | null;
  readonly limit: number | null;
  readonly waiting: number | null;
}

/** Functions at one place that have something that a resource handed out. */
export interface ResourceUser {
  readonly count: number;
  /** The `id` of the group that one of them is in, which says what it waits for. */
  readonly group: number;
  /** Index of its frame in that group; null when it is not shown. */
  readonly frame: number | null;
}

/** The use of a resource: how much of it is in use, and by whom. */
export interface ResourceUse {
  /** The same for every group of the isolate that waits for this resource. */
  readonly id: number;
  /** Index of it among the holders of the answer. */
  readonly holder: number;
  /** How many things are in use; null when only the `counts` of the answer tell. */
  readonly inUse: number | null;
  /**
   * True when the program may have code that ends waits for it from the outside, as `cancel()` of a lock does, or gives it
   * back in place of its users, as the timer of `setTimeout(release, 1500)` does.
   */
  readonly mayBeCancelled: boolean;
  /** The users that are known. */
  readonly users: readonly ResourceUser[];
}

/** One way in which a wait can end. */
export interface WaitAnswer {
  /** What comes before `text` in a sentence. */
  readonly before: string;
  /** What is waited for: `pg Pool: 4 of 4 clients in use, 6 waiting`. */
  readonly text: string;
  readonly after: string;
  /** The library or part of Node in whose terms `text` is; null: `text` only names what was found in the heap. */
  readonly library: string | null;
  /** Null when it is not a resource, or its numbers are not known. */
  readonly counts: ResourceCounts | null;
  /** Null when it is neither a resource whose users can be known, nor an object of the service. */
  readonly resource: ResourceUse | null;
  /** From the promise outwards. */
  readonly holders: readonly WaitHolder[];
}

/** What a suspended function waits for, in parts. */
export interface Wait {
  /** `Promise.all` and the like, where several things are waited for. */
  readonly via: string | null;
  readonly answers: readonly WaitAnswer[];
  /** What is said after the answers, with the punctuation before it; without answers, all that is known. */
  readonly rest: string;
}

/** What is said behind a wait that was not seen in all functions of a group; empty when it was. */
export function seenInSome(count: number, seenIn: number): string {
  if (seenIn >= count) return '';
  return seenIn <= 1 ? ' (seen in one of them)' : ` (seen in ${seenIn} of them)`;
}

/** The wait as one line; empty when nothing is known. */
export function waitText({ via, answers, rest }: Wait): string {
  const texts = [...new Set(answers.map(({ before, text, after }) => before + text + after))];
  return `${via === null ? '' : `${via}: `}${texts.join(' | ')}${rest}`;
}
