import type { OtherThread } from './model';

/** What Node's own threads are for, by a function that is on their stacks for as long as they live. */
const SCHEDULER = 'V8 task scheduler';
const PLATFORM_WORKER = 'V8 platform worker';
const INSPECTOR = 'inspector signal thread';
const ROLES: readonly (readonly [string, string])[] = [
  ['DelayedTaskScheduler', SCHEDULER],
  ['PlatformWorkerThread', PLATFORM_WORKER],
  ['StartIoThreadMain', INSPECTOR],
];

/** Names that newer versions of Node give to their threads. */
const ROLES_BY_NAME: ReadonlyMap<string, string> = new Map([
  ['DelayedTaskSche', SCHEDULER],
  ['V8Worker', PLATFORM_WORKER],
  ['SignalInspector', INSPECTOR],
  ['libuv-worker', 'libuv worker'],
]);

/** Names that threads have from the one that made them. */
const PROGRAM_NAMES: ReadonlySet<string> = new Set(['', 'node', 'MainThread', 'node-MainThread']);

/** True for the threads of gmr-native. */
export function isOwnThread({ name }: Pick<OtherThread, 'name'>): boolean {
  return name.startsWith('gmr-');
}

/** What a thread is for, by its stack or its name; else its name, unless that is only the program's. */
export function describeThreadRole(thread: OtherThread): string {
  return nodeRole(thread) ?? (PROGRAM_NAMES.has(thread.name) ? '' : thread.name);
}

/**
 * The same for each of these threads, all of one process. While a worker of V8's platform runs, it has no stack, and
 * before Node 24 no name: Node starts them after V8's scheduler and before the inspector's thread, and nothing else
 * between these.
 */
export function rolesOf(threads: readonly OtherThread[]): (thread: OtherThread) => string {
  const tidOf = (role: string): number | undefined => threads.find((one) => nodeRole(one) === role)?.tid;
  const first = tidOf(SCHEDULER) ?? Infinity;
  const last = tidOf(INSPECTOR) ?? -Infinity;
  return (thread) => {
    const role = describeThreadRole(thread);
    return role === '' && thread.tid > first && thread.tid < last ? PLATFORM_WORKER : role;
  };
}

/** What a thread of Node's own is for; null for threads of others. */
export function nodeRole({ name, stack }: OtherThread): string | null {
  if (stack.status === 'captured') {
    for (const { functionName, file } of stack.frames) {
      for (const [part, role] of ROLES) if (functionName.includes(part)) return role;
      // The function of libuv that its pool's threads run.
      if (functionName === 'worker' && file === 'node') return 'libuv worker';
    }
  }
  return ROLES_BY_NAME.get(name.startsWith('node-') ? name.slice('node-'.length) : name) ?? null;
}

/** Functions in which a thread of a pool waits for work. */
const WAITS =
  /^(pthread_cond_(timed)?wait|uv_cond_(timed)?wait|uv_sem_wait|sem_wait|uv__io_poll|uv_run|epoll_p?wait)/;

/**
 * True for a thread of Node's own that waits for work, and for the threads of gmr-native: their stacks say nothing about
 * the application.
 */
export function isIdleHelper(thread: OtherThread): boolean {
  if (isOwnThread(thread)) return true;
  const { state, stack } = thread;
  if (state !== 'S' || stack.status !== 'captured' || nodeRole(thread) === null) return false;
  for (const { functionName, file } of stack.frames) {
    // Below the function that gives the thread its role there is only the start of a thread.
    if (isRoleFrame(functionName, file)) return true;
    const isUnnamed = file === null || functionName.startsWith(file);
    if (!isUnnamed && !WAITS.test(functionName)) return false;
  }
  return false;
}

function isRoleFrame(functionName: string, file: string | null): boolean {
  return (
    (functionName === 'worker' && file === 'node') || ROLES.some(([part]) => functionName.includes(part))
  );
}
