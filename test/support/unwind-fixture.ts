import { STACK_READING, buildNativeAddon } from './native-addon';

/** A stack as the code under test sees it, innermost frame first. */
export interface Walk {
  readonly pcs: readonly number[];
  readonly names: readonly string[];
  readonly end: string;
  /** The system call in words; empty when the thread is in none. */
  readonly doing: string;
  readonly captureUs: number;
  readonly approximateSteps: number;
}

export interface Comparison {
  readonly ours: Walk;
  /** What the unwinder of the C++ runtime finds. */
  readonly runtime: readonly number[];
}

export interface FuzzOutcome {
  readonly runs: number;
  readonly steps: number;
  readonly longestMs: number;
}

/** How often a thread that spins was held and ran again; and how often the kernel told it as blocked meanwhile. */
export interface ParkedPlaces {
  readonly parked: number;
  readonly wentOn: number;
  readonly blockedWhileHeld: number;
  readonly blockedAfter: number;
}

/** test/native/unwind: native/unwind's reading of stacks. */
export interface UnwindFixture {
  readonly path: string;
  compareWithRuntime(depth: number): Comparison;
  /** Calls `callee` with native frames around it. */
  call(callee: () => void): void;
  /** A thread that blocks for ever, and the pcs of its stack by its own word. */
  startBlocked(call: string, frame: string): { readonly tid: number; readonly truth: readonly number[] };
  walkBlocked(tid: number): Walk;
  watchParked(times: number): ParkedPlaces;
  /** Once this thread is blocked in read(2), its stack is walked and a byte is written to `fd`. */
  walkMainInRead(fd: number): void;
  takeMainWalk(): Walk;
  fuzz(what: string, runs: number, seed: number): FuzzOutcome;
  /** Each claim, and whether it holds. */
  checkReader(backend: number): Readonly<Record<string, boolean>>;
  /** The name of the symbol, or why there is none. */
  findSymbol(path: string, fileOffset: number, buildId: string): string;
  readableName(mangled: string): string;
  shortenDemangled(name: string): string;
  /** The words that plain text shows of a text that may hold secrets. */
  plainWords(text: string): string;
}

/** Builds and loads the addon. Where there is none, the tests that would call it are skipped. */
export function loadUnwindFixture(): UnwindFixture {
  if (STACK_READING.skip !== false) return {} as UnwindFixture;
  const path = buildNativeAddon('unwind_fixture');
  return { ...(require(path) as Omit<UnwindFixture, 'path'>), path };
}
