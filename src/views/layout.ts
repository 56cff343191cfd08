import { escapeInline } from './escape';

/** Columns of banners and heads; lines of content may be longer. */
const COLUMNS = 72;

/** The three lines above a section. */
export function banner(title: string): readonly string[] {
  const rule = '='.repeat(COLUMNS);
  return [rule, `====${centre(escapeInline(title), COLUMNS - 8)}====`, rule];
}

/** The line above a thread or a part of a section. */
export function head(text: string): string {
  return `------${centre(escapeInline(text), COLUMNS - 12)}------`;
}

/** The line that tells a reader of a log that the report is complete. */
export function endMarker(reportId: string): string {
  return `==== End of report ${escapeInline(reportId)} ====`;
}

/** The lines of one part of the report, or one line that says why they are missing: no part may cost another. */
export function guarded(render: () => readonly string[]): readonly string[] {
  try {
    return render();
  } catch (error) {
    return [`this part could not be printed: ${escapeInline(String(error))}`];
  }
}

/** Longer texts stay whole: a long title is still a title. One blank on each side keeps it readable. */
function centre(text: string, width: number): string {
  const room = width - text.length;
  if (room < 2) return ` ${text} `;
  const left = Math.floor(room / 2);
  return ' '.repeat(left) + text + ' '.repeat(room - left);
}
