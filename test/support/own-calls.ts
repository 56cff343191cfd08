/**
 * System calls that a service makes only with gmr-native. test/own-calls.test.ts compares this list with strace, and
 * native/base/own_calls_linux.cc has an entry for each name under `examined`.
 */
export interface OwnSystemCall {
  readonly name: string;
  /** The purpose of the call in a report. */
  readonly use: string;
}

/** Calls that a report does without if a seccomp filter forbids them. */
export const OWN_SYSTEM_CALLS: readonly OwnSystemCall[] = [
  { name: 'process_vm_readv', use: 'reading its own memory, which may be gone' },
  { name: 'rt_tgsigqueueinfo', use: 'holding a thread that runs, for its stack' },
  { name: 'clock_gettime', use: 'CPU time of a thread' },
  { name: 'getdents64', use: 'listing threads, processes and report files' },
  { name: 'poll', use: 'waiting until standard error takes more' },
  { name: 'mremap', use: 'lists that grow while heaps are searched' },
  { name: 'sendto', use: 'standard error that is a socket' },
  { name: 'mkdirat', use: 'creating logDir' },
  { name: 'readlinkat', use: 'a logDir below a symbolic link' },
  { name: 'fchmod', use: 'mode of a report file' },
  { name: 'renameat2', use: 'naming a report file' },
  { name: 'renameat', use: 'the same, on old file systems' },
  { name: 'linkat', use: 'the same, on old file systems' },
  { name: 'unlinkat', use: 'removing old reports' },
  { name: 'setpriority', use: 'a second thread that reads a heap, after all others' },
  { name: 'getpeername', use: 'the other end of a socket' },
  { name: 'memfd_create', use: 'reports and a page about the process that gmr reads' },
];

/** Calls of the child process that tries the calls above if a filter is active. */
export const CALLS_OF_THE_TRIAL: readonly string[] = ['wait4', 'prctl', 'exit_group', 'clone', 'clone3'];

/**
 * Made by Node as well, but not by each service: the end of a thread, what JavaScript's `process` object reads at
 * setup, and from Node 24 on, in some runs with
 * workers, the priority of a thread and a short sleep.
 */
export const CALLS_OF_NODE: readonly string[] = [
  'exit',
  'getcwd',
  'getppid',
  'rt_sigreturn',
  'restart_syscall',
  'clock_nanosleep',
  'sched_getparam',
  'sched_yield',
  'sched_getscheduler',
];
