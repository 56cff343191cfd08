import type { OsThread, Unavailable } from './model';

/** `S sleeping in epoll_wait`: the state letter of proc(5), what it means, and the system call where known. */
export function describeOsState(os: OsThread | Unavailable): string {
  if (os.status === 'unavailable') return `OS state not available (${os.reason})`;
  const state = `${os.state} ${stateInWords(os.state)}`;
  return os.syscall === null ? state : `${state} in ${syscallName(os.syscall)}`;
}

/** A system call with its arguments where they are known; else its name, or its number where nobody knows that. */
export function syscallName(syscall: NonNullable<OsThread['syscall']>): string {
  if (syscall.description !== null) return syscall.description;
  return syscall.name === '' ? `system call ${syscall.number}` : syscall.name;
}

/** What the state letter of proc(5) means. */
export function stateInWords(letter: string): string {
  switch (letter) {
    case 'R':
      return 'running';
    case 'S':
      return 'sleeping';
    case 'D':
      return 'waiting for disk or driver, uninterruptible';
    case 'T':
      return 'stopped';
    case 't':
      return 'stopped by a tracer';
    case 'Z':
      return 'zombie';
    case 'X':
      return 'dead';
    case 'I':
      return 'idle';
    default:
      return 'unknown state';
  }
}
