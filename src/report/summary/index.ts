import { areKnown } from '../facts';
import type { IsolateThread, Photograph } from '../model';
import { describeRunningChildren } from './children';
import { describeFatal } from './fatal';
import { FileNames } from './file-names';
import { describeCounted, mergeSuspended, readSuspended, type Suspended } from './green';
import { describeGone } from './gone';
import { describeExternal, describeFullHeap, describeLargestClasses } from './heap';
import { describeKeepers } from './kept';
import { describeStuckThings } from './open';
import type { Naming } from './place';
import { describeOutgoing, describeRequests } from './requests';
import { describeSpin } from './spin';
import { isolateLabel } from './states';
import { describeBusyThreads } from './threads';
import { describeWithChild, describeWorkers, isQuiet, listWorkers } from './workers';

export { firstLine } from './fatal';
export { isolateLabel } from './states';

const MAX_SENTENCES = 12;
/** States of threads that have JavaScript or native code to go on with. */
const RUNNING: ReadonlySet<IsolateThread['state']> = new Set(['blocked', 'running', 'not-answering']);

/**
 * What a tired person needs to act, the likeliest cause first, one sentence per thread or group of threads that are
 * alike: `main thread: blocked for 12.4 s in deploy (deploy.js:41), in execSync of node:child_process.`
 */
export function summarize(photograph: Photograph): readonly string[] {
  const { facts } = photograph;
  const naming: Naming = { files: new FileNames(), root: areKnown(facts) ? facts.package.root : null };
  // The first time notes which files are named, so that the second time can tell files of the same name apart.
  compose(photograph, naming);
  const sentences = compose(photograph, naming);
  if (sentences.length <= MAX_SENTENCES) return sentences;
  const left = sentences.length - MAX_SENTENCES + 1;
  return [...sentences.slice(0, MAX_SENTENCES - 1), `${left} more like these: see Threads.`];
}

/** A thread, and what is suspended in it. */
interface Waiting {
  readonly isolate: IsolateThread;
  readonly suspended: Suspended;
}

function compose(photograph: Photograph, naming: Naming): readonly string[] {
  const { isolates, otherThreads, trigger } = photograph;
  if (isolates.length === 0) return [...describeMain(photograph, naming), 'No JavaScript thread is known.'];
  const waiting = isolates.flatMap((isolate) => readThread(isolate, naming));
  const ofWorkers = waiting.filter(({ isolate }) => isolate.kind === 'worker');
  const workers = isolates.filter(({ kind }) => kind === 'worker');
  const jobs = describeJobs(ofWorkers);
  const others = workers.filter((worker) => !jobs.named.has(worker));
  const isCalm = (isolate: IsolateThread): boolean =>
    isQuiet(isolate) && describeSpin(isolate, naming) === null;
  const main = describeMain(photograph, naming);
  // A main thread that only waits for events is no cause: what it waits for comes before it.
  const isMainCalm =
    trigger.kind !== 'fatal' && isolates.every((each) => each.kind !== 'main' || isCalm(each));
  const children = trigger.kind === 'fatal' ? { busy: [], others: [] } : describeRunningChildren(photograph);
  const waits = describeMainWaits(photograph, waiting, naming);
  return [
    ...(isMainCalm ? [] : main),
    ...describeFullHeaps(photograph, naming),
    ...waiting.flatMap(describeDeadlocks),
    ...describeWorkers(
      others.filter((worker) => !isCalm(worker)),
      photograph,
      naming,
    ),
    ...describeBusyThreads(otherThreads),
    ...children.busy,
    ...isolates.flatMap((isolate) => describeExternal(isolate) ?? []),
    ...(trigger.kind === 'fatal' ? [] : isolates.flatMap((isolate) => describeStuckThings(isolate, naming))),
    ...waits.causes,
    ...(isMainCalm ? main : []),
    ...waits.nothing,
    ...jobs.sentences,
    ...(isMainCalm ? children.others : []),
    ...describeWorkers(others.filter(isCalm), photograph, naming),
  ];
}

function describeFullHeaps({ isolates, trigger }: Photograph, naming: Naming): readonly string[] {
  // Before a fatal error the main thread waits for the report, so that it does not answer says nothing of its heap.
  const known = isolates.filter(
    ({ kind, heap }) => !(trigger.kind === 'fatal' && kind === 'main' && heap.status === 'unavailable'),
  );
  return known.flatMap((isolate) => {
    const full = describeFullHeap(isolate);
    const largest = full === null ? null : describeLargestClasses(isolate, naming);
    return [full, largest].filter((sentence) => sentence !== null);
  });
}

function describeMain(photograph: Photograph, naming: Naming): readonly string[] {
  const { trigger, isolates } = photograph;
  // A thread that met a fatal error is not blocked: it waits for this very report.
  if (trigger.kind === 'fatal') return describeFatal(trigger, isolates, naming);
  return isolates
    .filter(({ kind }) => kind === 'main')
    .map((main) => `${describeWithChild(main, photograph, naming)}.`);
}

