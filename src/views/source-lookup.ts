/** One line of a source file, or why it must not or cannot be shown. */
export type SourceLine =
  | { readonly status: 'known'; readonly text: string }
  /** The file is newer than the process: its line would be another program's. */
  | { readonly status: 'changed' }
  | { readonly status: 'unknown' };

/** Where views get source lines from. Never throws. */
export interface SourceLookup {
  /** `file` as V8 names it: path or `file:` URL. `line` is 1-based. */
  lineAt(file: string, line: number): SourceLine;
}

/** What a report shows besides the photograph; found by the formatter's host at the time of printing. */
export interface Surroundings {
  readonly sources: SourceLookup;
  readonly gitCommit: { readonly commit: string; readonly branch: string | null } | null;
}
