import { constants } from 'node:os';
import { type ProcessStatus, blockedSignals, hasSignal, listThreads, readProc, readStatus } from './proc';

/** A process that answers a signal with a report. */
export interface Installed {
  readonly status: 'installed';
  readonly pid: number;
  /** Numbers of the signals that its reporter thread takes; usually one. */
  readonly signals: readonly number[];
  readonly process: ProcessStatus;
}

/** What can be told about a process from outside, without touching it. */
export type Inspection =
  | Installed
  | { readonly status: 'gone' }
  /** `loaded`: gmr-native is in it, but it takes no signal, or that could not be verified. */
  | { readonly status: 'refused'; readonly reason: string; readonly loaded: boolean };

/** The kernel's name of the reporter thread; native/reporter/reporter.cc gives it. */
const REPORTER = 'gmr-reporter';
/** The addon's file: gmr_native.node when it was built here, gmr-native.abi<n>.<libc>.node when it came prebuilt. */
const ADDON = /\/gmr[_-]native[^/\n]*\.node(?: \(deleted\))?$/m;

/**
 * Does this process answer a signal with a report?
 *
 * Three things must be so: the addon is mapped, its reporter thread is there, and the signal is caught by the process
 * and open in the mask of that thread. The mask is what proves the handler to be ours: the thread blocks every signal
 * except the one that it was told to take, so a listener of the application for SIGUSR2 does not look like that.
 */
export function inspect(pid: number): Inspection {
  const status = readStatus(pid);
  if (status === null || status.state === 'Z' || status.state === 'X') return { status: 'gone' };
  if (status.threadGroup !== pid) {
    return refused(`${pid} is a thread of process ${status.threadGroup}; give the number of the process`);
  }
  const reporters = reporterThreads(pid);
  if (reporters.length === 0) return refused('gmr-native is not set up in it');
  const maps = readProc(pid, 'maps');
  if (maps.status === 'gone') return maps;
  if (maps.status === 'denied') {
    return refused(
      `its handler cannot be verified (/proc/${pid}/maps: ${maps.reason}); run as its user`,
      true,
    );
  }
  if (!ADDON.test(maps.text)) return refused('gmr-native is not set up in it: its addon is not mapped');
  const signals = takenSignals(pid, reporters, status);
  if (signals.length === 0) {
    return refused(
      'gmr-native is loaded, but takes no signal (option signal: false, or a file trigger)',
      true,
    );
  }
  return { status: 'installed', pid, signals, process: status };
}

/** The reporter threads of a process: none without gmr-native, several with several copies of it. */
export function reporterThreads(pid: number): number[] {
  return listThreads(pid).filter((tid) => {
    const comm = readProc(`${pid}/task/${tid}`, 'comm');
    return comm.status === 'read' && comm.text.trimEnd() === REPORTER;
  });
}

/** `SIGUSR2` for 12. */
export function signalName(signal: number): string {
  const known = Object.entries(constants.signals).find(([, number]) => number === signal);
  return known?.[0] ?? `signal ${signal}`;
}

/** Signals that can be given as an option: those with a name, without the two that no mask can hold. */
function candidates(): number[] {
  const never: readonly number[] = [constants.signals.SIGKILL, constants.signals.SIGSTOP];
  return [...new Set(Object.values(constants.signals))].filter((signal) => !never.includes(signal));
}

function takenSignals(pid: number, reporters: readonly number[], status: ProcessStatus): number[] {
  const masks = reporters.map((tid) => blockedSignals(pid, tid)).filter((mask) => mask !== null);
  return candidates().filter(
    (signal) =>
      hasSignal(status.caught, signal) &&
      !hasSignal(status.ignored, signal) &&
      masks.some((mask) => !hasSignal(mask, signal)),
  );
}

function refused(reason: string, loaded = false): Inspection {
  return { status: 'refused', reason, loaded };
}
