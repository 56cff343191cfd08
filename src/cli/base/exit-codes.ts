/** How `gmr` ends. Documented in docs/cli.md; scripts rely on it. */
export const EXIT = {
  ok: 0,
  /** Something that should work did not: an unreadable file, no permission. */
  failed: 1,
  /** The command line is not understood. */
  usage: 2,
  /** The signal was not sent: it could harm that process, or reach something else than gmr-native. */
  refused: 3,
  /** No such process, or several of that name. */
  notFound: 4,
  /** The report was requested but not seen: it came too late, or its output cannot be read from outside. */
  unseen: 5,
} as const;

/** Ends the command with one line on stderr. */
export class CliError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.name = 'CliError';
    this.exitCode = exitCode;
  }
}
