import { areKnown } from '../../report/facts';
import type { IsolateThread, Photograph } from '../../report/model';
import { shownName, shownPosition } from '../../report/positions';
import { firstLine } from '../../report/summary/fatal';
import { FileNames } from '../../report/summary/file-names';
import { describeCounted } from '../../report/summary/green';
import { describeFullHeap } from '../../report/summary/heap';
import type { Naming } from '../../report/summary/place';
import { describeSpin } from '../../report/summary/spin';
import { describeState, describeThread } from '../../report/summary/states';
import { choosePlace } from '../../report/summary/where';
import { clip } from '../../escape';
import { alikeKey } from '../alike';
import { identityOf } from '../identity';
import type { ProcessIdentity } from '../model';
import { readPlaces, type PlaceReading } from '../places';
import { isExhausted, isLock, readPools } from '../pools';
import type { AspectKind } from './model';

/** One aspect of one process. */
export interface OwnAspect {
  readonly kind: AspectKind;
  /** The same in processes that are alike, with whole paths. */
  readonly key: string;
  readonly text: string;
  /** What is counted; null where nothing is. */
  readonly count: number | null;
}

/** What a merge keeps of a report: some hundred bytes for each aspect. */
export interface Digest {
  readonly process: ProcessIdentity;
  readonly requestedAtMs: number;
  /** `idle` or `running`: a matter of chance, which makes no class. Null when the main thread is in another state. */
  readonly chance: 'idle' | 'running' | null;
  readonly aspects: readonly OwnAspect[];
}

const MAX_TEXT = 500;
const MAX_KEY = 1000;
const MAX_ASPECTS = 12;

/** The aspects by which processes are alike or not, without the numbers. */
export function digestOf(photograph: Photograph): Digest {
  const { facts } = photograph;
  const naming: Naming = { files: new FileNames(), root: areKnown(facts) ? facts.package.root : null };
  // The first time notes which files are named, so that the second time can tell files of the same name apart.
  aspectsOf(photograph, naming);
  const aspects = aspectsOf(photograph, naming).slice(0, MAX_ASPECTS);
  return {
    process: identityOf(photograph),
    requestedAtMs: photograph.requestedAtMs,
    chance: chanceOf(photograph),
    aspects: aspects.map((aspect) => ({
      ...aspect,
      key: clip(aspect.key, MAX_KEY),
      text: clip(aspect.text, MAX_TEXT),
    })),
  };
}

function chanceOf({ isolates, trigger }: Photograph): Digest['chance'] {
  const state = isolates.find(({ kind }) => kind === 'main')?.state;
  return trigger.kind !== 'fatal' && (state === 'idle' || state === 'running') ? state : null;
}

function aspectsOf(photograph: Photograph, naming: Naming): readonly OwnAspect[] {
  const { trigger, isolates } = photograph;
  if (trigger.kind === 'fatal') {
    const text = `about to end: ${firstLine(trigger.error)}`;
    return [{ kind: 'fatal', key: alikeKey(text), text, count: null }];
  }
  const mains = isolates.filter(({ kind }) => kind === 'main');
  return [
    ...mains.map((main) => describeMain(main, naming)),
    ...workerAspects(isolates, naming),
    ...isolates.flatMap(heapAspect),
    ...mains.flatMap((main) => waitingAspects(main, naming)),
  ];
}

/** Whether a thread that is not stuck ran when the report was made is a matter of chance. */
function describeMain(main: IsolateThread, naming: Naming): OwnAspect {
  const label = 'main thread';
  const spin = describeSpin(main, naming);
  if (spin !== null) return { kind: 'main', key: alikeKey(spin), text: `${label} ${spin}`, count: null };
  if (main.state === 'idle' || main.state === 'running') {
    return { kind: 'main', key: 'free', text: `${label} not blocked`, count: null };
  }
  return {
    kind: 'main',
    key: placeKey(main, naming),
    text: `${label} ${describeThread(main, naming)}`,
    count: null,
  };
}

