/** A value that was read from an object, or the class of an object that was. */
export interface HeldValue {
  readonly kind: 'string' | 'number' | 'boolean' | 'null' | 'object';
  /** As JavaScript prints it; of an object the name of its class, empty for a plain one. */
  readonly text: string;
}

/** What an object is that leads from a promise to what settles it. */
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
  /** Of a function, or of a scope that holds its variables. */
  readonly functionName: string | null;
  /** Where the class or the function is. */
  readonly file: string | null;
  /** The property or variable by which it holds the one before. */
  readonly member: string | null;
  /** The class, its own or one that it extends, or the function, by which an explainer knows it. */
  readonly knownAs: string | null;
  /** By the path of each. After masking, no texts: numbers, booleans, null, and the classes of objects. */
  readonly values: { readonly [path: string]: HeldValue };
}

/** A resource that many may use, by number. */
export interface ResourceCounts {
  readonly inUse: number | null;
  readonly limit: number | null;
  readonly waiting: number | null;
}

/** Functions at one place that have something of a resource. */
export interface ResourceUser {
  readonly count: number;
  /** The `id` of the group that one of them is in, with what it waits for. */
  readonly group: number;
  /** Index of its frame there; null when it is not shown. */
  readonly frame: number | null;
}

/** Who has what a resource hands out. */
export interface ResourceUse {
  /** The same wherever the same resource is waited for. */
  readonly id: number;
  /** Index of it among the holders of the answer. */
  readonly holder: number;
  /** Things in use; null when only its counts tell. */
  readonly inUse: number | null;
  /** Those that are known. */
  readonly users: readonly ResourceUser[];
}

/** One way in which a wait can end. */
export interface WaitAnswer {
  /** What comes before `text` in a sentence. */
  readonly before: string;
  /** What has to happen or whom it is up to: `pg Pool: 4 of 4 clients in use, 6 waiting`. */
  readonly text: string;
  readonly after: string;
  /** The library or part of Node whose words `text` is in; null: it names what was found in the heap. */
  readonly library: string | null;
  /** Null when it is no such resource, or its numbers are not known. */
  readonly counts: ResourceCounts | null;
  /** Null when it is no resource whose users can be known. */
  readonly resource: ResourceUse | null;
  /** From the promise outwards. */
  readonly holders: readonly WaitHolder[];
}

/** What a suspended function waits for, in parts. */
export interface Wait {
  /** `Promise.all` and the like, where several things are waited for. */
  readonly via: string | null;
  readonly answers: readonly WaitAnswer[];
  /** What is said besides the answers, with the punctuation before it; without answers, all that is known. */
  readonly rest: string;
}

/** The wait as one line; empty when nothing is known. */
export function waitText({ via, answers, rest }: Wait): string {
  const texts = [...new Set(answers.map(({ before, text, after }) => before + text + after))];
  return `${via === null ? '' : `${via}: `}${texts.join(' | ')}${rest}`;
}
