import { readFileSync } from 'node:fs';
import { formatDuration } from '../report/duration';
import { escapeInline } from '../escape';
import { identify } from './identity';
import { inspect, reporterThreads, signalName } from './inspect';
import { listPids, readLink, readProc, readStatus } from './proc';

/** A process that has gmr-native. */
export interface ListedProcess {
  readonly pid: number;
  readonly service: string;
  /** Executable and main script. */
  readonly command: string;
  readonly user: string;
  /** Null when it could not be computed. */
  readonly uptimeMs: number | null;
  /** Signals that it answers with a report; empty: `note` says why. */
  readonly signals: readonly string[];
  /** Where its standard error goes: a path, `pipe:[123]`, `socket:[123]`; `unknown` when that may not be seen. */
  readonly stderr: string;
  /** Why it takes no signal; else empty. */
  readonly note: string;
}

/** Every process that can be seen here and has gmr-native set up, by pid; never this one. */
export function listProcesses(): ListedProcess[] {
  const users = readUsers();
  return listPids()
    .filter((pid) => pid !== process.pid && reporterThreads(pid).length > 0)
    .flatMap((pid) => describe(pid, users));
}

/** A table for people. */
export function renderList(processes: readonly ListedProcess[]): string {
  const head = ['PID', 'SERVICE', 'USER', 'UPTIME', 'SIGNAL', 'STDERR', 'COMMAND'];
  const rows = processes.map((entry) => [
    String(entry.pid),
    entry.service,
    entry.user,
    entry.uptimeMs === null ? '?' : formatDuration(entry.uptimeMs),
    entry.signals.join(',') || '-',
    entry.stderr,
    entry.note === '' ? entry.command : `${entry.command} (${entry.note})`,
  ]);
  const table = [head, ...rows].map((row) => row.map(escapeInline));
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${table.map(line).join('\n')}\n`;
}

function describe(pid: number, users: ReadonlyMap<number, string>): ListedProcess[] {
  const inspection = inspect(pid);
  const status = inspection.status === 'installed' ? inspection.process : readStatus(pid);
  // It ended meanwhile, or it only has a thread of that name.
  if (inspection.status === 'gone' || status === null) return [];
  if (inspection.status === 'refused' && !inspection.loaded) return [];
  const { service, command } = identify(pid);
  return [
    {
      pid,
      service,
      command,
      user: users.get(status.uid) ?? String(status.uid),
      uptimeMs: uptimeOf(status.startTicks),
      signals: inspection.status === 'installed' ? inspection.signals.map(signalName) : [],
      stderr: readLink(pid, 'fd/2') ?? 'unknown',
      note: inspection.status === 'refused' ? inspection.reason : '',
    },
  ];
}

/** The kernel's unit of times in /proc, USER_HZ, is 100 on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

function uptimeOf(startTicks: string): number | null {
  const uptime = readProc('.', 'uptime');
  if (uptime.status !== 'read') return null;
  const ms = (Number(uptime.text.split(' ')[0]) - Number(startTicks) / TICKS_PER_SECOND) * 1000;
  // Some containers have an uptime of their own there, which is shorter.
  return ms >= 0 ? Math.round(ms) : null;
}

/** Names of local users; others are printed as numbers. */
function readUsers(): Map<number, string> {
  try {
    const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
    return new Map(lines.map((line) => line.split(':')).map(([name = '', , uid]) => [Number(uid), name]));
  } catch {
    return new Map();
  }
}
