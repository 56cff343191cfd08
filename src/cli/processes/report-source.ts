import type { FoundReport } from './find-report';

/** A place where the report of a process may appear. It knows what was there before. */
export interface ReportSource {
  /** Whether it is the memory of the process. */
  readonly isKept: boolean;
  /** The next complete report of the process; null as long as there is none. */
  poll(): FoundReport | null;
  close(): void;
}
