import type { ViewOptions } from '../report/model';

/**
 * What the native addon offers. The only description of it in TypeScript:
 * `native/addon` implements exactly this, and doubles in tests implement it too.
 *
 * Every function may be called from any JavaScript thread unless it says otherwise.
 * None of them blocks, unless it says so. Failures throw an `Error` with a string `code`.
 */
export interface NativeAddon {
  /** Node ABI (`NODE_MODULE_VERSION`) that the binary was built for, as `process.versions.modules` prints it. */
  readonly abi: string;

  /** Makes the calling thread's isolate answer reports. Idempotent; undone when the thread's environment ends. */
  registerIsolate(identity: IsolateIdentity): void;

  /**
   * Of what an `AsyncLocalStorage` of the calling thread holds, these properties are reported from now on; none without
   * a storage. The thread must be registered.
   */
  setContext(storage: object | null, keys: readonly string[]): void;

  /** Announces a worker that was just created, so that it is named even if it never registers. */
  announceWorker(identity: IsolateIdentity): void;

  /** The worker's `exit` event came. */
  forgetWorker(threadId: number): void;

  /** Starts the reporter thread at the first call; replaces the options at each. Main thread only. */
  configure(options: NativeOptions): void;

  /**
   * Compiles a file of `libFiles` as a CommonJS module, from the text that `configure` has read, and returns the
   * module's function. Undefined when there is no such file.
   */
  compileOwn(
    file: string,
  ): ((module: object, exports: object, require: (name: string) => unknown) => void) | undefined;

  /** False when `libFolder` was removed, replaced or made unreadable since `configure`; undefined before it. */
  arePackageFilesThere(): boolean | undefined;

  /** Replaces `ProcessFacts`; `json` is embedded as it is. What is secret in it, the formatter masks. */
  setFacts(json: string): void;

  /** Replaces the configuration snapshot (`ConfigurationSnapshot | Unavailable`); `json` is embedded as it is. */
  setConfiguration(json: string): void;

  /**
   * Who runs the sections on the main event loop, in their order; a `timeoutMs` of 0 is that of the options.
   * `run` is called on the main loop with the id of the request, and only when there is a section
   * or `always` is true (the configuration wants refreshing). Main thread only.
   */
  setSections(sections: readonly SectionOffer[], always: boolean, run: (requestId: number) => void): void;

  /** The generator with this index starts now: its deadline begins. */
  sectionStarted(requestId: number, index: number): void;

  /** The result of one section: JSON of `SectionOutcome['result']`. */
  sectionDone(requestId: number, index: number, json: string): void;

  /** All sections of this request have been started and have ended or been given up. */
  sectionsFinished(requestId: number): void;

  /** Installs the signal handler. Throws `GMR_SIGNAL_FAILED`. Replaces an earlier signal. Main thread only. */
  installSignal(signalNumber: number, signalName: string): EarlierHandlers;

  /** Gives the signal its earlier disposition back. Does nothing when not installed. Main thread only. */
  removeSignal(): void;

  /**
   * Sets whether the application has listeners for the installed signal, and whether they are called. Main thread only.
   */
  setSignalListeners(present: boolean, called: boolean): void;

  /** Returns the name and place of a function, such as `cleanup (/srv/app/shutdown.js:12:25)`. Runs no JavaScript. */
  describeFunction(listener: object): string;

  /**
   * Writes a line to stderr from the reporter thread, preceded by `gmr: `, without the event loop. With
   * `unlessUnderNodemon` it is not written where nodemon's signal keeps its usual effect.
   */
  say(line: string, unlessUnderNodemon: boolean): void;

  /**
   * Returns a file descriptor that refers to this process even after its pid is reused; -1 if the system does not offer
   * that. The caller closes it.
   */
  openProcess(pid: number): number;

  /**
   * Queues the signal as a request for a report, which no listener in that process sees. `processFd` is that of
   * {@link openProcess}, or -1. Throws an `Error` with `errno`.
   */
  queueRequest(pid: number, processFd: number, signalNumber: number): void;

  /** Requests a report; `done` gets the JSON of a `Photograph` on the calling thread's loop. */
  requestPhotograph(done: (photographJson: string) => void): void;

  /** Requests a report to the configured output; `done` gets the JSON of a {@link ReportOutcome}. */
  requestReport(done: (outcomeJson: string) => void): void;

  /**
   * Writes a report about an error that ends the process; `error` is masked. Blocks until it is written, or for
   * `waitMs`: afterwards no thread is left to write it. Main thread only.
   */
  reportFatal(error: string, waitMs: number): void;

