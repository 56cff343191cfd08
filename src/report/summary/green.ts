import type { AsyncFrame, GreenThreadGroup, GreenThreads, IsolateThread } from '../model';
import { deadlockedResources, describeUsers, isDeadlocked } from '../resources';
import { calleeName, nameWithPosition, ownerOf, plainName, positionOf, located, type Naming } from './place';
import { shortWait } from './wait-text';

const MAX_GROUPS = 3;
const MAX_CYCLE = 4;
/** In `waitsFor` of a promise that no object in the heap leads to. */
const BY_RUNNING_CODE = 'nothing in the heap can resolve';

/** Suspended functions that a reader wants to see as one: at the same place, waiting for the same. */
interface Place {
  /** `suspended in withdraw (app.js:16), waiting for Mutex` */
  readonly text: string;
  readonly count: number;
  readonly deadlock: boolean;
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
  /** Whether a function of the application is suspended. */
  readonly hasApplication: boolean;
}

/**
 * Reads the groups of a thread from the view of a person who looks for the cause. Where the thread runs, `mayResolve`,
 * the sentences do not claim that nothing in the heap can resolve a promise.
 */
export function readSuspended(found: GreenThreads, naming: Naming, mayResolve: boolean): Suspended {
  const own = found.groups.filter((group) => isOwn(group, naming));
  // Where the application itself waits, what packages and Node do for it would count it twice.
  const shown = own.length > 0 ? own : found.groups.filter((group) => !isNodes(group, naming));
  const among: Among = { groups: found.groups, dead: deadlockedResources(found.groups) };
  const all = mergeAlike(shown.map((group) => describeGroup(group, among, naming, mayResolve)));
  const top = all.toSorted(compareRank).slice(0, MAX_GROUPS);
  const described = sum(all) + found.threadsLeftOut;
  const internal = Math.max(0, found.greenThreads - described);
  return {
    internal,
    deadlocks: top.filter(({ deadlock }) => deadlock).map(({ text }) => text),
    places: top.filter(({ deadlock }) => !deadlock),
    rest: shown.length === 0 ? '' : describeRest(described - sum(top), internal),
    hasApplication: own.length > 0,
  };
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
  const users = describeUsers(group, groups, {
    isApplication: (frame) => ownerOf(frame, naming).kind === 'application',
    name: (frame) => nameWithPosition(frame, naming),
    wait: ({ waitsFor }) =>
      waitsFor === null ? '' : shortWait(waitsFor, naming).replace(/^waiting for /, ''),
  });
  const waiting = describeWaiting(group, naming, mayResolve) + (users === '' ? '' : `: ${users}`);
  const text = group.deadlock
    ? `DEADLOCK: ${describeCycle(group, naming)}`
    : isExhausted
      ? `DEADLOCK: ${countedFunctions(count)} ${waiting}`
      : waiting;
  // Most important number first. A pool or lock with known holders says more than how many wait elsewhere.
  const rank = [Number(deadlock), Number(isOwn(group, naming)), Number(users !== ''), count];
  return { text, count, deadlock, rank };
}

function countedFunctions(count: number): string {
  return `${count} async function${count === 1 ? '' : 's'}`;
}

/** Timers of the same length differ in the time that is left. */
function withoutTimeLeft(text: string): string {
  return text.replace(/ \([\d.]+ m?s left\)/g, '');
}

/** Groups may differ in what is not shown, such as the callers. */
function mergeAlike(places: readonly Place[]): readonly Place[] {
  const merged = new Map<string, Place>();
  for (const place of places) {
    const key = withoutTimeLeft(place.text);
    const same = merged.get(key);
    const count = place.count + (same?.count ?? 0);
    merged.set(key, { ...(same ?? place), count, rank: [...place.rank.slice(0, -1), count] });
  }
  return [...merged.values()];
}

/** `suspended in findReceiver (app.js:22), in Client.acquireConnection of knex, waiting for ...` */
function describeWaiting(
  { frames, waitsFor }: GreenThreadGroup,
  naming: Naming,
  mayResolve: boolean,
): string {
  const isNamed = waitsFor !== null && !(mayResolve && waitsFor.includes(BY_RUNNING_CODE));
  const wait = isNamed ? shortWait(waitsFor, naming) : '';
  return `suspended ${describePlace(frames, naming)}${wait === '' ? '' : `, ${wait}`}`;
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
  const isNamed = plainName(next) !== '' && ownerOf(next, naming).kind === 'application';
  return isNamed ? `, awaited by ${nameWithPosition(next, naming)}` : '';
}

function describeCycle({ frames }: GreenThreadGroup, naming: Naming): string {
  const cycle = frames.filter(({ inCycle }) => inCycle);
  const names = cycle.slice(0, MAX_CYCLE).map((frame) => cycleName(frame, naming));
  if (cycle.length > MAX_CYCLE) names.push(`${cycle.length - MAX_CYCLE} more`);
  if (names.length === 0) return 'functions that wait for each other';
  return cycle.length === 1 ? `${names.join('')} waits for itself` : names.join(' <-> ');
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
function describeRest(more: number, internal: number): string {
  const inside = `${internal} internal to packages or Node`;
  if (more > 0) {
    const words = `${more} more suspended async function${more === 1 ? '' : 's'}`;
    return internal === 0 ? words : `${words}, and ${inside}`;
  }
  return internal === 0
    ? ''
    : `${internal} more ${internal === 1 ? 'is' : 'are'} internal to packages or Node`;
}

/** Threads whose places are the same, listed together: the workers of a pool do the same work. */
export function mergeSuspended(
  threads: readonly { readonly isolate: IsolateThread; readonly suspended: Suspended }[],
): readonly { readonly text: string; readonly count: number; readonly isolates: readonly IsolateThread[] }[] {
  const merged = new Map<string, { text: string; count: number; isolates: IsolateThread[] }>();
  for (const { isolate, suspended } of threads) {
    for (const { text, count } of suspended.places) {
      const key = withoutTimeLeft(text);
      const same = merged.get(key);
      if (same === undefined) merged.set(key, { text, count, isolates: [isolate] });
      else {
        same.count += count;
        same.isolates.push(isolate);
      }
    }
  }
  return [...merged.values()].toSorted((a, b) => b.count - a.count);
}
