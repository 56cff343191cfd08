import type { CodePosition } from './stack';

/** A frame of any kind that has a position in JavaScript. */
export interface Positioned extends CodePosition {
  readonly functionName: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** A position as reports show it. */
export interface ShownPosition {
  readonly file: string | null;
  /** 1-based; null when unknown. */
  readonly line: number | null;
  /** 1-based; null when unknown. */
  readonly column: number | null;
}

/** The position in the file that a person wrote; the position in the code that runs when there is no other. */
export function shownPosition({ file, line, column, original }: Positioned): ShownPosition {
  return original === null
    ? { file, line, column }
    : { file: original.file, line: original.line, column: original.column };
}

/** The function's name in the file that a person wrote, without its class; empty for anonymous functions. */
export function shownName({ functionName, original }: Positioned): string {
  return original?.functionName ?? functionName;
}

/** True when the shown position is one of generated code: a person who opens the file finds another line there. */
export function isGenerated({ generated }: Positioned): boolean {
  return generated !== null;
}

/** Why a position is one in text that `eval` or `new Function` got: its name, a `sourceURL`, need not be that of a file. */
const EVALUATED_REASON = 'it was made from a string';

/** The position of code that has the name of a file, but was made from a string. */
export const IN_EVALUATED_CODE: Pick<CodePosition, 'original' | 'generated'> = {
  original: null,
  generated: EVALUATED_REASON,
};

/** True for a position in text that was evaluated, and that is not known to be the text of a file. */
export function isEvaluated({ generated }: Positioned): boolean {
  return generated === EVALUATED_REASON;
}

/** Why a position has no original although the source map of its script is known: no person wrote the code. */
export const NO_ENTRY_REASON = 'its source map has no entry for this position';

/** `file:line:column` as far as known; null without a file. */
export function formatPosition({ file, line, column }: ShownPosition): string | null {
  if (file === null || line === null) return file;
  return column === null ? `${file}:${line}` : `${file}:${line}:${column}`;
}
