import type { AsyncFrame, GreenThreadGroup } from './model';
import { seenInSome, type ResourceUser, type WaitAnswer } from './waits';

/** Users of a resource, with what a reader wants to know about them. */
export interface ResourceUsers {
  readonly user: ResourceUser;
  /** The group of one of them, with what it waits for. */
  readonly group: GreenThreadGroup;
  /** True when all of them wait for the same resource. */
  readonly waitsForIt: boolean;
  /** False when some of them may wait for another resource than the group says. */
  readonly isWaitKnown: boolean;
}

/** How much of the resource is in use; null: unknown. */
export function inUseOf({ resource, counts }: WaitAnswer): number | null {
  return resource?.inUse ?? counts?.inUse ?? null;
}

/** The known users of the resource that this answer is about, largest number first. */
function usersOf(answer: WaitAnswer, groups: readonly GreenThreadGroup[]): readonly ResourceUsers[] {
  const { resource } = answer;
  if (resource === null) return [];
  return resource.users
    .flatMap((user) => {
      const group = groups.find(({ id }) => id === user.group);
      if (group === undefined) return [];
      const waited = resourcesOf(group);
      const isWaitKnown = waited.every((id) => allWaitFor(id, group, groups));
      return [{ user, group, waitsForIt: isWaitKnown && waited.includes(resource.id), isWaitKnown }];
    })
    .toSorted((a, b) => b.user.count - a.user.count || a.user.group - b.user.group);
}

function resourcesOf({ waits }: GreenThreadGroup): readonly number[] {
  return waits.answers.flatMap(({ resource }) => (resource === null ? [] : [resource.id]));
}

/**
 * Whether each function of the group waits for this resource. If not all of them were examined, it is not known if the
 * resource has fewer waiters than there are functions at such places, as one of many locks has.
 */
function allWaitFor(id: number, group: GreenThreadGroup, groups: readonly GreenThreadGroup[]): boolean {
  if (group.seenIn >= group.count) return true;
  const alike = groups.filter((other) => resourcesOf(other).includes(id));
  const count = alike.reduce((sum, other) => sum + other.count, 0);
  const answer = group.waits.answers.find(({ resource }) => resource?.id === id);
  return count <= (answer?.counts?.waiting ?? 0);
}

/** The only thing that a group waits for, if that is a resource and there is no time limit; null: there is another way out. */
function onlyResource({ waits }: GreenThreadGroup): number | null {
  const [answer] = waits.answers;
  const isAll =
    waits.answers.length === 1 &&
    waits.rest === '' &&
    endsOnlyWith(waits.via) &&
    answer?.before === '' &&
    answer.after === '';
  return isAll ? (answer?.resource?.id ?? null) : null;
}

/** Whether only what is waited for can end the wait: `Promise.race` and the like can end it earlier. */
function endsOnlyWith(via: string | null): boolean {
  return via === null || !/Promise\.(any|race)|\bresolve\b/.test(via);
}

/** Whether the user can go on only after the innermost function of its group. */
function isBound({ frame }: ResourceUser, { frames, cut }: GreenThreadGroup): boolean {
  if (frame === null || (cut !== null && cut.afterIndex < frame)) return false;
  return frames.slice(0, frame).every(({ via }) => endsOnlyWith(via));
}

/**
 * The resources that will never be given back: everything is in use, all users are known, and each of them waits only for
 * a resource of which the same is true.
 */
export function deadlockedResources(groups: readonly GreenThreadGroup[]): ReadonlySet<number> {
  const answers = new Map<number, WaitAnswer>();
  for (const { waits } of groups) {
    for (const answer of waits.answers) if (answer.resource !== null) answers.set(answer.resource.id, answer);
  }
  const dead = new Set([...answers].filter(([, answer]) => isExhausted(answer)).map(([id]) => id));
  for (let isStable = false; !isStable;) {
    isStable = true;
    for (const id of dead) {
      const answer = answers.get(id);
      if (answer !== undefined && allUsersWait(answer, groups, dead)) continue;
      dead.delete(id);
      isStable = false;
    }
  }
  return dead;
}

function isExhausted(answer: WaitAnswer): boolean {
  const inUse = inUseOf(answer);
  const limit = answer.counts?.limit ?? null;
  const isHeld = answer.resource !== null && !answer.resource.mayBeCancelled;
  return isHeld && inUse !== null && inUse > 0 && inUse === limit;
}

function allUsersWait(
  answer: WaitAnswer,
  groups: readonly GreenThreadGroup[],
  dead: ReadonlySet<number>,
): boolean {
  const users = usersOf(answer, groups);
  const known = users.reduce((sum, { user }) => sum + user.count, 0);
  return (
    known === inUseOf(answer) &&
    users.every(({ user, group, isWaitKnown }) => {
      const next = onlyResource(group);
      return isWaitKnown && isBound(user, group) && next !== null && dead.has(next);
    })
  );
}

