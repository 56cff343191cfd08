import type { SourceHost } from './positions/script';

/** What formatting may ask of the world. */
export interface FormatterHost {
  /** The UTF-8 text of a file; null when it is unreadable, no regular file, or larger than `maxBytes`. */
  readTextFile(path: string, maxBytes: number): string | null;
}

/** What the bundle may ask of the world, in the isolate that the native reporter makes for it. */
export type BundleHost = FormatterHost & SourceHost;
