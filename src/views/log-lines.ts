/*
 * The lines of `format: 'log'`, as docs/report-format.md describes them. `log.ts` writes them, and the command
 * puts them together again.
 */

/** What makes a JSON object in a log a line of a report: the value of its key `gmr`. */
export const LOG_MARKER = 'report';

/**
 * Bytes of each line but the last. A pipe takes so much in one piece (PIPE_BUF), so other output cannot get into a line;
 * and it is less than any container runtime splits (CRI-O at 8 KiB, Docker and containerd at 16 KiB).
 */
export const LOG_LINE_BYTES = 4096;

/** How urgent a report is. */
export type LogLevel = 'error' | 'warn' | 'info';

/** What each line has. */
export interface LogPart {
  readonly gmr: typeof LOG_MARKER;
  readonly reportId: string;
  /** 1-based. */
  readonly part: number;
  /** How many lines the report has. */
  readonly of: number;
  /** Null when unknown. Containers may make reports with the same id in the same second. */
  readonly host: string | null;
  /** A piece of the JSON document; all pieces in their order are the document. */
  readonly data: string;
}

/** What the first line has besides. */
export interface LogHead {
  readonly level: LogLevel;
  /** ISO 8601, of the request. */
  readonly time: string;
  /** Null when unknown. */
  readonly service: string | null;
  readonly pid: number;
  /** The kind of the trigger. */
  readonly trigger: string;
  /** The first sentence of the summary. */
  readonly message: string;
  /** The sentences of the summary, as many as fit. */
  readonly summary: readonly string[];
  /** Traces of the requests that threads were working for. */
  readonly traceIds: readonly string[];
}
