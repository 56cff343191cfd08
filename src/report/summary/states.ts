import { formatDuration } from '../duration';
import type { IsolateThread } from '../model';
import { stateInWords, syscallName } from '../os-state';
import { placeRequest } from '../trace-text';
import { boundedName } from '../../escape';
import { ownerOfFile } from '../code-owner';
import { located, type Naming } from './place';
import { describeSpin } from './spin';
import { choosePlace, describeWhere } from './where';

/** `main thread`, `worker 3` or `worker 3 (resizer)`. */
export function isolateLabel(isolate: IsolateThread): string {
  if (isolate.kind === 'main') return 'main thread';
  return isolate.name === ''
    ? `worker ${isolate.threadId}`
    : `worker ${isolate.threadId} (${boundedName(isolate.name)})`;
}

/** `blocked for 2.3 s in logRequest (app.js:7), in write(fd 1 -> pipe)` */
export function describeThread(isolate: IsolateThread, naming: Naming): string {
  const { state, loopStalledMs } = isolate;
  const isTimed = state === 'blocked' || state === 'idle';
  const known = isTimed && loopStalledMs !== null ? ` for ${formatDuration(loopStalledMs)}` : '';
  return describeSpin(isolate, naming) ?? describeState(isolate, known, naming) + describeSpan(isolate);
}

/** `, in span POST /checkout of trace 4bf92f3577b34da6a3ce929d0e0e4736` */
function describeSpan({ state, request }: IsolateThread): string {
  const isAtWork = state === 'running' || state === 'blocked';
  return isAtWork && request !== null ? `, ${placeRequest(request)}` : '';
}

/** The state with a duration of the caller's choice: a group of threads has a range of them. */
export function describeState(isolate: IsolateThread, duration: string, naming: Naming): string {
  switch (isolate.state) {
    case 'idle':
      return `idle${duration}`;
    case 'running':
    case 'blocked':
      return withPlace(`${isolate.state}${duration}`, isolate, naming);
    case 'waiting':
      return `waiting in Atomics.wait${describeWaiter(isolate, naming)}`;
    case 'not-answering':
      return withPlace(`not answering, ${osWords(isolate)}`, isolate, naming);
    case 'not-registered':
      if (isUnseen(isolate)) return 'not registered';
      return withPlace(
        `not registered (gmr-native is not loaded in it), ${osWords(isolate)}`,
        isolate,
        naming,
      );
    case 'exited':
      return 'exited while the report was made';
  }
}

/** True for a worker without gmr-native about which nothing is known: most are those of a loader, and harmless. */
export function isUnseen(isolate: IsolateThread): boolean {
  return isolate.state === 'not-registered' && isolate.os.status === 'unavailable' && !hasFrames(isolate);
}

const BUSY_QUEUES: ReadonlyMap<IsolateThread['busyQueue'], string> = new Map([
  ['promise-jobs', 'promise jobs'],
  ['ticks', 'callbacks of process.nextTick'],
  ['promise-jobs-and-ticks', 'promise jobs and callbacks of process.nextTick'],
] as const);

function withPlace(words: string, isolate: IsolateThread, naming: Naming): string {
  // Without a stack, the system call is in the words for these states.
  const isInWords = isolate.state === 'not-answering' || isolate.state === 'not-registered';
  if (isInWords && !hasFrames(isolate)) return words;
  const where = describeWhere(isolate, naming);
  if (where === '') return words;
  const isPlace = /^(in|at|outside|between) /.test(where);
  const queue = BUSY_QUEUES.get(isolate.busyQueue ?? null);
  if (queue !== undefined) return `${words} by ${queue}, one after the other: now ${where}`;
  return isPlace ? `${words} ${where}` : `${words}, ${where}`;
}

/** `sleeping in read(fd 24 -> /run/db)`, `running` */
function osWords(isolate: IsolateThread): string {
  const { os } = isolate;
  if (os.status === 'unavailable') return `OS state not available (${os.reason})`;
  const words = stateInWords(os.state);
  // With a stack, the system call follows the place.
  if (os.syscall === null || hasFrames(isolate)) return words;
  return `${words} in ${syscallName(os.syscall)}`;
}

function hasFrames({ stack }: IsolateThread): boolean {
  return stack.status === 'captured' && stack.frames.length > 0;
}

/** Who waits: ` (piscina worker)`, or the place in the application. */
function describeWaiter({ stack, entry }: IsolateThread, naming: Naming): string {
  const chosen = stack.status === 'captured' ? choosePlace(stack.frames, naming) : null;
  if (chosen?.owner.kind === 'package') return ` (${chosen.owner.name} worker)`;
  const owner = ownerOfFile(entry, naming.root);
  if (chosen?.owner.kind !== 'application' && owner.kind === 'package') return ` (${owner.name} worker)`;
  if (chosen?.owner.kind !== 'application') return '';
  return ` ${located(chosen.frame, naming)}`;
}