/** Whether a group waits only for a resource that will never be given back. */
export function isDeadlocked(group: GreenThreadGroup, dead: ReadonlySet<number>): boolean {
  const only = onlyResource(group);
  return only !== null && dead.has(only);
}

/** How names and waits are printed. */
export interface UserWords {
  readonly isApplication: (frame: AsyncFrame) => boolean;
  /** `transfer (pg.cjs:9)` */
  readonly name: (frame: AsyncFrame) => string;
  /** What follows `which waits for`; empty: the clause is omitted. */
  readonly wait: (group: GreenThreadGroup) => string;
}

const MOST_USERS = 3;
/** A semaphore may have more users, which are not known. */
const CIRCLE = 'that leads back to this one: a deadlock, unless another function gives it back';

/**
 * `all 4 held by transfer (pg.cjs:9), which waits for pg query SELECT ...`, for the first resource with known users among
 * the answers of a group. Empty if there is none.
 */
export function describeUsers(
  { waits }: GreenThreadGroup,
  groups: readonly GreenThreadGroup[],
  words: UserWords,
): string {
  for (const answer of waits.answers) {
    const users = usersOf(answer, groups);
    if (users.length === 0) continue;
    const circle = isInCircle(answer, groups) ? `, and ${CIRCLE}` : '';
    return describeUsersOf(answer, users, words) + circle;
  }
  return '';
}

/**
 * Whether the only one who has one of the service's own locks waits for another, and so on, up to one who waits for the
 * first. That they have them is judged by the source alone.
 */
function isInCircle(answer: WaitAnswer, groups: readonly GreenThreadGroup[]): boolean {
  const seen = new Set<number>();
  for (let next: WaitAnswer | undefined = answer; next?.library === null;) {
    const [only, ...others] = usersOf(next, groups);
    if (only === undefined || others.length > 0 || only.user.count > 1) return false;
    const id = onlyResource(only.group);
    if (id === null || seen.has(id) || !isBound(only.user, only.group)) return false;
    if (id === answer.resource?.id) return next !== answer;
    seen.add(id);
    [next] = only.group.waits.answers;
  }
  return false;
}

function describeUsersOf(answer: WaitAnswer, users: readonly ResourceUsers[], words: UserWords): string {
  const known = users.reduce((sum, { user }) => sum + user.count, 0);
  const inUse = inUseOf(answer);
  // Of the service's own locks only the source tells.
  const held = answer.library === null ? 'probably held' : 'held';
  const all = countedUsers(users, words);
  const [first = ''] = all.keys();
  if (all.size === 1 && inUse === known) return `${allOf(known)}${held} by ${first}`;
  const of = inUse === null || inUse === known ? '' : `${known} of ${inUse} `;
  if (all.size === 1) {
    const calls = inUse === null && known > 1 ? `${known} calls of ` : '';
    return `${of}${held} by ${calls}${first}`;
  }
  const shown = [...all].slice(0, MOST_USERS).map(([text, count]) => `${count} by ${text}`);
  const more = all.size - MOST_USERS;
  if (more > 0) shown.push(`others by ${more} more function${more === 1 ? '' : 's'}`);
  return `${of}${held}: ${shown.join('; ')}`;
}

/** How many users there are by what is said of them. */
function countedUsers(users: readonly ResourceUsers[], words: UserWords): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const each of users) {
    const text = describeUser(each, words);
    counts.set(text, (counts.get(text) ?? 0) + each.user.count);
  }
  return counts;
}

/** What precedes `held by` where one function has everything. */
function allOf(count: number): string {
  if (count === 1) return '';
  return count === 2 ? 'both ' : `all ${count} `;
}

function describeUser({ user, group, waitsForIt, isWaitKnown }: ResourceUsers, words: UserWords): string {
  const frame = frameOf(user, group, words);
  const name = frame === null ? 'a suspended function' : words.name(frame);
  if (waitsForIt) return `${name}, which waits for it itself`;
  const wait = isWaitKnown ? words.wait(group) : '';
  return wait === '' ? name : `${name}, which waits for ${wait}${seenInSome(group.count, group.seenIn)}`;
}

/** The function, or the nearest one of the application: first among those that it waits for, then among its callers. */
function frameOf({ frame }: ResourceUser, { frames }: GreenThreadGroup, words: UserWords): AsyncFrame | null {
  const at = frame ?? frames.length;
  const inside = frames.slice(0, at + 1).toReversed();
  const outside = frames.slice(at + 1);
  return [...inside, ...outside].find(words.isApplication) ?? frames[at] ?? frames[0] ?? null;
}
