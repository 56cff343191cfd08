import { cutMasked } from '../../mark';
import type { HeldValue, WaitHolder } from '../../report/waits';

/** Only a guard: the native side sends shorter strings. */
const MAX_TEXT = 4096;

/** The objects that lead from a promise to what settles it, seen from one of them. No method throws. */
export class Chain {
  readonly holders: readonly WaitHolder[];
  /** Index of the object that the chain is seen from. */
  readonly at: number;

  constructor(holders: readonly WaitHolder[], at: number) {
    this.holders = holders;
    this.at = at;
  }

  /** The nearest object farther from the promise that is known by this name. */
  outside(knownAs: string): WaitHolder | null {
    return this.holders.slice(this.at + 1).find((holder) => holder.knownAs === knownAs) ?? null;
  }

  /** The nearest object closer to the promise that is known by this name. */
  inside(knownAs: string): WaitHolder | null {
    return this.holders.slice(0, this.at).findLast((holder) => holder.knownAs === knownAs) ?? null;
  }
}

/** The number at this path; null: there is none, or it is not finite, such as a limit that was not set. */
export function numberAt(holder: WaitHolder, path: string): number | null {
  const value = valueAt(holder, path);
  const number = value?.kind === 'number' && value.text !== '' ? Number(value.text) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** The string at this path; null: there is none. */
export function textAt(holder: WaitHolder, path: string): string | null {
  const value = valueAt(holder, path);
  return value?.kind === 'string' ? cutMasked(value.text, MAX_TEXT) : null;
}

/** Whether the value at this path is `true`. */
export function isTrueAt(holder: WaitHolder, path: string): boolean {
  const value = valueAt(holder, path);
  return value?.kind === 'boolean' && value.text === 'true';
}

/** Whether the value at this path is `false`. */
export function isFalseAt({ values }: WaitHolder, path: string): boolean {
  const value = values[path];
  return value?.kind === 'boolean' && value.text === 'false';
}

/** The class of the object at this path, empty for a plain one; null: there is no object. */
export function classAt(holder: WaitHolder, path: string): string | null {
  const value = valueAt(holder, path);
  return value?.kind === 'object' ? value.text : null;
}

/** Whether there is any value at this path, including null. */
export function hasAt(holder: WaitHolder, path: string): boolean {
  return valueAt(holder, path) !== undefined;
}

/** Only own properties count: every record also inherits a `constructor`. */
function valueAt({ values }: WaitHolder, path: string): HeldValue | undefined {
  return Object.hasOwn(values, path) ? values[path] : undefined;
}

/** The object at this path as a holder of its own. */
export function within(holder: WaitHolder, path: string): WaitHolder {
  const before = `${path}.`;
  const values = Object.entries(holder.values).flatMap(([name, value]): [string, HeldValue][] =>
    name.startsWith(before) ? [[name.slice(before.length), value]] : [],
  );
  return { ...holder, values: Object.fromEntries(values) };
}

/** The event of an EventEmitter whose listener leads to the promise; null: it was not reached through a listener. */
export function eventAt(emitter: WaitHolder, chain: Chain): string | null {
  if (emitter.member !== '_events') return null;
  const events = chain.holders[chain.at - 1];
  return events?.kind === 'plain-object' ? events.member : null;
}
