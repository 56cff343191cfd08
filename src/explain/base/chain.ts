import type { WaitHolder } from '../../report/waits';

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

/** A number at this path; null: there is none. */
export function numberAt({ values }: WaitHolder, path: string): number | null {
  const value = values[path];
  return value?.kind === 'number' ? Number(value.text) : null;
}

/** A text at this path; null: there is none. */
export function textAt({ values }: WaitHolder, path: string): string | null {
  const value = values[path];
  return value?.kind === 'string' ? value.text : null;
}

/** Whether there is `true` at this path. */
export function isTrueAt({ values }: WaitHolder, path: string): boolean {
  const value = values[path];
  return value?.kind === 'boolean' && value.text === 'true';
}

/** Whether there is `false` at this path. */
export function isFalseAt({ values }: WaitHolder, path: string): boolean {
  const value = values[path];
  return value?.kind === 'boolean' && value.text === 'false';
}

/** The class of the object at this path, empty for a plain one; null: there is no object. */
export function classAt({ values }: WaitHolder, path: string): string | null {
  const value = values[path];
  return value?.kind === 'object' ? value.text : null;
}

/** Whether there is anything at this path, null too. */
export function hasAt({ values }: WaitHolder, path: string): boolean {
  return values[path] !== undefined;
}

/** The event whose listener was found in it, where it is an EventEmitter. */
export function eventAt(emitter: WaitHolder, chain: Chain): string | null {
  if (emitter.member !== '_events') return null;
  const events = chain.holders[chain.at - 1];
  return events?.kind === 'plain-object' ? events.member : null;
}