  /**
   * Call this when listeners are about to handle an error. If one of them throws, which ends the process, a report is
   * written as by `reportFatal`. An empty string means that the last error was handled. Main thread only.
   */
  noteHandledError(error: string, waitMs: number): void;

  /**
   * Writes such a report when the heap of the main thread is about to reach its limit; 0 turns that off. Main thread
   * only.
   */
  watchHeapLimit(waitMs: number): void;

  /** Stops the file trigger and the watchdog until the next `configure`. Main thread only. */
  stopPatrol(): void;

  /**
   * Who hears of what the reporter did: `listener` gets the JSON of a {@link ReporterEvent} when the main loop turns.
   * Reports are announced only when `wantsReports` is true. `null` ends it. Main thread only.
   */
  setEventListener(listener: ((eventJson: string) => void) | null, wantsReports: boolean): void;
}

/** The handlers that the signal had before setup. */
export interface EarlierHandlers {
  /** Path of the module whose C handler was installed and is still called; empty when there was none. */
  readonly foreignModule: string;
  /** Whether libuv handled the signal, for a listener of the application or an addon's `uv_signal_t`. */
  readonly libuvActive: boolean;
}

/** What the native side knows of a registered section. */
export interface SectionOffer {
  readonly title: string;
  readonly timeoutMs: number;
}

/** Where a report went. */
export interface ReportOutcome {
  /** Paths of the report files, one for each format; empty when it went to stderr. */
  readonly files: readonly string[];
  /** Why it did not, or not completely, go where it should; null when it did. */
  readonly error: string | null;
  /** True when no output took all of it. */
  readonly lost: boolean;
}

/** A report was written. */
export interface ReportWritten extends ReportOutcome {
  readonly kind: 'report';
  readonly reportId: string;
  /** As the formatter gets it, with commands that are not masked; null when it is larger than 16 MiB. */
  readonly photograph: object | null;
}

/** An event loop that the watchdog had found blocked turns again. */
export interface BlockEnd {
  readonly kind: 'block-end';
  /** `worker_threads.threadId`; 0 for the main thread. */
  readonly threadId: number;
  readonly threadName: string;
  /** Exact to one interval of the watchdog. */
  readonly blockedMs: number;
  /** Unix time in ms. */
  readonly beganAtMs: number;
  /** False when there were too many reports in that hour. */
  readonly reported: boolean;
}

/** Events that the reporter announces by itself. */
export type ReporterEvent = ReportWritten | BlockEnd;

/** Who a JavaScript thread is. */
export interface IsolateIdentity {
  readonly isMainThread: boolean;
  readonly threadId: number;
  readonly name: string;
  /** Empty when unknown. */
  readonly entry: string;
  /** [old, young, code range, stack] in megabytes, or empty. */
  readonly resourceLimits: readonly number[];
  /** True for Node's own thread that runs module hooks. */
  readonly runsModuleHooks: boolean;
}

/** Options of the native side, all validated in `options.ts`. */
export interface NativeOptions {
  /** Folder of our own JavaScript, with a separator at its end. */
  readonly libFolder: string;
  /** Files in it that are read once, before the reporter thread starts: the formatter bundle first. */
  readonly libFiles: readonly string[];
  /** Frames kept per stack; half from the top, half from the bottom. */
  readonly maxFrames: number;
  readonly interruptTimeoutMs: number;
  readonly sectionTimeoutMs: number;
  readonly reportTimeoutMs: number;
  readonly greenThreads: {
    readonly enabled: boolean;
    readonly maxHeapMb: number;
    readonly maxAnalysisMs: number;
    readonly maxPauseMs: number;
    readonly consistent: boolean;
    readonly values: 'known' | 'none';
    readonly maxGroups: number;
    readonly maxFrames: number;
  };
  /** JSON of {@link ViewOptions} and of what else the formatter gets, embedded unchanged. */
  readonly viewJson: string;
  /** For the names of report files. */
  readonly serviceName: string;
  /** Absolute; empty: stderr. */
  readonly logDir: string;
  readonly maxReports: number;
  readonly maxReportBytes: number;
  /** Reports that are kept in memory. */
  readonly keepReports: number;
  /** JSON of `OwnStatus`, embedded unchanged. */
  readonly statusJson: string;
  /** Outside production, nodemon's signal keeps its usual effect. */
  readonly development: boolean;
  /** Absolute; empty: none. */
  readonly fileEventHandler: string;
  readonly fileEventHandlerIntervalMs: number;
  /** 0: no watchdog. */
  readonly watchdogThresholdMs: number;
  readonly watchdogIntervalMs: number;
  readonly watchdogReportsPerHour: number;
  readonly watchdogAllThreads: boolean;
}

export type { ViewOptions };
