/** What a process says of itself on its status page, which other processes of the same user can read. */
export interface OwnStatus {
  /** Version of gmr-native. */
  readonly gmrVersion: string;
  /** Name of the service, also if it was given in code. */
  readonly service: string;
  /** The file that requests a report when it is touched; null if there is none. */
  readonly fileEventHandler: string | null;
  /** Folder of report files; null: reports go to stderr. */
  readonly logDir: string | null;
  readonly format: readonly string[];
  /** How many reports it keeps in memory. */
  readonly keepReports: number;
  /** From when on its watchdog calls an event loop blocked; null without a watchdog. */
  readonly blockedEventLoopMs: number | null;
  readonly onFatalError: boolean;
}

/** The text of a status page. */
export interface StatusPage {
  /** Null if they are too long for the page. */
  readonly facts: OwnStatus | null;
  /** Event loops that the watchdog has found blocked and that have not turned since. */
  readonly blocked: readonly {
    /** `worker_threads.threadId`; 0 for the main thread. */
    readonly threadId: number;
    readonly name: string;
    /** Unix time in ms. */
    readonly beganAtMs: number;
  }[];
  /** The signal that requests a report, if its handler is installed; null if there is none. */
  readonly signal: string | null;
  /** The descriptor on which its main event loop waits for events; -1 if unknown. */
  readonly mainEpollFd: number;
  /** The reports that it keeps, oldest first. */
  readonly reports: readonly KeptReport[];
  /** Why it did not keep its last report; null if it did, or had none to keep. */
  readonly notKept: { readonly id: string; readonly reason: string } | null;
}

/** A report in the memory of the process that made it. */
export interface KeptReport {
  readonly id: string;
  /** Unix time in ms. */
  readonly requestedAtMs: number;
  readonly bytes: number;
  /** `/proc/<pid>/fd/<fd>` is the document; -1 if the process has closed it. */
  readonly fd: number;
}
