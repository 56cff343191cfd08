import { clip, escapeInline, escapeLine } from '../escape';
import { baseName } from '../report/frames';
import type { SourceExcerpt } from '../report/model';
import { formatPosition, shownPosition, type Positioned } from '../report/positions';

const MAX_NAME_LENGTH = 300;
const MAX_SOURCE_LENGTH = 200;

/** A function's name as it may be printed. */
export function printableName(name: string): string {
  return escapeInline(clip(name, MAX_NAME_LENGTH));
}

/** A position as it may be printed: of a long path or a `data:` URL the end, which has the line. */
export function printablePosition(position: string): string {
  return escapeInline(
    position.length <= MAX_NAME_LENGTH ? position : `...${position.slice(-MAX_NAME_LENGTH)}`,
  );
}

/** The position in code that was made from a string and has no name, `[eval]:3:12`; null for all other code. */
export function evalPosition({
  file,
  line,
  column,
  isEval,
}: Positioned & { readonly isEval: boolean }): string | null {
  return file === null && isEval ? formatPosition({ file: '[eval]', line, column }) : null;
}

/**
 * What a reader must know about the shown position: which code runs there, or that it is generated code. Begins with a
 * comma; empty when there is nothing to know.
 */
export function remarkOnPosition(frame: Positioned): string {
  const { file, line, column, original, generated } = frame;
  if (generated !== null) return `, position in generated code: ${printableName(generated)}`;
  if (original === null) return '';
  const running = formatPosition({ file: file === null ? '[eval]' : baseName(file), line, column });
  const isSame = formatPosition(shownPosition(frame)) === formatPosition({ file, line, column });
  if (isSame || running === null) return '';
  // A loader keeps the name of the file, which then has another line there.
  const remark = file !== null && baseName(file) === baseName(original.file) ? ' in generated code' : '';
  return `, running as ${printablePosition(running)}${remark}`;
}

/** The line of source at the shown position, in back quotes; null when it is not known. */
export function sourceLine({ source, original }: Positioned): string | null {
  if (original === null) return quoted(source);
  const text = quoted(original.source);
  if (text !== null) return text;
  // It is not known what the original file says there.
  const running = quoted(source);
  return running === null ? null : `running: ${running}`;
}

function quoted(source: SourceExcerpt | null): string | null {
  if (source === null) return null;
  const { text, column, cut } = source;
  const isCut = cut || text.length > MAX_SOURCE_LENGTH;
  const shown = text.slice(0, MAX_SOURCE_LENGTH);
  const trimmed = `${column > 1 ? shown : shown.trimStart()}${isCut ? '...' : ''}`.trimEnd();
  return trimmed === '' ? null : `\`${column > 1 ? '...' : ''}${escapeLine(trimmed)}\``;
}
