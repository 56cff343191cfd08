/** What a report shows besides the photograph; found by the formatter's host at the time of printing. */
export interface Surroundings {
  readonly gitCommit: { readonly commit: string; readonly branch: string | null } | null;
}
