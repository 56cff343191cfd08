import { counted } from '../async-frames';
import { areKnown } from '../facts';
import type { IsolateThread, Photograph } from '../model';
import { describeFatal } from './fatal';
import { FileNames } from './file-names';
import { mergeSuspended, readSuspended, type Suspended } from './green';
import { describeFullHeap } from './heap';
import type { Naming } from './place';
import { describeSpin } from './spin';
import { describeThread, isolateLabel } from './states';
import { describeBusyThreads } from './threads';
import { describeWorkers, isQuiet, listWorkers } from './workers';

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
  // A main thread that only waits for events is no cause, but the first sentence may be all that an alert shows.
  const isMainCalm =
    trigger.kind !== 'fatal' && isolates.every((each) => each.kind !== 'main' || isCalm(each));
  return [
    ...(isMainCalm ? [] : main),
    ...describeFullHeaps(photograph),
    ...waiting.flatMap(describeDeadlocks),
    ...describeWorkers(
      others.filter((worker) => !isCalm(worker)),
      naming,
    ),
    ...describeBusyThreads(otherThreads),
    ...(isMainCalm ? main : []),
    ...describeMainWaits(photograph, waiting),
    ...jobs.sentences,
    ...describeWorkers(others.filter(isCalm), naming),
  ];
}

function describeFullHeaps({ isolates, trigger }: Photograph): readonly string[] {
  // Before a fatal error the main thread waits for the report, so that it does not answer says nothing of its heap.
  const known = isolates.filter(
    ({ kind, heap }) => !(trigger.kind === 'fatal' && kind === 'main' && heap.status === 'unavailable'),
  );
  return known.flatMap((isolate) => describeFullHeap(isolate) ?? []);
}

function describeMain({ trigger, isolates }: Photograph, naming: Naming): readonly string[] {
  // A thread that met a fatal error is not blocked: it waits for this very report.
  if (trigger.kind === 'fatal') return describeFatal(trigger, isolates, naming);
  return isolates
    .filter(({ kind }) => kind === 'main')
    .map((main) => `main thread: ${describeThread(main, naming)}.`);
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

function describeMainWaits(
  { isolates, trigger }: Photograph,
  waiting: readonly Waiting[],
): readonly string[] {
  // Whatever waits, the process ends.
  if (trigger.kind === 'fatal') return [];
  return isolates.filter(({ kind }) => kind === 'main').flatMap((main) => describeWaiting(main, waiting));
}

/** What is suspended in the main thread. An idle thread without any is no proof that nothing hangs. */
function describeWaiting(main: IsolateThread, waiting: readonly Waiting[]): readonly string[] {
  const { greenThreads } = main;
  const found = waiting.find(({ isolate }) => isolate === main)?.suspended;
  if (greenThreads.status === 'unavailable' || found === undefined) {
    const reason = greenThreads.status === 'unavailable' ? `: ${greenThreads.reason}` : '';
    return main.state === 'idle'
      ? [`main thread: suspended async functions are not available${reason}.`]
      : [];
  }
  const least = greenThreads.partial === null ? '' : 'at least ';
  const sentences = found.places.map(
    ({ count, text }) => `main thread: ${least}${counted(count, 'async function')} ${text}.`,
  );
  if (found.rest !== '') sentences.push(`main thread: ${least}${found.rest}.`);
  const isNothing = found.deadlocks.length + sentences.length === 0;
  return isNothing && main.state === 'idle' ? [describeNothing(found, least)] : sentences;
}

function describeNothing({ internal }: Suspended, least: string): string {
  const what =
    internal === 0 ? 'is suspended' : `of the application is suspended (${least}${internal} of Node)`;
  return `main thread: no async function ${what}; what waits in callbacks or promise chains (.then) is not listed.`;
}

/** The jobs of the application that are suspended in workers; with the state of those that do nothing else. */
function describeJobs(waiting: readonly Waiting[]): {
  readonly sentences: readonly string[];
  /** Workers whose state the sentences have. */
  readonly named: ReadonlySet<IsolateThread>;
} {
  const named = new Set<IsolateThread>();
  const jobs = mergeSuspended(waiting.filter(({ suspended }) => suspended.hasApplication));
  const sentences = jobs.map(({ text, count, isolates }) => {
    const idle = isolates.filter(({ state }) => state === 'idle');
    for (const isolate of idle) named.add(isolate);
    const state = idle.length === isolates.length ? 'idle, ' : '';
    return `${listWorkers(isolates)}: ${state}${counted(count, 'async function')} ${text}.`;
  });
  return { sentences, named };
}
