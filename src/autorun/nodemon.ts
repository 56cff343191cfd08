import { readFileSync } from 'node:fs';

/** nodemon, the shell that it starts, and what that starts; npm or npx may be in between. */
const MOST_PARENTS = 4;

/**
 * Whether an ancestor of this process is nodemon and restarts programs with this signal. For processes without the
 * addon, which has its own search (native/reporter/triggers/nodemon.h). Linux only; false elsewhere, and if /proc cannot be
 * read.
 */
export function isUnderNodemon(parent: number, signalName: string): boolean {
  let pid = parent;
  for (let level = 0; level < MOST_PARENTS && pid > 1; level++) {
    const args = commandOf(pid);
    if (args.slice(0, 2).some(isNodemon)) return restartsWith(args, signalName);
    pid = parentOf(pid);
  }
  return false;
}

/** `/usr/bin/nodemon`, `.../nodemon/bin/nodemon.js`. */
function isNodemon(path: string): boolean {
  return /(?:^|[\\/])nodemon(?:\.js)?$/.test(path);
}

/** What its configuration files say is not known here. */
function restartsWith(args: readonly string[], signalName: string): boolean {
  const at = args.findIndex((arg) => arg === '--signal' || arg === '-s');
  const given = at < 0 ? 'SIGUSR2' : (args[at + 1] ?? '').toUpperCase();
  return given === signalName || `SIG${given}` === signalName;
}

function commandOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function parentOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // A process may name itself "a) R (b", so the name ends at the last ')'.
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  } catch {
    return 0;
  }
}
