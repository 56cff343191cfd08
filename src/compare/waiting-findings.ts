import { counted } from '../report/async-frames';
import { alikeKey } from './alike';
import type { ComparedOpen, ComparedResource, Finding, Reading } from './model';
import { kindName } from './open-things';
import { isLock } from './pools';
import { asReadings, showSeries } from './series';
import type { PlaceOverTime } from './suspended';
import { seenIn } from './verdict';

/*
 * What follows from suspended functions, pools and open things. The same number of functions at one place does not prove
 * that they are the same functions, so nothing is said about how long they have waited unless the event loop did not turn.
 */

const MAIN = 'main thread';
const MAX_LINES = 5;
/** A pool may be exhausted for a moment. */
const LEAST_REPORTS = 2;

/** Deadlocks of the last report, and in how many reports each was seen. */
export function deadlockFindings(places: readonly PlaceOverTime[], of: number): readonly Finding[] {
  return places.flatMap((place): readonly Finding[] => {
    if (!place.deadlock || lastCount(place) === 0) return [];
    const reports = seen(place.counts);
    const prefix = place.text.startsWith('DEADLOCK') ? '' : `DEADLOCK: ${series(place)} `;
    const text = `${seenIn(reports, of)}${prefixed(place.thread)}${prefix}${place.text}`;
    return [{ kind: 'deadlock', reports, text }];
  });
}

/** Pools and locks that were all in use, in the last report and an earlier one, while functions waited for them. */
export function exhaustedFindings(pools: readonly ComparedResource[], of: number): readonly Finding[] {
  return pools.flatMap((pool): readonly Finding[] => {
    if (pool.exhaustedIn < LEAST_REPORTS) return [];
    const { name, waitingIn, heldBy, thread } = pool;
    const inUse = pool.inUse.at(-1) ?? 0;
    const limit = pool.limit.at(-1) ?? 0;
    const isOfOne = isLock(limit, pool.noun);
    const used = isOfOne
      ? ''
      : ` ${inUse} of ${pool.noun === '' ? limit : counted(limit, pool.noun)} in use,`;
    const waiting = `${showSeries(asReadings(pool.waiting))} waiting`;
    const parts = [
      `${name} ${isOfOne ? 'locked' : 'exhausted'}:${used} ${waiting}`,
      ...(waitingIn === '' ? [] : [`most wait ${waitingIn}`]),
      ...(heldBy === '' ? [] : [heldBy]),
    ];
    const text = `${seenIn(pool.exhaustedIn, of)}${prefixed(thread)}${parts.join('; ')}${severalNote(pool)}`;
    return [{ kind: 'exhausted', reports: pool.exhaustedIn, text }];
  });
}

function severalNote({ instances }: ComparedResource): string {
  const most = Math.max(...instances);
  return most > 1 ? ` (of ${most} of this name, the one with most waiting)` : '';
}

/** Places with more and more functions, those that gained most first. */
export function growingFindings(
  places: readonly PlaceOverTime[],
  pools: readonly ComparedResource[],
): readonly Finding[] {
  const exhausted = pools.filter(({ exhaustedIn }) => exhaustedIn >= LEAST_REPORTS);
  const growing = places
    .filter(({ change, deadlock }) => change === 'growing' && !deadlock)
    // What packages and Node do for the application would count it twice.
    .filter(
      (place, _, all) => place.isOwn || !all.some(({ isOwn, thread }) => isOwn && thread === place.thread),
    )
    // The line of the pool has it.
    .filter((place) => !exhausted.some((pool) => waitsFor(place, pool)))
    .toSorted((a, b) => gain(b.counts) - gain(a.counts));
  const shown = growing.slice(0, MAX_LINES).map((place): Finding => {
    const [where, wait] = splitWait(place.text);
    const noun = place.kind === 'callback' ? 'callbacks waiting' : 'async functions suspended';
    const text = `${seenIn(knownIn(place.counts), place.counts.length)}${prefixed(place.thread)}${series(place)} ${noun} ${where}: growing${wait === '' ? '' : `, ${wait}`}`;
    return { kind: 'growing', reports: knownIn(place.counts), text };
  });
  return shown.concat(moreLines(growing.length - shown.length));
}

function waitsFor({ text, thread }: PlaceOverTime, pool: ComparedResource): boolean {
  const [where, wait] = splitWait(text);
  const [name = ''] = pool.name.split(' ("');
  return thread === pool.thread && alikeKey(where) === alikeKey(pool.waitingIn) && wait.includes(name);
}

function moreLines(left: number): readonly Finding[] {
  if (left <= 0) return [];
  return [
    {
      kind: 'growing',
      reports: null,
      text: `${counted(left, 'more place')} with more and more functions: see below`,
    },
  ];
}

/** `in loadUser (app.js:12)` and `waiting for ...` of `suspended in loadUser (app.js:12), waiting for ...`. */
function splitWait(text: string): readonly [string, string] {
  const place = text.replace(/^suspended /, '');
  const at = place.indexOf(', waiting for ');
  return at === -1 ? [place, ''] : [place.slice(0, at), place.slice(at + 2)];
}

/** Sockets, timers and the like of which there are more in each report. */
export function openFindings(rows: readonly ComparedOpen[]): readonly Finding[] {
  const growing = rows.filter(({ change }) => change === 'growing');
  return growing
    .filter(({ text }) => text === null)
    .map((row) => {
      const groups = growing.filter(
        (other) => other.text !== null && other.kind === row.kind && other.thread === row.thread,
      );
      const [most] = groups.toSorted((a, b) => gain(b.counts) - gain(a.counts));
      const detail = most === undefined ? '' : `; grew most: ${most.description ?? ''}`;
      const text = `${seenIn(knownIn(row.counts), row.counts.length)}${prefixed(row.thread)}${showSeries(row.counts)} ${kindName(row)}: growing${detail}`;
      return { kind: 'open-growing', reports: knownIn(row.counts), text };
    });
}

function series(place: PlaceOverTime): string {
  return showSeries(place.counts);
}

function seen(counts: readonly Reading[]): number {
  return counts.filter(({ count }) => count !== null && count > 0).length;
}

/** A number that grows from nothing was seen in the first report, too. */
function knownIn(counts: readonly Reading[]): number {
  return counts.filter(({ count }) => count !== null).length;
}

function lastCount({ counts }: PlaceOverTime): number {
  return counts.at(-1)?.count ?? 0;
}

function gain(counts: readonly Reading[]): number {
  const known = counts.flatMap(({ count }) => (count === null ? [] : [count]));
  return (known.at(-1) ?? 0) - (known[0] ?? 0);
}

/** Most services have one thread: its name is only noise. */
function prefixed(thread: string): string {
  return thread === MAIN ? '' : `${thread}: `;
}
