const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$]*/uy;
const LAST_WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$]*$/u;
const PART = /[\p{ID_Continue}$#]/u;

/** The identifier or keyword that begins at this index; empty when there is none. */
export function wordAt(line: string, index: number): string {
  if (index < 0) return '';
  WORD.lastIndex = index;
  return WORD.exec(line)?.[0] ?? '';
}

/** True when a word began before this index and goes on at it. */
export function isInsideWord(line: string, index: number): boolean {
  return index > 0 && PART.test(line[index - 1] ?? '') && PART.test(line[index] ?? '');
}

/** The word that a string ends with, and where it begins. */
export function lastWord(text: string): { readonly word: string; readonly from: number } | null {
  const match = LAST_WORD.exec(text);
  return match === null ? null : { word: match[0], from: match.index };
}
