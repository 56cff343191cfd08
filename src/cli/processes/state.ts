import { setTimeout as pause } from 'node:timers/promises';
import type { StatusPage } from '../../addon/status';
import { formatDuration } from '../../report/duration';
import { readProc } from './proc';
import { readStatusPage } from './status-page';

/** What a process does, as far as that can be seen without asking it. */
export interface ProcessState {
  /**
   * Of the main thread: `blocked` (its watchdog says so), `running`, `idle` (it waits for events in its event loop),
   * `waiting` (it sleeps, in what is not known), `in <kernel function>`, `stopped`, `unknown`.
   */
  readonly state: string;
  /** For `blocked`: since when; else null. */
  readonly blockedMs: number | null;
  /** Part of one CPU that all its threads used together in a moment; null if unknown. */
  readonly cpuShare: number | null;
  /** Resident memory; null if unknown. */
  readonly rssBytes: number | null;
  /** What the process shows of itself; null if it shows nothing, or not to this user. */
  readonly page: StatusPage | null;
}

interface Sample {
  readonly at: number;
  readonly process: Ticks | null;
  readonly main: Ticks | null;
}

interface Ticks {
  readonly state: string;
  readonly cpu: number;
}

const SAMPLE_MS = 200;
/** The kernel's unit of times in /proc, USER_HZ, is 100 on every platform that Node runs on. */
const MS_PER_TICK = 10;
/** Main threads with less CPU are between two short pieces of work. */
const RUNNING_SHARE = 0.5;
/** Functions of the kernel in which a thread waits in epoll, over the years. */
const EPOLL = /^(?:do_|sys_)?(?:ep_poll|epoll_p?wait)/;

/** Looks at each process twice, a moment apart, all at the same time. */
export async function observe(pids: readonly number[]): Promise<Map<number, ProcessState>> {
  const before = pids.map(sample);
  await pause(SAMPLE_MS);
  return new Map(pids.map((pid, index) => [pid, conclude(pid, before[index], sample(pid))]));
}

function conclude(pid: number, before: Sample | undefined, after: Sample): ProcessState {
  const page = readStatusPage(pid);
  const isStopped = after.main?.state === 'T' || after.main?.state === 't';
  const main = isStopped ? undefined : page?.blocked.find(({ threadId }) => threadId === 0);
  const mainShare = shareOf(before, after, 'main');
  return {
    state: main === undefined ? stateOf(pid, after.main, mainShare, page) : 'blocked',
    blockedMs: main === undefined ? null : Math.max(0, Math.round(Date.now() - main.beganAtMs)),
    cpuShare: shareOf(before, after, 'process'),
    rssBytes: residentBytes(pid),
    page,
  };
}

/** `blocked for 12 s` */
export function describeState({ state, blockedMs }: Pick<ProcessState, 'state' | 'blockedMs'>): string {
  return blockedMs === null ? state : `${state} for ${formatDuration(blockedMs)}`;
}

function stateOf(pid: number, main: Ticks | null, share: number | null, page: StatusPage | null): string {
  if (main === null) return 'unknown';
  if (main.state === 'T' || main.state === 't') return 'stopped';
  if (main.state === 'R' || (share !== null && share >= RUNNING_SHARE)) return 'running';
  if (isInOwnEpoll(pid, page)) return 'idle';
  const where = readProc(pid, 'wchan');
  const name = where.status === 'read' ? where.text.trim() : '';
  // Kernels may hide it. A synchronous child process is awaited in epoll as well.
  return name === '' || name === '0' || EPOLL.test(name) ? 'waiting' : `in ${name}`;
}

/** In epoll, on the descriptor of its own event loop. Only root and the kernel's debuggers may see that. */
function isInOwnEpoll(pid: number, page: StatusPage | null): boolean {
  const call = readProc(`${pid}/task/${pid}`, 'syscall');
  if (call.status !== 'read' || page === null || page.mainEpollFd < 0) return false;
  const [number, fd] = call.text.split(' ');
  return EPOLL_CALLS.has(Number(number)) && Number(fd) === page.mainEpollFd;
}

/** epoll_wait, epoll_pwait and epoll_pwait2 of x86-64; epoll_pwait and epoll_pwait2 of arm64. */
const EPOLL_CALLS: ReadonlySet<number> = new Set(process.arch === 'x64' ? [232, 281, 441] : [22, 441]);

function sample(pid: number): Sample {
  return { at: performance.now(), process: readTicks(`${pid}`), main: readTicks(`${pid}/task/${pid}`) };
}

function readTicks(of: string): Ticks | null {
  const stat = readProc(of, 'stat');
  if (stat.status !== 'read') return null;
  // A process may name itself "a) R (b", so the name ends at the last ')'. What follows begins with field 3.
  const fields = stat.text.slice(stat.text.lastIndexOf(')') + 2).split(' ');
  const cpu = Number(fields[USER_TICKS - 3]) + Number(fields[SYSTEM_TICKS - 3]);
  return Number.isNaN(cpu) ? null : { state: fields[0] ?? '?', cpu };
}

/** Field numbers in proc_pid_stat(5). */
const USER_TICKS = 14;
const SYSTEM_TICKS = 15;

function shareOf(before: Sample | undefined, after: Sample, of: 'process' | 'main'): number | null {
  const from = before?.[of] ?? null;
  const to = after[of];
  if (before === undefined || from === null || to === null) return null;
  return Math.max(0, (to.cpu - from.cpu) * MS_PER_TICK) / (after.at - before.at);
}

function residentBytes(pid: number): number | null {
  const status = readProc(pid, 'status');
  const found = status.status === 'read' ? /^VmRSS:\s+(\d+) kB$/m.exec(status.text)?.[1] : undefined;
  return found === undefined ? null : Number(found) * 1024;
}
