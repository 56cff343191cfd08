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
  const state = areAllKnown
    ? `libuv pool: ${pool.length} of ${pool.length} ${pool.length === 1 ? 'thread' : 'threads'} busy`
    : 'no thread of the libuv pool is idle';
  return `${state}${describeCalls(pool)}`;
}

/** Functions of libuv that look up names, for which they make many system calls. */
const LOOK_UP = /^uv__(get(?:addr|name)info)_work$/;

/** `, all in openat`, `, 3 in openat, 1 in getaddrinfo`: what the threads sleep in; empty where that is not known. */
function describeCalls(pool: readonly OtherThread[]): string {
  const counts = new Map<string, number>();
  for (const call of pool.flatMap((thread) => callOf(thread) ?? [])) {
    counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  const calls = [...counts].sort(([, a], [, b]) => b - a);
  if (pool.length === 1) return calls.map(([call]) => `, in ${call}`).join('');
  return calls.map(([call, count]) => `, ${count === pool.length ? 'all' : count} in ${call}`).join('');
}

function callOf({ stack, state, syscall }: OtherThread): string | null {
  const frames = stack.status === 'captured' ? stack.frames : [];
  for (const { functionName } of frames) {
    const lookUp = LOOK_UP.exec(functionName)?.[1];
    if (lookUp !== undefined) return lookUp;
  }
  // A futex shows that the thread waits for a lock, but not what it is working on.
  if (state === 'R' || syscall === null || syscall.name === '' || syscall.name === 'futex') return null;
  return syscall.name;
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
