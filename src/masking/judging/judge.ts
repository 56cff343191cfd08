import type { Suspicion } from './secret-names';

/** Judges names and values. */
export interface Judge {
  /** How clearly this name says that its value is a secret. */
  suspicion(name: string): Suspicion;
  /** True when the value must not be shown under this name. */
  hides(name: string, value: string): boolean;
  /** The same for a value after `=`, where signatures count too, and in the query of a URL also `key` and `code`. */
  hidesParameter(name: string, value: string, inQuery: boolean): boolean;
}
