import type { Place } from './script';
import type { Target, TracedMap } from './trace-map';

/** A word, as V8's position of an `await` is, and what may be before the next segment. */
const WORD_BEFORE_SEGMENT = /^([a-z]+)\s*\(*$/;

/**
 * The original position of a place within a segment. Minifiers write no segment for `await`: then the one before it is
 * that of the statement, or of the whole function, while the next one is that of the awaited expression.
 */
export function exactTarget(map: TracedMap, place: Place, target: Target): Target {
  const position = { line: place.line - 1, column: place.column - 1 };
  if (place.source === null || target.generatedColumn === position.column) return target;
  const next = map.after(position);
  if (next === null || next.file !== target.file) return target;
  const from = place.source.column - 1;
  const between = place.source.text.slice(position.column - from, next.generatedColumn - from);
  const word = WORD_BEFORE_SEGMENT.exec(between)?.[1];
  if (word === undefined) return target;
  if (next.content === null) return word === 'await' ? next : target;
  const before =
    next.content
      .line(next.line)
      ?.slice(0, next.column - 1)
      .replace(/[\s(]+$/, '') ?? '';
  return before.endsWith(word) ? { ...next, column: before.length - word.length + 1 } : target;
}
