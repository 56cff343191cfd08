import type { SourceExcerpt } from '../../report/stack';
import { isInsideWord, wordAt } from './identifiers';
import type { Position, Target, TracedMap } from './trace-map';

/** How many segments lead from a word in the code to the same word in the original file, and how many do not. */
export interface Agreement {
  readonly agreeing: number;
  readonly disagreeing: number;
}

/** The smallest number of segments that show that a map belongs to other code. */
const MIN_DISAGREEING = 2;

/** Whether the map as a whole is that of the code; `mustAgree`: without words in common it is not. */
export function isOfThisCode(agreements: readonly Agreement[], mustAgree: boolean): boolean {
  let [agreeing, disagreeing] = [0, 0];
  for (const one of agreements) {
    agreeing += one.agreeing;
    disagreeing += one.disagreeing;
  }
  if (mustAgree) return agreeing > 0 && disagreeing <= agreeing;
  return disagreeing < MIN_DISAGREEING || disagreeing <= agreeing;
}

/**
 * Compares the text that V8 runs near a position with the original text that the map names. A map that was left over from
 * another build leads into the middle of words, or from one property to another.
 */
export function agreementNear(map: TracedMap, position: Position, source: SourceExcerpt): Agreement {
  const from = source.column - 1;
  let [agreeing, disagreeing] = [0, 0];
  for (const target of map.near(position)) {
    const index = target.generatedColumn - from;
    const line = target.content?.line(target.line);
    if (index < 0 || index >= source.text.length || line === undefined) continue;
    const one = line === null ? -1 : compareWords(source.text, index, line, target);
    if (one > 0) agreeing += 1;
    if (one < 0) disagreeing += 1;
  }
  return { agreeing, disagreeing };
}

/** 1: the same word, or the one that the map says was renamed; -1: not so; 0: nothing can be said. */
function compareWords(generated: string, index: number, line: string, { column, name }: Target): number {
  const at = column - 1;
  if (at > line.length) return -1;
  // A cut excerpt may begin or end within a word.
  if (index === 0 || index + wordAt(generated, index).length >= generated.length) return 0;
  if (isInsideWord(generated, index)) return isInsideWord(line, at) ? 0 : -1;
  const original = wordAt(line, at);
  const word = wordAt(generated, index);
  if (name !== null) {
    if (line.startsWith(name, at)) return 1;
    return line.includes(name, at) || word === name ? 0 : -1;
  }
  if (word === '' || original === '') return 0;
  if (word === original) return 1;
  // Variables may be renamed without a name in the map, but hardly any tool renames properties.
  return generated[index - 1] === '.' ? -1 : 0;
}

/**
 * Whether the original file, as far as the map contains it, has the position that a segment names. Babel also gives
 * names to identifiers that only the generated code has, `_context`: these are in `source`.
 */
export function existsInOriginal(
  { content, line, column, name, generatedColumn }: Target,
  source: SourceExcerpt | null,
): boolean {
  if (content === null) return true;
  const text = content.line(line);
  if (text === null || column - 1 > text.length) return false;
  if (name === null || text.includes(name, column - 1)) return true;
  return source !== null && wordAt(source.text, generatedColumn - (source.column - 1)) === name;
}

/** Whether all segments of a line are within it. When its end is not known, it is within the script. */
export function endsWithLine(
  map: TracedMap,
  position: Position,
  source: SourceExcerpt,
  scriptLength: number,
): boolean {
  const end = source.cut ? scriptLength : source.column - 1 + source.text.length;
  return map.lastColumn(position) <= end;
}
