import type { OsThread, Unavailable } from './model';

/** `S sleeping in epoll_wait`: the state letter of proc(5), what it means, and the system call where known. */
export function describeOsState(os: OsThread | Unavailable): string {
  if (os.status === 'unavailable') return `OS state not available (${os.reason})`;
  const state = `${os.state} ${stateInWords(os.state)}`;
  return os.syscall === null ? state : `${state} in ${syscallName(os.syscall)}`;
}

/** Name of a system call, or its number where the table does not know it. */
export function syscallName(syscall: { readonly number: number; readonly name: string }): string {
  return syscall.name === '' ? `system call ${syscall.number}` : syscall.name;
}

function stateInWords(letter: string): string {
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
