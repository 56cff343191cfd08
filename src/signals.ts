import { constants } from 'node:os';

/** A signal that can request reports. */
export interface SignalChoice {
  readonly name: string;
  readonly number: number;
}

/** Signals that must not be taken, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  SIGKILL: 'it cannot be caught',
  SIGSTOP: 'it cannot be caught',
  SIGUSR1: "it starts Node's inspector",
  SIGTERM: 'the process could no longer be stopped with it',
  SIGINT: 'the process could no longer be stopped with it',
  SIGSEGV: 'it reports a crash',
  SIGBUS: 'it reports a crash',
  SIGFPE: 'it reports a crash',
  SIGILL: 'it reports a crash',
  SIGABRT: 'it reports a crash',
  SIGIOT: 'it reports a crash',
  SIGSYS: 'it reports a crash',
  SIGTRAP: 'V8 and debuggers use it',
  SIGPROF: "V8's profiler uses it",
  SIGCHLD: 'Node waits for child processes with it',
  SIGPIPE: 'Node ignores it, as its sockets rely on',
};

/**
 * The signal of that name; false stays false.
 *
 * @throws Error with one sentence when the name is unknown here or must not be taken.
 */
export function checkSignal(value: unknown): SignalChoice | false {
  if (value === false) return false;
  const numbers: Readonly<Record<string, number>> = constants.signals;
  const number = typeof value === 'string' && Object.hasOwn(numbers, value) ? numbers[value] : undefined;
  if (number === undefined) {
    const got = typeof value === 'string' ? `'${value.slice(0, 60)}'` : typeof value;
    throw new Error(`expected the name of a signal of this platform such as 'SIGUSR2', or false, got ${got}`);
  }
  const name = value as string;
  const reason = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
  if (reason !== undefined)
    throw new Error(`expected a signal that may be used for reports, got '${name}': ${reason}`);
  return { name, number };
}
