import { spawn } from 'node:child_process';
import { wantsColours, withColours } from './colours';

/** The pager when $PAGER names none: colours as they are, and no clearing of the screen at its end. */
const DEFAULT_PAGER = 'less -RFX';
/** What less does by itself, if the user has not set $LESS. */
const LESS_OPTIONS = 'RFX';
/** Exit codes of a shell that does not find the program, or may not run it. */
const NOT_STARTED: readonly (number | null)[] = [126, 127];

/**
 * Prints a text report. On a terminal it has colours, and a pager if it is longer than the screen.
 *
 * Resolves when all of it is written, or the user has left the pager. Never rejects.
 */
export async function printReport(report: string): Promise<void> {
  const { stdout, env } = process;
  const text = wantsColours(stdout.isTTY, env) ? withColours(report) : report;
  const pager = pagerFor(report);
  if (pager === null || !(await show(text, pager))) stdout.write(text);
}

/** The command of the pager; null where none is needed or wanted. */
function pagerFor(report: string): string | null {
  const { stdout, stdin, env } = process;
  // A pager that cannot ask its user when to go on is none.
  if (!stdout.isTTY || (!stdin.isTTY && process.platform === 'win32') || env['TERM'] === 'dumb') return null;
  if (fits(report, stdout.rows, stdout.columns)) return null;
  const chosen = (env['PAGER'] ?? DEFAULT_PAGER).trim();
  return chosen === '' || chosen === 'cat' ? null : chosen;
}

/** Lines that are too long take several rows. The last row is for the prompt. */
function fits(report: string, rows: number, columns: number): boolean {
  const lines = report.split('\n');
  if (lines.length > rows) return false;
  const wrapped = lines.reduce(
    (sum, { length }) => sum + Math.max(1, Math.ceil(length / Math.max(1, columns))),
    0,
  );
  return wrapped <= rows;
}

/** Runs the pager; false if it could not be started, so that nothing was shown. */
function show(text: string, command: string): Promise<boolean> {
  return new Promise((resolve) => {
    const env = { ...process.env, LESS: process.env['LESS'] ?? LESS_OPTIONS };
    const pager = spawn(command, { shell: true, stdio: ['pipe', 'inherit', 'inherit'], env });
    // Ctrl-C belongs to the pager, which would otherwise be left alone with the terminal.
    const ignore = (): void => undefined;
    process.on('SIGINT', ignore);
    const end = (shown: boolean): void => {
      process.off('SIGINT', ignore);
      resolve(shown);
    };
    pager.on('error', () => end(false));
    pager.on('close', (code) => end(!NOT_STARTED.includes(code)));
    // The user may leave it before it has read everything.
    pager.stdin.on('error', () => undefined);
    pager.stdin.end(text);
  });
}
