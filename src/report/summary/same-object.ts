import type { GreenThreadGroup } from '../model';

/** Names of places in one sentence. */
const MOST_NAMES = 4;

/** Where a place is, and what it waits for, so that places that wait for the same object can be one sentence. */
export interface Waiting {
  /** `DocumentStore.get (app.js:25)` */
  readonly name: string;
  /** `waiting for DocumentStore.lock.line ("store" in app.js)` */
  readonly wait: string;
  /** The object that the wait ends in. */
  readonly object: number;
  readonly seenIn: number;
}

/** The number of the only object that ends the wait; null: there are several ways, or none is known. */
export function onlyObject({ waits, waitsFor }: GreenThreadGroup): number | null {
  const [answer] = waits.answers;
  const isAll = waits.answers.length === 1 && answer?.before === '' && waitsFor !== null;
  return isAll ? (answer?.resource?.id ?? null) : null;
}

/** `DocumentStore.get (app.js:25), put (app.js:29) and 2 more places`: what all names begin with is said once. */
export function namesOf(names: readonly string[]): string {
  const [first = ''] = names;
  const shown = names.slice(0, names.length > MOST_NAMES ? MOST_NAMES - 1 : MOST_NAMES);
  // A place without a name is a position, whose file may have dots too.
  const [owner = ''] = /^[\w$.]+\.(?=[\w$#]+ \()/.exec(first) ?? [];
  const isOfOne =
    owner !== '' && shown.every((name) => name.startsWith(owner) && !name.slice(owner.length).includes('. '));
  const texts = shown.map((name, index) => (isOfOne && index > 0 ? name.slice(owner.length) : name));
  const more = names.length - shown.length;
  const last = more > 0 ? `${more} more places` : (texts.pop() ?? '');
  return texts.length === 0 ? last : `${texts.join(', ')} and ${last}`;
}
