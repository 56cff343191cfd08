import type { OriginalPosition, SourceExcerpt } from '../../report/stack';

/** Length of a script that was not read. */
export const UNKNOWN_LENGTH = -1;

/** A script that frames refer to. */
export interface UnresolvedScript {
  /** Name of the script as V8 has it. */
  readonly file: string | null;
  /** Length of its source in UTF-16 code units, or {@link UNKNOWN_LENGTH}. */
  readonly length: number;
  /** The first 128 characters of its source; empty when it was not read. */
  readonly head: string;
  /** V8's `sourceMappingURL` of the script; null when it has none, or when it is a long `data:` URL. */
  readonly mapUrl: string | null;
  /** True for a `data:` URL that is too long for the photograph; the host's `inlineMap` returns its content. */
  readonly hasLongMap: boolean;
}

/** What is known about a script that was not read, except its name. */
export const UNREAD_SCRIPT: Omit<UnresolvedScript, 'file'> = {
  length: UNKNOWN_LENGTH,
  head: '',
  mapUrl: null,
  hasLongMap: false,
};

/** Where the function of a frame begins: the name of a minified function is mapped there. */
export interface FunctionStart {
  /** 1-based position of the first character after the name, usually the opening parenthesis. */
  readonly line: number;
  readonly column: number;
  /** Up to 64 characters before it, on the same line. */
  readonly before: string;
}

/** A position in a script, as the reporter thread captured it. */
export interface Place {
  /** Function name as V8 has it; empty for anonymous functions and top-level code. */
  readonly functionName: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** V8's own text of the line; null when it was not read. */
  readonly source: SourceExcerpt | null;
  readonly functionStart: FunctionStart | null;
}

/** The places of a report that are in one script. */
export interface ScriptPlaces {
  readonly script: UnresolvedScript;
  /** Index of the script in the photograph. */
  readonly index: number;
  readonly places: readonly Place[];
  /** True for text that `eval` or `new Function` got. */
  readonly isEval: boolean;
}

/** What is known about a place beyond the position in the code that V8 runs. See `CodePosition`. */
export interface Resolution {
  readonly original: OriginalPosition | null;
  readonly generated: string | null;
}

/** The place is in the code that a person wrote, as far as is known. */
export const AS_WRITTEN: Resolution = { original: null, generated: null };

/** The place is in generated code, for this reason. */
export function inGeneratedCode(reason: string): Resolution {
  return { original: null, generated: reason };
}

/** What resolving positions needs from its host; a part of `FormatterHost`. */
export interface SourceHost {
  /** The UTF-8 text of a file; null when it is unreadable, no regular file, or larger than `maxBytes`. */
  readTextFile(path: string, maxBytes: number): string | null;
  /** The bytes of a file, one character for each; null as for {@link readTextFile}. */
  readBytes(path: string, maxBytes: number): string | null;
  /** Size of a regular file in bytes; null when there is no such file or it cannot be examined. */
  fileSize(path: string): number | null;
  /** Unix time in ms of the last change of a file's content; null when unknown. */
  modifiedAtMs(path: string): number | null;
  /** Unix time in ms. */
  nowMs(): number;
  /** CPU time that the calling thread has used, in ms. */
  cpuMs(): number;
  /** Why no source map may be read now, for example for want of memory; null when they may. */
  readonly noMaps: string | null;
  /** The bytes of the source map in a script's `data:` URL; null when there is none or it cannot be read. */
  inlineMap(script: number): string | null;
}
