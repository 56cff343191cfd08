import type { SourceExcerpt } from '../../report/stack';

const MAX_EXCERPT = 200;
const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;

/** Lines of a string as JavaScript counts them. Scans each character at most once, however many lines are requested. */
export class SourceText {
  readonly text: string;
  private readonly starts: number[] = [0];
  private readonly ends: number[] = [];

  constructor(text: string) {
    this.text = text;
  }

  /** The line with this 1-based number, without its end; null when there is none. */
  line(number: number): string | null {
    LINE_END.lastIndex = this.starts[this.starts.length - 1] ?? 0;
    while (this.ends.length < number && this.starts.length > this.ends.length) {
      const end = LINE_END.exec(this.text);
      this.ends.push(end === null ? this.text.length : end.index);
      if (end !== null) this.starts.push(LINE_END.lastIndex);
    }
    const start = this.starts[number - 1];
    const end = this.ends[number - 1];
    return start === undefined || end === undefined ? null : this.text.slice(start, end);
  }
}

/** The part of a line around a 1-based column. */
export function excerptOf(line: string, column: number): SourceExcerpt {
  if (line.length <= MAX_EXCERPT) return { text: line, column: 1, cut: false };
  const from = Math.max(0, Math.min(column - 1 - MAX_EXCERPT / 2, line.length - MAX_EXCERPT));
  const to = from + MAX_EXCERPT;
  return { text: line.slice(from, to), column: from + 1, cut: to < line.length };
}