function readThread(isolate: IsolateThread, naming: Naming): readonly Waiting[] {
  const { greenThreads } = isolate;
  if (greenThreads.status === 'unavailable') return [];
  // What runs may resolve what nothing else in the heap can.
  const mayResolve = RUNNING.has(isolate.state);
  return [{ isolate, suspended: readSuspended(greenThreads, naming, mayResolve) }];
}

function describeDeadlocks({ isolate, suspended }: Waiting): readonly string[] {
  return suspended.deadlocks.map((text) => `${isolateLabel(isolate)}: ${text}.`);
}

/** What waits in the main thread, and requests that wait in workers. */
interface MainWaits {
  readonly causes: readonly string[];
  /** That nothing of the application is known to wait, or why that is not known. */
  readonly nothing: readonly string[];
}

function describeMainWaits(
  { isolates, trigger }: Photograph,
  waiting: readonly Waiting[],
  naming: Naming,
): MainWaits {
  // Whatever waits, the process ends.
  if (trigger.kind === 'fatal') return { causes: [], nothing: [] };
  const ofMains = isolates
    .filter(({ kind }) => kind === 'main')
    .map((main) => describeWaiting(main, waiting, naming));
  const ofWorkers = isolates.filter(({ kind }) => kind === 'worker');
  return {
    causes: [
      ...ofMains.flatMap(({ causes }) => causes),
      ...ofWorkers.flatMap((worker) => describeLongRequests(worker, naming)),
    ],
    nothing: ofMains.flatMap(({ nothing }) => nothing),
  };
}

function describeLongRequests(isolate: IsolateThread, naming: Naming): readonly string[] {
  const requests = describeRequests(isolate, naming, false);
  return requests === null ? [] : [`${isolateLabel(isolate)}: ${requests}.`];
}

/** What is suspended in the main thread. An idle thread without any is no proof that nothing hangs. */
function describeWaiting(main: IsolateThread, waiting: readonly Waiting[], naming: Naming): MainWaits {
  const { greenThreads } = main;
  const found = waiting.find(({ isolate }) => isolate === main)?.suspended;
  if (greenThreads.status === 'unavailable' || found === undefined) {
    const reason = greenThreads.status === 'unavailable' ? `: ${greenThreads.reason}` : '';
    const unknown = `main thread: suspended async functions are not available${reason}.`;
    return {
      causes: describeLongRequests(main, naming),
      nothing: main.state === 'idle' ? [unknown] : [],
    };
  }
  const least = greenThreads.partial === null ? '' : 'at least ';
  const sentences = found.places.map(
    (place) => `main thread: ${least === '' ? leadOf(place, found) : least}${describeCounted(place)}.`,
  );
  if (found.rest !== '') sentences.push(`main thread: ${least}${found.rest}.`);
  const isNothing = found.deadlocks.length + sentences.length === 0;
  if (!isNothing || main.state !== 'idle') {
    return { causes: [...sentences, ...describeLongRequests(main, naming)], nothing: [] };
  }
  const gone = describeGone(main.greenThreads, naming);
  if (gone !== '') {
    const goes = `main thread: ${gone} went on while the heap was read.`;
    return { causes: [goes, ...describeLongRequests(main, naming)], nothing: [] };
  }
  return describeNothing(main, found, least, naming);
}

/** What comes before the first callbacks if they are all that waits. */
function leadOf(place: Suspended['places'][number], { places, deadlocks, internal }: Suspended): string {
  if (place !== places[0] || !place.isCallback || deadlocks.length > 0) return '';
  return `no async function ${internal === 0 ? '' : 'of the application '}is suspended; `;
}

function describeNothing(
  main: IsolateThread,
  { internal, internalCallbacks }: Suspended,
  least: string,
  naming: Naming,
): MainWaits {
  const what =
    internal === 0 ? 'is suspended' : `of the application is suspended (${least}${internal} of Node)`;
  const requests = describeRequests(main, naming, true) ?? describeOutgoing(main);
  if (requests !== null) {
    return { causes: [`main thread: no async function ${what}, but ${requests}.`], nothing: [] };
  }
  const whose = internalCallbacks === 0 ? '' : ' of the application';
  const keepers = describeKeepers(main, naming);
  const rest = keepers === null ? 'most other callbacks are not listed' : `kept alive by ${keepers}`;
  const nothing = `no async function ${what}${internal === 0 ? '' : ','} and no .then() handler${whose} waits for a native promise`;
  return { causes: [], nothing: [`main thread: ${nothing}; ${rest}.`] };
}

/** The jobs of the application that are suspended in workers; with the state of those that do nothing else. */
function describeJobs(waiting: readonly Waiting[]): {
  readonly sentences: readonly string[];
  /** Workers whose state the sentences have. */
  readonly named: ReadonlySet<IsolateThread>;
} {
  const named = new Set<IsolateThread>();
  const jobs = mergeSuspended(waiting.filter(({ suspended }) => suspended.hasApplication));
  const sentences = jobs.map((job) => {
    const { isolates } = job;
    const idle = isolates.filter(({ state }) => state === 'idle');
    for (const isolate of idle) named.add(isolate);
    const state = idle.length === isolates.length ? 'idle, ' : '';
    return `${listWorkers(isolates)}: ${state}${describeCounted(job)}.`;
  });
  return { sentences, named };
}
