import { counted, isCallbackGroup } from '../async-frames';
import type { AsyncFrame, GreenThreadGroup, GreenThreads, IsolateThread } from '../model';
import { seenInSome } from '../waits';
import { deadlockedResources, describeUsers, isDeadlocked, type UserWords } from '../resources';
import { calleeName, nameWithPosition, ownerOf, plainName, positionOf, located, type Naming } from './place';
import { namesOf, onlyObject, type Waiting } from './same-object';
import { endsOutside, isPause } from './wait-order';
import { isUnknownWait, shortWait } from './wait-text';

const MAX_GROUPS = 3;
const MAX_CYCLE = 4;
/** In `waitsFor` of a promise that no object in the heap leads to. */
const BY_RUNNING_CODE = 'nothing in the heap can resolve';
/** In one that says what no object in the heap can do. */
const BY_NOTHING = 'nothing in the heap can ';
const WAITING = 'waiting for ';
/** How import() waits for the top-level code of a module. */
const VIA_IMPORT = `import`;
const IMPORT = /\bimport\((['"])[\w@./-]{1,80}\1\)/;

/** Functions or callbacks that a reader wants to see as one: at the same place, waiting for the same. */
export interface Place {
  /** `suspended in withdraw (app.js:16), waiting for Mutex`; of callbacks `in withdraw (app.js:16) for Mutex`. */
  readonly text: string;
  /** `: held by deposit (app.js:9)`; empty if no holder is known. */
  readonly users: string;
  /** True when what it waits for will never be given back. */
  readonly isExhausted: boolean;
  readonly count: number;
  readonly isCallback: boolean;
  readonly deadlock: boolean;
  /** Null where it cannot be told together with other places. */
  readonly waiting: Waiting | null;
  readonly rank: readonly number[];
}

/** What is suspended in one thread, for the summary. */
export interface Suspended {
  /** Deadlocks, as sentences without the thread. */
  readonly deadlocks: readonly string[];
  /** The most telling places, at most three with the deadlocks. */
  readonly places: readonly Place[];
  /** What else there is, as a sentence; empty when that was all. */
  readonly rest: string;
  /** Functions of packages and Node that no sentence counts. */
  readonly internal: number;
  /** Callbacks of packages, which no sentence counts either. */
  readonly internalCallbacks: number;
  /** Whether a function or callback of the application waits. */
  readonly hasApplication: boolean;
}

/**
 * Reads the groups of a thread from the view of a person who looks for the cause. Where the thread runs, `mayResolve`,
 * the sentences do not claim that nothing in the heap can resolve a promise.
 */
export function readSuspended(found: GreenThreads, naming: Naming, mayResolve: boolean): Suspended {
  const functions = found.groups.filter((group) => !isCallbackGroup(group));
  const own = found.groups.filter((group) => isOwn(group, naming));
  // Where the application itself waits, what packages and Node do for it would count it twice.
  const shown = own.length > 0 ? own : functions.filter((group) => !isNodes(group, naming));
  const among: Among = { groups: found.groups, dead: deadlockedResources(found.groups) };
  const all = mergeSameObject(
    mergeAlike(shown.map((group) => describeGroup(group, among, naming, mayResolve))),
  );
  const top = withUsersOnce(all.toSorted(compareRank).slice(0, MAX_GROUPS));
  const described = sum(ofFunctions(all)) + functionsLeftOut(found, functions);
  const internal = Math.max(0, found.greenThreads - found.callbacks - described);
  const callbacks = sum(all) - sum(ofFunctions(all));
  return {
    internal,
    internalCallbacks: Math.max(0, found.callbacks - callbacks),
    deadlocks: top.filter(({ deadlock }) => deadlock).map(({ text }) => text),
    places: top.filter(({ deadlock }) => !deadlock),
    rest:
      shown.length === 0
        ? ''
        : describeRest(
            described - sum(ofFunctions(top)),
            callbacks - sum(top) + sum(ofFunctions(top)),
            internal,
          ),
    hasApplication: own.length > 0,
  };
}

/** Each group of a thread with the place that a summary names for it, before places that are alike are merged. */
export function placesOf(
  found: GreenThreads,
  naming: Naming,
  mayResolve: boolean,
): readonly { readonly group: GreenThreadGroup; readonly place: Place; readonly isOwn: boolean }[] {
  const among: Among = { groups: found.groups, dead: deadlockedResources(found.groups) };
  return found.groups.map((group) => ({
    group,
    place: describeGroup(group, among, naming, mayResolve),
    isOwn: isOwn(group, naming),
  }));
}

/** False if it only says that nothing is known of what settles the promise. */
export function isKnownWait(waitsFor: string | null): waitsFor is string {
  return waitsFor !== null && !waitsFor.includes(BY_RUNNING_CODE) && !isUnknownWait(waitsFor);
}

function ofFunctions(places: readonly Place[]): readonly Place[] {
  return places.filter(({ isCallback }) => !isCallback);
}

/** Callbacks are listed behind all functions: if one is listed, no function was omitted. */
function functionsLeftOut(found: GreenThreads, functions: readonly GreenThreadGroup[]): number {
  return found.groups.length > functions.length ? 0 : Math.max(0, found.threadsLeftOut - found.callbacks);
}

/** All groups of a thread, and the resources that will never be given back. */
interface Among {
  readonly groups: readonly GreenThreadGroup[];
  readonly dead: ReadonlySet<number>;
}

function compareRank(a: Place, b: Place): number {
  for (const [index, value] of a.rank.entries()) {
    const difference = (b.rank[index] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return 0;
}

function isOwn({ frames, deadlock }: GreenThreadGroup, naming: Naming): boolean {
  return deadlock || frames.some((frame) => ownerOf(frame, naming).kind === 'application');
}

function isNodes({ frames }: GreenThreadGroup, naming: Naming): boolean {
  return frames.every((frame) => ownerOf(frame, naming).kind === 'node');
}

function describeGroup(
  group: GreenThreadGroup,
  { groups, dead }: Among,
  naming: Naming,
  mayResolve: boolean,
): Place {
  const { count } = group;
  const isExhausted = isDeadlocked(group, dead);
  const deadlock = group.deadlock || isExhausted;
  const users = describeUsers(group, groups, userWords(naming));
  const waiting = describeWaiting(group, naming, mayResolve);
  const text = group.deadlock ? `DEADLOCK: ${describeCycle(group, naming)}` : waiting;
  const isCallback = isCallbackGroup(group);
  // Most important number first. A pool or lock with known holders says more than how many wait elsewhere; then what
  // ends outside of the process, since waits in a queue of the service rather follow from that.
  const rank = [
    Number(deadlock),
    Number(isOwn(group, naming)),
    Number(!isCallback),
    Number(users !== ''),
    Number(!isPause(group)),
    Number(endsOutside(group) || (waitsForNothing(group) && !mayResolve)),
    count,
  ];
  return {
    text,
    users: users === '' ? '' : `: ${users}`,
    isExhausted,
    count,
    isCallback,
    deadlock,
    waiting: deadlock || isCallback ? null : readWaiting(group, naming),
    rank,
  };
}

function waitsForNothing({ waitsFor }: GreenThreadGroup): boolean {
  return waitsFor?.includes(BY_NOTHING) === true;
}

/** Of a function of the application that waits for one object. */
function readWaiting(group: GreenThreadGroup, naming: Naming): Waiting | null {
  const { frames, waitsFor, seenIn } = group;
  const object = onlyObject(group);
  const own = frames.find(
    (frame) => frame.kind !== 'callback' && ownerOf(frame, naming).kind === 'application',
  );
  if (object === null || waitsFor === null || own === undefined) return null;
  return { name: nameWithPosition(own, naming), wait: shortWait(waitsFor, naming), object, seenIn };
}

/** How a summary prints who holds a resource. */
export function userWords(naming: Naming): UserWords {
  return {
    isApplication: (frame) => ownerOf(frame, naming).kind === 'application',
    name: (frame) => nameWithPosition(frame, naming),
    wait: ({ waitsFor }) =>
      waitsFor === null ? '' : shortWait(waitsFor, naming).replace(/^waiting for /, ''),
  };
}

/** `3 async functions suspended in withdraw (app.js:16)`, `2 callbacks wait in withdraw (app.js:16) for Mutex` */
export function describeCounted({
  count,
  isCallback,
  text,
}: Pick<Place, 'count' | 'isCallback' | 'text'>): string {
  if (!isCallback) return `${counted(count, 'async function')} ${text}`;
  return `${counted(count, 'callback')} ${count === 1 ? 'waits' : 'wait'} ${text}`;
}

/** Timers of the same length differ in the time that is left. */
function withoutTimeLeft(text: string): string {
  return text.replace(/ \([\d.]+ m?s left\)/g, '');
}

/** Adds the holders to the texts: only once for groups that wait for the same resource. */
function withUsersOnce(places: readonly Place[]): readonly Place[] {
  const said = new Set<string>();
  return places.map((place) => {
    const users = said.has(place.users) ? '' : place.users;
    said.add(place.users);
    const text = place.text + users;
    return { ...place, text: place.isExhausted ? `DEADLOCK: ${describeCounted({ ...place, text })}` : text };
  });
}

/** `suspended in Store.get (app.js:25) and put (app.js:29), waiting for Store.line`: who waits for the same object. */
function mergeSameObject(places: readonly Place[]): readonly Place[] {
  const byObject = new Map<string, Place[]>();
  for (const place of places) {
    const { waiting } = place;
    const key = waiting === null ? '' : withoutTimeLeft(`${waiting.object} ${waiting.wait}`);
    const same = byObject.get(key);
    if (same === undefined) byObject.set(key, [place]);
    else same.push(place);
  }
  return [...byObject].flatMap(([key, same]) => (key === '' ? same : mergePlaces(same)));
}

function mergePlaces(same: readonly Place[]): readonly Place[] {
  const [first] = same;
  const known = same.flatMap(({ waiting }) => waiting ?? []);
  const names = [...new Set(known.map(({ name }) => name))];
  if (first === undefined || names.length < 2) return same;
  const count = sum(same);
  const seen = seenInSome(
    count,
    known.reduce((total, { seenIn }) => total + seenIn, 0),
  );
  const rank = [...first.rank.slice(0, -1), count];
  return [{ ...first, count, rank, text: `suspended in ${namesOf(names)}, ${known[0]?.wait ?? ''}${seen}` }];
}

/** Of places that look the same; null if they wait for different objects. */
function bothWaiting(one: Waiting | null, other: Waiting | null): Waiting | null {
  if (one === null || one.object !== other?.object) return null;
  return { ...one, seenIn: one.seenIn + other.seenIn };
}

/** Groups may differ in what is not shown, such as the callers. */
function mergeAlike(places: readonly Place[]): readonly Place[] {
  const merged = new Map<string, Place>();
  for (const place of places) {
    const key = withoutTimeLeft(`${place.isExhausted} ${place.text}${place.users}`);
    const same = merged.get(key);
    const count = place.count + (same?.count ?? 0);
    const rank = [...place.rank.slice(0, -1), count];
    const waiting = same === undefined ? place.waiting : bothWaiting(same.waiting, place.waiting);
    merged.set(key, { ...(same ?? place), count, rank, waiting });
  }
  return [...merged.values()];
}

/**
 * `suspended in findReceiver (app.js:22), in Client.acquireConnection of knex, waiting for ...`, and for callbacks `in
 * createOrder (app.js:20) for SeatPool.queue`.
 */
function describeWaiting(group: GreenThreadGroup, naming: Naming, mayResolve: boolean): string {
  const { frames, waitsFor, count, seenIn } = group;
  const isNamed = waitsFor !== null && !(mayResolve && waitsFor.includes(BY_NOTHING));
  const wait = isNamed ? shortWait(waitsFor, naming) : '';
  const seen = wait === '' ? '' : seenInSome(count, seenIn);
  if (isCallbackGroup(group)) return `${describeCallback(frames, wait, naming)}${seen}`;
  return `suspended ${describePlace(frames, naming)}${wait === '' ? '' : `, ${wait}${seen}`}`;
}

function describeCallback(frames: readonly AsyncFrame[], wait: string, naming: Naming): string {
  const frame = frames.find((each) => ownerOf(each, naming).kind === 'application') ?? frames[0];
  const place = frame === undefined ? 'somewhere' : located(frame, naming);
  if (wait === '') return place;
  return wait.startsWith(WAITING) ? `${place} ${wait.slice('waiting '.length)}` : `${place}, ${wait}`;
}

function describePlace(frames: readonly AsyncFrame[], naming: Naming): string {
  const isOfApplication = (frame: AsyncFrame): boolean => ownerOf(frame, naming).kind === 'application';
  const own = frames.findIndex((frame) => frame.kind !== 'callback' && isOfApplication(frame));
  const [innermost] = frames;
  if (innermost === undefined) return 'somewhere';
  if (own !== -1) return describeOwnPlace(frames, own, naming);
  const first = frames.find((frame) => ownerOf(frame, naming).kind === 'package') ?? innermost;
  const callback = frames.find(isOfApplication);
  const after = callback === undefined ? '' : `, before callback ${nameWithPosition(callback, naming)}`;
  return located(first, naming) + after;
}

function describeOwnPlace(frames: readonly AsyncFrame[], own: number, naming: Naming): string {
  const frame = frames[own];
  if (frame === undefined) return '';
  const place = located(frame, naming) + awaiter(frames, own, naming);
  const [innermost] = frames;
  if (own === 0 || innermost === undefined) return place;
  const owner = ownerOf(innermost, naming);
  const callee = owner.kind === 'package' ? calleeName(innermost, owner) : '';
  return callee === '' ? place : `${place}, in ${callee}`;
}

/** For a function without a name: the one that awaits it. */
function awaiter(frames: readonly AsyncFrame[], own: number, naming: Naming): string {
  const frame = frames[own];
  const next = frames[own + 1];
  if (frame === undefined || next === undefined || plainName(frame) !== '') return '';
  const isNamed =
    plainName(next) !== '' && next.file !== null && ownerOf(next, naming).kind === 'application';
  return isNamed ? `, awaited by ${nameWithPosition(next, naming)}` : '';
}

function describeCycle({ frames }: GreenThreadGroup, naming: Naming): string {
  const whole = frames.filter(({ inCycle }) => inCycle);
  const imports = whole.find(({ via }) => via === VIA_IMPORT);
  const outside = whole.filter((frame) => ownerOf(frame, naming).kind !== 'node');
  // What Node does for import() says less than that it is import().
  const cycle = imports === undefined || outside.length === 0 ? whole : outside;
  const through = cycle === whole ? '' : `, through ${importText(outside)}`;
  const names = cycle.slice(0, MAX_CYCLE).map((frame) => cycleName(frame, naming));
  if (cycle.length > MAX_CYCLE) names.push(`${cycle.length - MAX_CYCLE} more`);
  if (names.length === 0) return 'functions that wait for each other';
  return (cycle.length === 1 ? `${names.join('')} waits for itself` : names.join(' <-> ')) + through;
}

/** `import()` with the path in it, as the source has it, or without. */
function importText(frames: readonly AsyncFrame[]): string {
  const texts = frames.flatMap(({ source }) => IMPORT.exec(source?.text ?? '')?.[0] ?? []);
  return texts.length === 1 ? texts.join('') : 'import()';
}

function cycleName(frame: AsyncFrame, naming: Naming): string {
  const name = plainName(frame);
  const position = positionOf(frame, naming);
  return name === '' ? position : `${name} (${position})`;
}

function sum(places: readonly { readonly count: number }[]): number {
  return places.reduce((total, { count }) => total + count, 0);
}

/** `3 more suspended async functions, and 2 internal to packages or Node`: what the sentences above do not count. */
function describeRest(functions: number, callbacks: number, internal: number): string {
  const inside = `${internal} internal to packages or Node`;
  const more = [
    ...(functions > 0 ? [counted(functions, 'more suspended async function')] : []),
    ...(callbacks > 0 ? [counted(callbacks, 'more waiting callback')] : []),
  ];
  if (more.length > 0) {
    const words = more.join(' and ');
    return internal === 0 ? words : `${words}, and ${inside}`;
  }
  return internal === 0
    ? ''
    : `${internal} more ${internal === 1 ? 'is' : 'are'} internal to packages or Node`;
}

/** Threads whose places are the same, listed together: the workers of a pool do the same work. */
export function mergeSuspended(
  threads: readonly { readonly isolate: IsolateThread; readonly suspended: Suspended }[],
): readonly (Pick<Place, 'text' | 'count' | 'isCallback'> & {
  readonly isolates: readonly IsolateThread[];
})[] {
  const merged = new Map<
    string,
    { text: string; count: number; isCallback: boolean; isolates: IsolateThread[] }
  >();
  for (const { isolate, suspended } of threads) {
    for (const { text, count, isCallback } of suspended.places) {
      const key = withoutTimeLeft(text);
      const same = merged.get(key);
      if (same === undefined) merged.set(key, { text, count, isCallback, isolates: [isolate] });
      else {
        same.count += count;
        same.isolates.push(isolate);
      }
    }
  }
  return [...merged.values()].toSorted((a, b) => b.count - a.count);
}
