import type { GreenThreadGroup, IsolateThread } from '../report/model';
import { describeUsers, inUseOf } from '../report/resources';
import { userWords } from '../report/summary/green';
import type { Naming } from '../report/summary/place';
import { shortWait } from '../report/summary/wait-text';
import type { WaitAnswer } from '../report/waits';
import { alikeKey } from './alike';
import type { ComparedResource } from './model';
import { readPlaces, type PlaceReading } from './places';
import { changeOf, asReadings } from './series';
import type { ThreadOverTime } from './scene';

/** One pool, lock or queue in one report. */
export interface PoolReading {
  readonly key: string;
  readonly name: string;
  readonly noun: string;
  readonly inUse: number | null;
  readonly limit: number | null;
  readonly waiting: number | null;
  /** Pools with the same name. */
  readonly instances: number;
  readonly heldBy: string;
  readonly waitingIn: string;
}

interface Found {
  readonly answer: WaitAnswer;
  readonly reading: PlaceReading;
}

/** The pools that functions of a thread wait for, by name; null when that is not available. */
export function readPools(isolate: IsolateThread, naming: Naming): ReadonlyMap<string, PoolReading> | null {
  const places = readPlaces(isolate, naming);
  if (places === null) return null;
  const byKey = new Map<string, Found[]>();
  for (const reading of places) {
    for (const answer of reading.group.waits.answers) {
      if (answer.counts === null && inUseOf(answer) === null) continue;
      const key = alikeKey(answer.text);
      const found = byKey.get(key);
      if (found === undefined) byKey.set(key, [{ answer, reading }]);
      else found.push({ answer, reading });
    }
  }
  const groups = places.map(({ group }) => group);
  return new Map([...byKey].map(([key, found]) => [key, describePool(key, found, groups, naming)]));
}

function describePool(
  key: string,
  found: readonly Found[],
  groups: readonly GreenThreadGroup[],
  naming: Naming,
): PoolReading {
  const { answer } = found.reduce((most, each) =>
    waitingOf(each.answer) > waitingOf(most.answer) ? each : most,
  );
  const ids = new Set(found.map(({ answer: { resource } }) => resource?.id).filter((id) => id !== undefined));
  const own = found.filter((each) => isSamePool(each.answer, answer));
  const largest = own.reduce((most, each) =>
    each.reading.group.count > most.reading.group.count ? each : most,
  );
  const [name, noun] = nameOf(shortWait(answer.text, naming).replace(/^waiting for /, ''));
  const { group } = largest.reading;
  const holder = { ...group, waits: { ...group.waits, answers: [answer] } };
  return {
    key,
    name,
    noun,
    inUse: inUseOf(answer),
    limit: answer.counts?.limit ?? null,
    waiting: answer.counts?.waiting ?? null,
    instances: Math.max(1, ids.size),
    heldBy: describeUsers(holder, groups, userWords(naming)),
    waitingIn: placeOnly(largest.reading.place.text),
  };
}

function waitingOf({ counts }: WaitAnswer): number {
  return counts?.waiting ?? -1;
}

function isSamePool(a: WaitAnswer, b: WaitAnswer): boolean {
  return a.resource === null || b.resource === null || a.resource.id === b.resource.id;
}

/** `in handler (app.js:9)` of `suspended in handler (app.js:9), waiting for ...`. */
function placeOnly(text: string): string {
  const place = text.replace(/^suspended /, '');
  const end = place.indexOf(', waiting for ');
  return end === -1 ? place : place.slice(0, end);
}

const USAGE = /: (?:\d+ of \d+ ([\w ]{1,40}?)s? (?:in use|busy)|\d|locked\b|not locked\b)/;
const VARIABLE = / \("[^"]*" in [^()]*\)$/;

/** `pg Pool ("pool" in app.js)` and `client` of `pg Pool: 4 of 4 clients in use, 6 waiting ("pool" in app.js)`. */
function nameOf(text: string): readonly [string, string] {
  const usage = USAGE.exec(text);
  if (usage === null) return [text, ''];
  const variable = VARIABLE.exec(text)?.[0] ?? '';
  return [text.slice(0, usage.index) + variable, usage[1] ?? ''];
}

/** Compares the pools of one thread. */
export function comparePools(
  { label, isolates }: ThreadOverTime,
  naming: Naming,
): readonly ComparedResource[] {
  const known = isolates.map((isolate) => (isolate === null ? null : readPools(isolate, naming)));
  const keys = new Set(known.flatMap((pools) => (pools === null ? [] : [...pools.keys()])));
  return [...keys].flatMap((key) => {
    const row = known.map((pools) => pools?.get(key) ?? null);
    const last = row.findLast((pool) => pool !== null);
    if (last === undefined || last === null) return [];
    const waiting = row.map((pool) => pool?.waiting ?? null);
    return [
      {
        thread: label,
        name: last.name,
        noun: last.noun,
        inUse: row.map((pool) => pool?.inUse ?? null),
        limit: row.map((pool) => pool?.limit ?? null),
        waiting,
        exhaustedIn: exhaustedIn(row),
        instances: row.map((pool) => pool?.instances ?? 0),
        waitingChange: changeOf(asReadings(waiting)),
        heldBy: last.heldBy,
        waitingIn: last.waitingIn,
      },
    ];
  });
}

function exhaustedIn(row: readonly (PoolReading | null)[]): number {
  const exhausted = row.filter((pool) => pool !== null && isExhausted(pool));
  return exhausted.at(-1) === row.at(-1) ? exhausted.length : 0;
}

/** Everything is in use, and something waits for it. */
export function isExhausted({ inUse, limit, waiting }: PoolReading): boolean {
  return inUse !== null && limit !== null && limit > 0 && inUse >= limit && waiting !== null && waiting > 0;
}

/** A mutex, and not a pool that has one client. */
export function isLock(limit: number | null, noun: string): boolean {
  return limit === 1 && noun === '';
}
