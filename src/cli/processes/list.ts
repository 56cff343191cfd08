import { readFileSync } from 'node:fs';
import { clip, escapeInline } from '../../escape';
import { formatDuration } from '../../report/duration';
import { identify } from './identity';
import { inspect, reporterThreads, signalName } from './inspect';
import { listPids, parentOf, readLink, readProc, readStatus, readStrings } from './proc';
import { type ProcessState, describeState, observe } from './state';

/** A process that has gmr-native. */
export interface ListedProcess {
  readonly pid: number;
  readonly service: string;
  /** As {@link ProcessState}. */
  readonly state: string;
  /** How long its main event loop has been blocked; null unless `state` is `blocked`. */
  readonly blockedMs: number | null;
  /** Part of one CPU that it used in a moment, all threads together; null if unknown. */
  readonly cpuShare: number | null;
  /** Resident memory; null if unknown. */
  readonly rssBytes: number | null;
  /** `primary` or `worker <id>` of node:cluster; empty: neither. */
  readonly cluster: string;
  /** Executable and main script. */
  readonly command: string;
  readonly user: string;
  /** Null when it could not be computed. */
  readonly uptimeMs: number | null;
  /** Signals that it answers with a report; empty: `note` says why. */
  readonly signals: readonly string[];
  /** Where its standard error goes: a path, `pipe:[123]`, `socket:[123]`; `unknown` when that may not be seen. */
  readonly stderr: string;
  /** Ids of the reports that it keeps in memory, oldest first. */
  readonly keptReports: readonly string[];
  /** Version of gmr-native; null if it does not show it. */
  readonly gmrVersion: string | null;
  /** Why it takes no signal; else empty. */
  readonly note: string;
}

/** Numbers of all processes that can be seen here and may have gmr-native, ascending; never this one. */
export function gmrPids(): number[] {
  return listPids().filter((pid) => pid !== process.pid && reporterThreads(pid).length > 0);
}

/** Every process that can be seen here and has gmr-native set up, by pid; never this one. */
export async function listProcesses(): Promise<ListedProcess[]> {
  const users = readUsers();
  const pids = gmrPids();
  const states = await observe(pids);
  const roles = clusterRoles(pids);
  return pids.flatMap((pid) => {
    const state = states.get(pid);
    return state === undefined ? [] : describe(pid, state, roles.get(pid) ?? '', users);
  });
}

/** A table for people. What is to be said of single processes is below it. */
export function renderList(processes: readonly ListedProcess[]): string {
  const hasCluster = processes.some(({ cluster }) => cluster !== '');
  const head = ['PID', 'SERVICE', 'STATE', 'CPU', 'MEMORY', 'UPTIME', 'USER', 'SIGNAL', 'COMMAND'];
  const rows = processes.map((entry) => [
    String(entry.pid),
    entry.service,
    describeState(entry),
    entry.cpuShare === null ? '?' : `${Math.round(entry.cpuShare * 100)} %`,
    entry.rssBytes === null ? '?' : `${Math.round(entry.rssBytes / 1024 / 1024)} MB`,
    entry.uptimeMs === null ? '?' : formatDuration(entry.uptimeMs),
    entry.user,
    entry.signals.join(',') || '-',
    entry.command,
  ]);
  if (hasCluster) {
    head.splice(2, 0, 'CLUSTER');
    for (const [index, row] of rows.entries()) row.splice(2, 0, processes[index]?.cluster || '-');
  }
  const notes = processes.filter(({ note }) => note !== '').map(({ pid, note }) => `${pid}: ${note}`);
  return `${[...renderTable([head, ...rows]), ...notes.map((note) => escapeInline(note))].join('\n')}\n`;
}

function renderTable(cells: readonly (readonly string[])[]): string[] {
  const table = cells.map((row) => row.map(escapeInline));
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function describe(
  pid: number,
  observed: ProcessState,
  cluster: string,
  users: ReadonlyMap<number, string>,
): ListedProcess[] {
  const inspection = inspect(pid);
  const status = inspection.status === 'installed' ? inspection.process : readStatus(pid);
  // It ended meanwhile, or it only has a thread of that name.
  if (inspection.status === 'gone' || status === null) return [];
  if (inspection.status === 'refused' && !inspection.loaded) return [];
  const { service, command } = identify(pid);
  const { state, blockedMs, cpuShare, rssBytes, page } = observed;
  return [
    {
      pid,
      service: clip(page?.facts?.service ?? service, MAX_NAME),
      state,
      blockedMs,
      cpuShare,
      rssBytes,
      cluster,
      command,
      user: users.get(status.uid) ?? String(status.uid),
      uptimeMs: uptimeOf(status.startTicks),
      signals: inspection.status === 'installed' ? inspection.signals.map(signalName) : [],
      stderr: readLink(pid, 'fd/2') ?? 'unknown',
      keptReports: page?.reports.map(({ id }) => id) ?? [],
      gmrVersion: page?.facts?.gmrVersion ?? null,
      note: inspection.status === 'refused' ? inspection.reason : '',
    },
  ];
}

/** By pid. node:cluster gives each worker a number in its environment; the primary is the parent of its workers. */
function clusterRoles(pids: readonly number[]): Map<number, string> {
  const roles = new Map<number, string>();
  for (const pid of pids) {
    const variable = readStrings(pid, 'environ').find((text) => text.startsWith(WORKER_VARIABLE));
    if (variable === undefined) continue;
    roles.set(pid, `worker ${variable.slice(WORKER_VARIABLE.length)}`);
    const parent = parentOf(pid);
    if (parent !== null && pids.includes(parent) && !roles.has(parent)) roles.set(parent, 'primary');
  }
  return roles;
}

/** gmr-native itself gives no longer ones. */
const MAX_NAME = 240;

const WORKER_VARIABLE = 'NODE_UNIQUE_ID=';

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
