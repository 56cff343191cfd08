import type { Unavailable } from './model';

/**
 * How a stack was taken.
 *
 * - `interrupt`: V8 reported it, on the thread itself.
 * - `passive`: read from memory while the thread was blocked in a system call; it notices nothing.
 * - `parked`: read from memory while a signal held the thread for about half a millisecond.
 * - `late`: the answer came after the report.
 */
export type CaptureMethod = 'interrupt' | 'passive' | 'parked' | 'late';

/** What a frame is. */
export type FrameKind = 'js' | 'builtin' | 'wasm' | 'native' | 'async';

/** How sure its position is. */
export type FrameQuality = 'exact' | 'function' | 'approximate';

/** Part of one line of source text, around a position. */
export interface SourceExcerpt {
  /** The line; of a long line, the part around the position. Without its end of line. */
  readonly text: string;
  /** 1-based column of the first character of `text`. */
  readonly column: number;
  /** Whether the line goes on after `text`. */
  readonly cut: boolean;
}

/** A position in the file that a person wrote, from the source map of the code that runs. */
export interface OriginalPosition {
  /** Path as the source map names it, resolved against the map's own place. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** Function name before a minifier replaced it; null when the map does not name it, or V8's own name is right. */
  readonly functionName: string | null;
  /** The line in the original file, when the map contains it; else null. */
  readonly source: SourceExcerpt | null;
}

/** Which code is at a position of a script. */
export interface CodePosition {
  /** Line of the script that V8 runs; null when it was not read. */
  readonly source: SourceExcerpt | null;
  /** Null when the code was not generated from another file, or when that is not known. */
  readonly original: OriginalPosition | null;
  /**
   * Why file, line and column are a position in generated code, and not in a file that a person wrote: for example
   * `its source map cannot be read`. Null when there is an `original`, or when the file is the code that runs.
   */
  readonly generated: string | null;
}

/** One stack frame. */
export interface Frame extends CodePosition {
  readonly kind: FrameKind;
  readonly quality: FrameQuality;
  /** Function name as V8 or the symbol table shows it; empty for anonymous functions and top-level code. */
  readonly functionName: string;
  /** Class of the receiver, for methods; null for plain functions, or when the receiver is a plain object. */
  readonly className: string | null;
  /**
   * File path, `file:` or `node:` URL, or module name as V8 has it; of native frames the program or library. Null when
   * there is none (eval, builtins, or a native function that no symbol names: then `functionName` is `libc.so.6+0x1234`).
   */
  readonly file: string | null;
  /** 1-based; null when unknown. For wasm: null. */
  readonly line: number | null;
  /** 1-based; null when unknown. For wasm: byte offset in the module. */
  readonly column: number | null;
  readonly isConstructor: boolean;
  readonly isEval: boolean;
  /** False for Node's own JavaScript (`node:` scripts) and for natives. */
  readonly isUserCode: boolean;
}

/** A stack, or the reason why there is none. */
export type Stack =
  | {
      readonly status: 'captured';
      readonly method: CaptureMethod;
      /** Innermost first. May be empty: the thread ran no JavaScript. */
      readonly frames: readonly Frame[];
      /** Frames omitted in the middle, and after which index of `frames`; null when complete. */
      readonly cut: { readonly afterIndex: number; readonly count: number; readonly atLeast: boolean } | null;
      /** How long the thread stood still for this; null when it did not (`passive`) or captured itself (`interrupt`). */
      readonly heldMs: number | null;
      /** True when native frames above the innermost JavaScript are missing. */
      readonly hasGap: boolean;
      /** Why JavaScript frames are missing from a stack that was read from memory; null when they are not. */
      readonly noJavaScript: string | null;
      /** Why native frames are missing from a stack that the thread reported itself; null when they are not. */
      readonly noNative: string | null;
      /** Callers that wait for the current stack through `await`, innermost first. */
      readonly asyncFrames: readonly Frame[];
      /** Why `asyncFrames` could not be captured; null when they were. */
      readonly asyncFramesSkipped: string | null;
      /** True while V8 runs microtasks (promise jobs). */
      readonly runningMicrotasks: boolean;
    }
  | Unavailable;
