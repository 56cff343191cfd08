import { cutMasked } from '../../mark';
import type { HeldValue, WaitHolder } from '../../report/waits';

/** The native side sends less. */
const MAX_TEXT = 4096;

/** The objects that lead from a promise to what settles it, seen from one of them. Nothing in it throws. */
export class Chain {
  readonly holders: readonly WaitHolder[];
  /** Of the one that it is seen from. */
  readonly at: number;

  constructor(holders: readonly WaitHolder[], at: number) {
    this.holders = holders;
    this.at = at;
  }

  /** The next one outside that is known by this name. */
  outside(knownAs: string): WaitHolder | null {
    return this.holders.slice(this.at + 1).find((holder) => holder.knownAs === knownAs) ?? null;
  }

  /** The nearest one inside that is known by this name. */
  inside(knownAs: string): WaitHolder | null {
    return this.holders.slice(0, this.at).findLast((holder) => holder.knownAs === knownAs) ?? null;
  }
}

/** A number at this path; null: there is none, or it is not finite, as a limit that was not set. */
export function numberAt(holder: WaitHolder, path: string): number | null {
  const value = valueAt(holder, path);
  const number = value?.kind === 'number' && value.text !== '' ? Number(value.text) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** A text at this path; null: there is none. */
export function textAt(holder: WaitHolder, path: string): string | null {
  const value = valueAt(holder, path);
  return value?.kind === 'string' ? cutMasked(value.text, MAX_TEXT) : null;
}

/** Whether there is `true` at this path. */
export function isTrueAt(holder: WaitHolder, path: string): boolean {
  const value = valueAt(holder, path);
  return value?.kind === 'boolean' && value.text === 'true';
}

/** Whether there is `false` at this path. */
export function isFalseAt({ values }: WaitHolder, path: string): boolean {
  const value = values[path];
  return value?.kind === 'boolean' && value.text === 'false';
}

/** The class of the object at this path, empty for a plain one; null: there is no object. */
export function classAt(holder: WaitHolder, path: string): string | null {
  const value = valueAt(holder, path);
  return value?.kind === 'object' ? value.text : null;
}

/** Whether there is anything at this path, null too. */
export function hasAt(holder: WaitHolder, path: string): boolean {
  return valueAt(holder, path) !== undefined;
}

/** Only what was read: every record also inherits a `constructor`. */
function valueAt({ values }: WaitHolder, path: string): HeldValue | undefined {
  return Object.hasOwn(values, path) ? values[path] : undefined;
}

/** The event whose listener was found in it, where it is an EventEmitter. */
export function eventAt(emitter: WaitHolder, chain: Chain): string | null {
  if (emitter.member !== '_events') return null;
  const events = chain.holders[chain.at - 1];
  return events?.kind === 'plain-object' ? events.member : null;
}
