import { areKnown } from '../report/facts';
import type { IsolateThread, OsThread, Photograph, Unavailable } from '../report/model';
import type { ProcessIdentity } from './model';

/** `startedAtMs` is computed from the clock and the uptime, both rounded; setup may have computed it twice. */
const START_TOLERANCE_MS = 2000;

/** What a report has to tell its process from others. */
export function identityOf({ pid, facts, isolates }: Photograph): ProcessIdentity {
  const os = isolates.find(({ kind }) => kind === 'main')?.os;
  const known = areKnown(facts) ? facts : null;
  return {
    pid,
    host: known?.host ?? null,
    startedAtMs: known?.startedAtMs ?? null,
    startTicks: os?.status === 'known' ? os.startTicks : null,
    serviceName: known?.serviceName ?? null,
  };
}

/**
 * Whether two reports are of one process. Counters and settings never decide this: they change. What a report does not
 * have decides nothing.
 */
export function isSameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  if (a.pid !== b.pid || differ(a.host, b.host) || differ(a.startTicks, b.startTicks)) return false;
  if (a.startedAtMs === null || b.startedAtMs === null) return true;
  return Math.abs(a.startedAtMs - b.startedAtMs) <= START_TOLERANCE_MS;
}

/** Whether two threads of one process are the same: the kernel uses a thread number again. */
export function isSameThread(
  a: OsThread | Unavailable | undefined,
  b: OsThread | Unavailable | undefined,
): boolean {
  return a?.status === 'known' && b?.status === 'known' && a.tid === b.tid && a.startTicks === b.startTicks;
}

/** Identifies a JavaScript thread of one process: Node uses no number of a worker twice. */
export function threadKey({ kind, threadId }: IsolateThread): string {
  return `${kind} ${threadId}`;
}

function differ<T>(a: T | null, b: T | null): boolean {
  return a !== null && b !== null && a !== b;
}
