import type { IsolateThread, OtherThread } from './model';
import { isIdleHelper, rolesOf } from './thread-roles';
import { waitText, type WaitAnswer } from './waits';

/** Work that one of libuv's threads does, or that waits for a free one. */
const JOBS = /^(?:fs request$|fs\.readFile\(\)|DNS lookup |crypto .* job$|zlib .* job)/;
const POOL = 'libuv worker';

/**
 * Adds to what functions wait for that no thread of libuv's pool is idle, where that is so: then what they wait for may not
 * have begun.
 */
export function withPoolState(
  isolates: readonly IsolateThread[],
  threads: readonly OtherThread[],
): readonly IsolateThread[] {
  const state = busyPool(threads);
  return state === '' ? isolates : isolates.map((isolate) => withState(isolate, state));
}

/** Empty if a thread of the pool is idle, or none is known. */
function busyPool(threads: readonly OtherThread[]): string {
  const roleOf = rolesOf(threads);
  const pool = threads.filter((thread) => roleOf(thread) === POOL);
  if (pool.length === 0 || pool.some((thread) => isIdleHelper(thread))) return '';
  // A thread that runs has no stack, and older versions of Node do not name it: it may be one of the pool.
  const areAllKnown = threads.every((thread) => roleOf(thread) !== '' || thread.state !== 'R');
  return areAllKnown
    ? `libuv pool: ${pool.length} of ${pool.length} ${pool.length === 1 ? 'thread' : 'threads'} busy`
    : 'no thread of the libuv pool is idle';
}

function withState(isolate: IsolateThread, state: string): IsolateThread {
  const { greenThreads } = isolate;
  if (greenThreads.status === 'unavailable') return isolate;
  const groups = greenThreads.groups.map((group) => {
    if (!group.waits.answers.some(({ text }) => JOBS.test(text))) return group;
    const answers = group.waits.answers.map((answer) => answerWithState(answer, state));
    const waits = { ...group.waits, answers };
    return { ...group, waits, waitsFor: waitText(waits) };
  });
  return { ...isolate, greenThreads: { ...greenThreads, groups } };
}

function answerWithState(answer: WaitAnswer, state: string): WaitAnswer {
  return JOBS.test(answer.text) ? { ...answer, text: `${answer.text} (${state})` } : answer;
}
