import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { CliError, EXIT } from '../base/exit-codes';

/** A file of /proc: its text, or why there is none. */
export type ProcText =
  | { readonly status: 'read'; readonly text: string }
  | { readonly status: 'gone' }
  | { readonly status: 'denied'; readonly reason: string };

/** What /proc/<pid>/stat and /proc/<pid>/status say that this command needs. */
export interface ProcessStatus {
  /** One letter of proc(5). */
  readonly state: string;
  /** Start of the process in ticks since boot. With the pid it names one process for ever; the pid alone does not. */
  readonly startTicks: string;
  /** Thread group: another number than the pid means that the number is a thread's. */
  readonly threadGroup: number;
  /** The pid as the process sees it itself, in its own pid namespace. */
  readonly ownPid: number;
  readonly caught: bigint;
  readonly ignored: bigint;
  readonly uid: number;
}

const PROC = '/proc';

/** @throws CliError where there is no /proc. */
export function requireProc(): void {
  if (readProc('self', 'stat').status === 'read') return;
  throw new CliError(EXIT.failed, 'this needs /proc, which is only on Linux');
}

/** Reads one file of a process or thread; `of` is a pid, or `<pid>/task/<tid>`. Never throws. */
export function readProc(of: number | string, name: string): ProcText {
  try {
    return { status: 'read', text: readFileSync(`${PROC}/${of}/${name}`, 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ESRCH: it ended after its file was opened.
    if (code === 'ENOENT' || code === 'ESRCH') return { status: 'gone' };
    return { status: 'denied', reason: code ?? String(error) };
  }
}

/** Ids of all processes that can be seen here, ascending. */
export function listPids(): number[] {
  return numbersIn(PROC);
}

/** Ids of the threads of a process; none when it has ended. */
export function listThreads(pid: number): number[] {
  return numbersIn(`${PROC}/${pid}/task`);
}

/** Null: the process has ended, or was never there. */
export function readStatus(pid: number): ProcessStatus | null {
  const stat = readProc(pid, 'stat');
  const status = readProc(pid, 'status');
  if (stat.status !== 'read' || status.status !== 'read') return null;
  // A process may name itself "a) R (b", so the name ends at the last ')'. What follows begins with field 3.
  const fields = stat.text.slice(stat.text.lastIndexOf(')') + 2).split(' ');
  const startTicks = fields[START_TIME - 3];
  if (startTicks === undefined) return null;
  return {
    state: fields[0] ?? '?',
    startTicks,
    threadGroup: Number(statusField(status.text, 'Tgid')),
    // Kernels without pid namespaces have no such line.
    ownPid: Number(statusField(status.text, 'NSpid').split('\t').at(-1)) || pid,
    caught: signalSet(status.text, 'SigCgt'),
    ignored: signalSet(status.text, 'SigIgn'),
    uid: Number(statusField(status.text, 'Uid').split('\t')[0]),
  };
}

/** The parent of a process; null when it has ended. */
export function parentOf(pid: number): number | null {
  const status = readProc(pid, 'status');
  return status.status === 'read' ? Number(statusField(status.text, 'PPid')) : null;
}

/** The signals that a thread blocks; null when it has ended. */
export function blockedSignals(pid: number, tid: number): bigint | null {
  const status = readProc(`${pid}/task/${tid}`, 'status');
  return status.status === 'read' ? signalSet(status.text, 'SigBlk') : null;
}

export function hasSignal(set: bigint, signal: number): boolean {
  return ((set >> BigInt(signal - 1)) & 1n) === 1n;
}

/** Text fields that end with a zero byte each: `cmdline` and `environ`. Empty when they cannot be read. */
export function readStrings(pid: number, name: 'cmdline' | 'environ'): string[] {
  const file = readProc(pid, name);
  return file.status === 'read' ? file.text.split('\0').filter((text) => text !== '') : [];
}

/** Where a link of a process leads, for example `cwd` or `fd/2`; null when that may not be seen. */
export function readLink(pid: number, name: string): string | null {
  try {
    return readlinkSync(`${PROC}/${pid}/${name}`);
  } catch {
    return null;
  }
}

/** Path of a file as the process sees it, also when it lives in a container with a file system of its own. */
export function pathSeenBy(pid: number, path: string): string {
  return `${PROC}/${pid}/root${path}`;
}

/** Path under which a regular file that the process has open can be read; null when it is something else. */
export function openFilePath(pid: number, fd: number): string | null {
  const path = `${PROC}/${pid}/fd/${fd}`;
  try {
    // Never open anything else: whoever reads a pipe takes the data away from its reader.
    return statSync(path).isFile() ? path : null;
  } catch {
    return null;
  }
}

/** Field number of the start time in proc_pid_stat(5). */
const START_TIME = 22;

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

function statusField(status: string, name: string): string {
  const line = status.split('\n').find((text) => text.startsWith(`${name}:`));
  return line === undefined ? '' : line.slice(name.length + 1).trim();
}

function signalSet(status: string, name: string): bigint {
  const digits = statusField(status, name);
  return /^[0-9a-f]+$/.test(digits) ? BigInt(`0x${digits}`) : 0n;
}
