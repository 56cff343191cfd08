import { clip, escapeInline } from '../../escape';
import { counted } from '../../report/async-frames';
import type { Reading } from '../model';
import { shortSeries } from '../series';

const MAX_CELL = 60;
const MAX_LAST = 1000;
const GAP = '  ';

/** Lines of a table with a head. Columns are as wide as they need to be; only the last one may be long. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const last = head.length - 1;
  const cells = [head, ...rows].map((row) =>
    row.map((cell, column) => escapeInline(clip(cell, column === last ? MAX_LAST : MAX_CELL))),
  );
  const widths = head.map((_, column) =>
    cells.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0),
  );
  return cells.map((row) =>
    row
      .map((cell, column) => (column === last ? cell : cell.padEnd(widths[column] ?? 0)))
      .join(GAP)
      .trimEnd(),
  );
}

/** Numbers of all reports as a cell. What does not fit is left out in the middle: the last number matters most. */
export function seriesCell(readings: readonly Reading[], show?: (count: number) => string): string {
  return shortSeries(readings, MAX_CELL, show);
}

const MAX_ROWS = 20;

/** A table of its first rows, and a line for the others. */
export function limitedTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return withMore(table(titles, rows.slice(0, MAX_ROWS)), rows.length - MAX_ROWS, 'row');
}

/** The first lines, and one for the others. */
export function limited(lines: readonly string[], most: number): readonly string[] {
  return withMore(lines.slice(0, most), lines.length - most, 'line');
}

function withMore(lines: readonly string[], more: number, what: 'line' | 'row'): readonly string[] {
  if (more <= 0) return lines;
  const note = `(${counted(more, `more ${what}`)}; --json prints all)`;
  return [...lines, note];
}
