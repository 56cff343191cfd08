import type { RawPhotograph } from './mask-photograph';
import type { FunctionStart, UnresolvedScript } from './positions/script';

/*
 * The photograph as the reporter thread writes it: positions are those of the code that V8 runs, and a table of scripts
 * says where each script's source map is. `resolvePositions` turns it into the photograph that views read.
 */

export type { FunctionStart, UnresolvedScript };

/** What a frame has instead of `original` and `generated` until positions are resolved. */
export interface UnresolvedCode {
  /** Index in `scripts`; null when unknown. */
  readonly script: number | null;
  readonly functionStart: FunctionStart | null;
}

/** The photograph before positions are resolved: its frames have {@link UnresolvedCode} in addition. */
export type UnresolvedPhotograph = RawPhotograph & { readonly scripts: readonly UnresolvedScript[] };