function placeKey(isolate: IsolateThread, naming: Naming): string {
  const { stack, state } = isolate;
  const chosen = stack.status === 'captured' ? choosePlace(stack.frames, naming) : null;
  if (chosen === null) return alikeKey(describeState(isolate, '', naming));
  const { file, line } = shownPosition(chosen.frame);
  return `${state} ${shownName(chosen.frame)} ${file ?? ''}:${line ?? ''}`;
}

/** Workers that are blocked or do not answer, those at one place together. */
function workerAspects(isolates: readonly IsolateThread[], naming: Naming): readonly OwnAspect[] {
  const found = new Map<string, { text: string; count: number }>();
  for (const isolate of isolates) {
    if (isolate.kind !== 'worker' || !(isolate.state === 'blocked' || isolate.state === 'not-answering'))
      continue;
    const key = placeKey(isolate, naming);
    const same = found.get(key);
    if (same === undefined)
      found.set(key, { text: `workers ${describeState(isolate, '', naming)}`, count: 1 });
    else same.count += 1;
  }
  const aspects = [...found].map(([key, { text, count }]): OwnAspect => ({
    kind: 'worker',
    key,
    text,
    count,
  }));
  return aspects.toSorted(byKey);
}

function heapAspect(isolate: IsolateThread): readonly OwnAspect[] {
  const sentence = describeFullHeap(isolate);
  if (sentence === null) return [];
  return [{ kind: 'full-heap', key: isolate.kind, text: sentence.replace(/\.$/, ''), count: null }];
}

function waitingAspects(main: IsolateThread, naming: Naming): readonly OwnAspect[] {
  const places = readPlaces(main, naming);
  if (places === null)
    return [{ kind: 'suspended', key: 'unknown', text: 'suspended functions not available', count: null }];
  const deadlocks = uniquePlaces(places.filter(({ place }) => place.deadlock)).map((each) =>
    aspectOf('deadlock', each),
  );
  const pools = [...(readPools(main, naming)?.values() ?? [])]
    .filter(isExhausted)
    .map(({ key, name, noun, limit, waitingIn, heldBy, waiting }): OwnAspect => ({
      kind: 'pool',
      key,
      text: [
        `${name} ${isLock(limit, noun) ? 'locked' : 'exhausted'}`,
        waitingIn === '' ? '' : `most wait ${waitingIn}`,
        heldBy,
      ]
        .filter((part) => part !== '')
        .join('; '),
      count: waiting,
    }));
  if (deadlocks.length + pools.length > 0) return [...deadlocks.toSorted(byKey), ...pools.toSorted(byKey)];
  // Where nothing is known to be wrong, the place where most functions wait says what a process does.
  const all = uniquePlaces(places.filter(({ isOwn }) => isOwn));
  const [top] = all.toSorted((a, b) => compareRank(a.reading, b.reading) || b.count - a.count);
  return top === undefined ? [] : [aspectOf('suspended', top)];
}

/** The order in which a report has them depends on their numbers. */
function byKey(a: OwnAspect, b: OwnAspect): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

interface Counted {
  readonly reading: PlaceReading;
  readonly count: number;
}

/** Places that a summary names alike, together. */
function uniquePlaces(places: readonly PlaceReading[]): readonly Counted[] {
  const merged = new Map<string, Counted>();
  for (const reading of places) {
    const key = `${reading.placeKey}\0${reading.waitKey ?? ''}`;
    const same = merged.get(key);
    const count = reading.group.count + (same?.count ?? 0);
    merged.set(key, { reading: same?.reading ?? reading, count });
  }
  return [...merged.values()];
}

/** As in a summary, but for the number. */
function compareRank(a: PlaceReading, b: PlaceReading): number {
  for (const [index, value] of a.place.rank.slice(0, -1).entries()) {
    const difference = (b.place.rank[index] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return 0;
}

function aspectOf(kind: AspectKind, { reading, count }: Counted): OwnAspect {
  const { place, placeKey: named, waitKey } = reading;
  const key = `${named}\0${waitKey ?? ''}`;
  // Functions that wait for each other: the text names them all.
  if (place.text.startsWith('DEADLOCK')) return { kind, key, text: place.text, count: null };
  const text = describeCounted({ ...place, count: 2 }).slice('2 '.length);
  return { kind, key, text: text + place.users, count };
}
