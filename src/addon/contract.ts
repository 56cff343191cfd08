import type { ViewOptions } from '../report/model';

/**
 * What the native addon offers. The only description of it in TypeScript:
 * `native/addon` implements exactly this, and doubles in tests implement it too.
 *
 * Every function may be called from any JavaScript thread unless it says otherwise.
 * None of them blocks. Failures throw an `Error` with a string `code`.
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

  /** Tells of a worker that was just created, so that it is named even if it never registers. */
  announceWorker(identity: IsolateIdentity): void;

  /** The worker's `exit` event came. */
  forgetWorker(threadId: number): void;

  /** Starts the reporter thread at the first call; replaces the options at each. Main thread only. */
  configure(options: NativeOptions): void;

  /** Replaces `ProcessFacts`; `json` is embedded as it is. */
  setFacts(json: string): void;

  /** Replaces the configuration snapshot (`ConfigurationSnapshot | Unavailable`); `json` is embedded as it is. */
  setConfiguration(json: string): void;

  /**
   * Who runs the sections on the main event loop. `titles` in order of registration.
   * `run` is called on the main loop with the id of the request, and only when there is a title
   * or `always` is true (the configuration wants refreshing). Main thread only.
   */
  setSections(titles: readonly string[], always: boolean, run: (requestId: number) => void): void;

  /** The generator with this index starts now: its deadline begins. */
  sectionStarted(requestId: number, index: number): void;

  /** The result of one section: JSON of `SectionOutcome['result']`. */
  sectionDone(requestId: number, index: number, json: string): void;

  /** All sections of this request have been started and have ended or been given up. */
  sectionsFinished(requestId: number): void;

  /** Installs the signal handler. Throws `GMR_SIGNAL_FAILED`. Replaces an earlier signal. Main thread only. */
  installSignal(signalNumber: number, signalName: string): void;

  /** Gives the signal its earlier disposition back. Does nothing when not installed. Main thread only. */
  removeSignal(): void;

  /** Asks for a report; `done` gets the JSON of a `Photograph` on the calling thread's loop. */
  requestPhotograph(done: (photographJson: string) => void): void;
}

/** Who a JavaScript thread is. */
export interface IsolateIdentity {
  readonly isMainThread: boolean;
  readonly threadId: number;
  readonly name: string;
  /** Empty when unknown. */
  readonly entry: string;
  /** [old, young, code range, stack] in megabytes, or empty. */
  readonly resourceLimits: readonly number[];
}

/** Options of the native side, all validated in `options.ts`. */
export interface NativeOptions {
  /** Source text of the formatter bundle; see `src/formatter`. */
  readonly formatterSource: string;
  /** Frames kept per stack; half from the top, half from the bottom. */
  readonly maxFrames: number;
  readonly interruptTimeoutMs: number;
  readonly sectionTimeoutMs: number;
  readonly reportTimeoutMs: number;
  readonly greenThreads: {
    readonly enabled: boolean;
    readonly maxHeapMb: number;
    readonly maxPauseMs: number;
    readonly maxGroups: number;
    readonly maxFrames: number;
  };
  /** JSON of {@link ViewOptions}, embedded as it is. */
  readonly viewJson: string;
}

export type { ViewOptions };
