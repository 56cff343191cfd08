import { isCallbackGroup } from '../report/async-frames';
import type { GreenThreadGroup, IsolateThread } from '../report/model';
import type { Naming } from '../report/summary/place';
import { comparedFrame } from './frames';
import type { ComparedSuspended, NotCompared, Reading } from './model';
import { readPlaces, type PlaceReading } from './places';
import { changeOf, UNKNOWN } from './series';
import { lastOf, missingPart, type ThreadOverTime } from './scene';

/** Suspended functions at one place, with what only the verdict needs. */
export interface PlaceOverTime extends ComparedSuspended {
  readonly isOwn: boolean;
  /** In the last report that has the place, where most of the functions are. */
  readonly group: GreenThreadGroup;
}

/** The groups of one thread over all reports. */
export interface SuspendedOverTime {
  /** Groups with the same chain. */
  readonly chains: readonly PlaceOverTime[];
  /** The same, with those together of which a summary names the same function. */
  readonly places: readonly PlaceOverTime[];
  readonly notCompared: readonly NotCompared[];
}

/** What a report knows of the groups of a thread. */
interface Known {
  readonly places: readonly PlaceReading[];
  /** False when groups were omitted or not looked for: then a place that is not listed may be there all the same. */
  readonly isWhole: boolean;
  /** True when more functions than were counted may be there. */
  readonly atLeast: boolean;
}

/** Compares what is suspended in one thread. */
export function compareSuspended(thread: ThreadOverTime, naming: Naming): SuspendedOverTime {
  const known = thread.isolates.map((isolate) => readReport(isolate, naming));
  return {
    chains: compareBy(thread, known, ({ chainKey }) => chainKey),
    places: compareBy(thread, known, ({ placeKey }) => placeKey),
    notCompared: missingPart(
      thread,
      (name) => `suspended functions of ${name}`,
      ({ greenThreads }) => greenThreads,
    ),
  };
}

function readReport(isolate: IsolateThread | null, naming: Naming): Known | null {
  if (isolate === null) return null;
  const places = readPlaces(isolate, naming);
  const { greenThreads } = isolate;
  if (places === null || greenThreads.status === 'unavailable') return null;
  const atLeast = greenThreads.partial !== null;
  return { places, isWhole: !atLeast && greenThreads.groupsLeftOut === 0, atLeast };
}

type Keyed = (reading: PlaceReading) => string;

function compareBy(
  { label, isolates }: ThreadOverTime,
  known: readonly (Known | null)[],
  keyOf: Keyed,
): readonly PlaceOverTime[] {
  const splits = keysWithKnownWaits(known, keyOf);
  const rows = new Map<string, readonly PlaceReading[][]>();
  for (const [index, report] of known.entries()) {
    for (const reading of report?.places ?? []) {
      const key = keyOf(reading);
      // Unless all waits at this place are known in all reports, those that are known may be any of them.
      const whole = splits.has(key) ? `${key}\0${reading.waitKey ?? ''}` : key;
      const row = rows.get(whole) ?? known.map((): PlaceReading[] => []);
      row[index]?.push(reading);
      rows.set(whole, row);
    }
  }
  const last = lastOf(isolates);
  return [...rows.values()].flatMap((row) => describeRow(row, known, { label, last }));
}

function keysWithKnownWaits(known: readonly (Known | null)[], keyOf: Keyed): ReadonlySet<string> {
  const keys = new Set<string>();
  const unknown = new Set<string>();
  for (const report of known) {
    for (const reading of report?.places ?? []) {
      (reading.waitKey === null ? unknown : keys).add(keyOf(reading));
    }
  }
  for (const key of unknown) keys.delete(key);
  return keys;
}

function describeRow(
  row: readonly (readonly PlaceReading[])[],
  known: readonly (Known | null)[],
  { label, last }: { readonly label: string; readonly last: IsolateThread | null },
): readonly PlaceOverTime[] {
  const sample = row.findLast((readings) => readings.length > 0)?.reduce(larger);
  if (sample === undefined) return [];
  const counts = known.map((report, index) => countOf(report, row[index] ?? []));
  const { group, place } = sample;
  return [
    {
      thread: label,
      kind: isCallbackGroup(group) ? 'callback' : 'function',
      text: place.text,
      waitsFor: group.waitsFor,
      deadlock: place.deadlock,
      frames: group.frames.map(comparedFrame),
      counts,
      change: changeOf(counts),
      waitedAtLeastMs: (counts.at(-1)?.count ?? 0) > 0 ? waitedAtLeast(last) : null,
      isOwn: sample.isOwn,
      group,
    },
  ];
}

function larger(a: PlaceReading, b: PlaceReading): PlaceReading {
  return b.group.count > a.group.count ? b : a;
}

function countOf(report: Known | null, readings: readonly PlaceReading[]): Reading {
  if (report === null) return UNKNOWN;
  const count = readings.reduce((sum, { group }) => sum + group.count, 0);
  if (count === 0 && !report.isWhole) return UNKNOWN;
  return { count, atLeast: report.atLeast };
}

/** While an event loop waits for events, no function goes on and none is called. */
function waitedAtLeast(last: IsolateThread | null): number | null {
  return last?.state === 'idle' ? last.loopStalledMs : null;
}
