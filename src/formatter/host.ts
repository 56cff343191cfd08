/**
 * All that the formatter may ask of the world. The native reporter implements it for the bare isolate; `generateReport`
 * implements it with Node's own modules.
 */
export interface FormatterHost {
  /** The UTF-8 text of a file; null when it is unreadable, no regular file, or larger than `maxBytes`. */
  readTextFile(path: string, maxBytes: number): string | null;
  /** Unix time in ms of the last change of a file's content; null when unknown. */
  modifiedAtMs(path: string): number | null;
  /** Unix time in ms. */
  nowMs(): number;
}
