import type { AsyncFrame, GreenThreadGroup, IsolateThread } from '../report/model';
import { shownName, shownPosition } from '../report/positions';
import { isKnownWait, placesOf, type Place } from '../report/summary/green';
import { ownerOf, type Naming } from '../report/summary/place';
import { alikeKey } from './alike';

/** One group of suspended functions in one report. */
export interface PlaceReading {
  readonly group: GreenThreadGroup;
  readonly place: Place;
  /** Whether a function of the application is in it. */
  readonly isOwn: boolean;
  /** The same for groups whose chain is the same. */
  readonly chainKey: string;
  /** The same for groups of which a summary names the same function. */
  readonly placeKey: string;
  /** The same for groups that wait for the same, whatever the numbers; null when it is not known for all of a group. */
  readonly waitKey: string | null;
}

/** The groups of a thread; null when they are not available. */
export function readPlaces(isolate: IsolateThread, naming: Naming): readonly PlaceReading[] | null {
  const { greenThreads, state } = isolate;
  if (greenThreads.status === 'unavailable') return null;
  // What runs may resolve what nothing else in the heap can.
  const mayResolve = state === 'running' || state === 'blocked' || state === 'not-answering';
  return placesOf(greenThreads, naming, mayResolve).map(({ group, place, isOwn }) => ({
    group,
    place,
    isOwn,
    chainKey: group.frames.map(frameKey).join('\0'),
    placeKey: namedKey(group, naming),
    waitKey: waitKeyOf(group),
  }));
}

function waitKeyOf({ waitsFor, seenIn, count }: GreenThreadGroup): string | null {
  return isKnownWait(waitsFor) && seenIn >= count ? alikeKey(waitsFor) : null;
}

/** By whole paths: short names depend on the other names of a report. */
function frameKey(frame: AsyncFrame): string {
  const { file, line } = shownPosition(frame);
  return `${frame.kind} ${frame.className ?? ''}.${shownName(frame)} ${file ?? ''}:${line ?? ''}`;
}

function namedKey({ frames, deadlock }: GreenThreadGroup, naming: Naming): string {
  const isCallback = frames[0]?.kind === 'callback';
  const inCycle = frames.filter((frame) => frame.inCycle);
  if (deadlock && inCycle.length > 0) return `cycle\0${inCycle.map(frameKey).join('\0')}`;
  const own = frames.find(
    (frame) => ownerOf(frame, naming).kind === 'application' && (isCallback || frame.kind !== 'callback'),
  );
  const named = own ?? frames.find((frame) => ownerOf(frame, naming).kind === 'package') ?? frames[0];
  return `${isCallback ? 'callback' : 'function'}\0${named === undefined ? '' : frameKey(named)}`;
}
