/*
 * What a completion script must know of the command line.
 */

/** What can follow: names of running processes, paths, these words, or nothing that is known. */
export type Completed = 'processes' | 'files' | 'nothing' | readonly string[];

/** An option of a command. */
export interface CompletedOption {
  /** `-f` and `--format`, or one of them. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Null: it takes no value. */
  readonly value: Completed | null;
}

/** A command such as `gmr view`. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly argument: Completed;
  /** Its name may be omitted. */
  readonly isDefault: boolean;
}

/** A text in single quotes, for any shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What prints the names of the running processes: one on each line, with characters only that no shell has a meaning for. */
export const LIST_NAMES = 'gmr __complete names 2>/dev/null';

/** With the command for everything that is no name of another one at the end. */
export function defaultLast(commands: readonly CompletedCommand[]): readonly CompletedCommand[] {
  return commands.toSorted((a, b) => Number(a.isDefault) - Number(b.isDefault));
}
