import { boundedName, clip, escapeInline, escapeLine } from '../escape';

/*
 * Only this module prints at the left margin: banners, heads and the mark at the end. Everything that the views return
 * is escaped and indented here, so text from outside cannot begin a line of the report, even if a view forgets to
 * escape it.
 */

/** Columns of banners and heads; lines of content may be longer. */
const COLUMNS = 72;
/** A head has two names at most, each of which is bounded. */
const MAX_HEAD_LENGTH = 600;
/** Longer lines are cut, even if a view forgets to. */
const MAX_LINE_LENGTH = 65_536;
const INDENT = '  ';

/** The sections that every report has. */
export type OwnTitle =
  | 'Guru Meditation'
  | 'Package'
  | 'Threads'
  | 'Green Threads'
  | 'What Is Open'
  | 'Processes'
  | 'Configuration';

const OWN_TITLES: ReadonlySet<string> = new Set<OwnTitle>([
  'Guru Meditation',
  'Package',
  'Threads',
  'Green Threads',
  'What Is Open',
  'Processes',
  'Configuration',
]);

/** The line above a thread or a part of a section; see {@link head}. */
export class Head {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** One line of a section: content, which is indented, or a head. */
export type Line = string | Head;

/** The line above a thread or a part of a section. */
export function head(text: string): Head {
  return new Head(text);
}

/** The three lines above a section of ours. */
export function banner(title: OwnTitle): readonly string[] {
  return bannerOf(title);
}

/**
 * The three lines above a section of the application. A title is put in quotation marks if it could be mistaken for one
 * of ours, or if its banner would look like the mark at the end.
 */
export function foreignBanner(title: string): readonly string[] {
  const clean = escapeInline(boundedName(title)).trim();
  const isOurs = OWN_TITLES.has(clean) || clean.startsWith('End of report');
  return bannerOf(isOurs ? `"${clean}"` : clean);
}

function bannerOf(title: string): readonly string[] {
  const rule = '='.repeat(COLUMNS);
  return [rule, `====${centre(title, COLUMNS - 8)}====`, rule];
}

/** Formats a line as it appears in the report. */
export function printed(line: Line): string {
  if (line instanceof Head) {
    const text = escapeInline(clip(line.text, MAX_HEAD_LENGTH));
    return `------${centre(text, COLUMNS - 12)}------`;
  }
  return line === '' ? '' : INDENT + escapeLine(clip(line, MAX_LINE_LENGTH));
}

/** The line that tells a reader of a log that the report is complete. */
export function endMarker(reportId: string): string {
  return `==== End of report ${escapeInline(reportId)} ====`;
}

/** The lines of one part of the report, or one line that says why they are missing: no part may cost another. */
export function guarded(render: () => readonly Line[]): readonly Line[] {
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
