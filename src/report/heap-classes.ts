/** Objects of one class in a heap. */
export interface HeapClass {
  /** Name of the class; for what is no object of JavaScript, V8's own name in parentheses. */
  readonly name: string;
  /** File of the class; empty for classes of V8. */
  readonly file: string;
  readonly count: number;
  /** Bytes of the objects themselves, without what they refer to. */
  readonly bytes: number;
}

/** The objects of a heap by class. */
export interface HeapClasses {
  readonly status: 'known';
  /** Largest first by bytes. */
  readonly classes: readonly HeapClass[];
  /** Classes that are not listed, and the bytes of their objects. */
  readonly otherClasses: number;
  readonly otherBytes: number;
  readonly totalObjects: number;
  /** True when the thread ran while its heap was read: the numbers are then not those of one moment. */
  readonly approximate: boolean;
}
