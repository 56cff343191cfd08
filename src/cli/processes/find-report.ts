import { documentOf, findLoggedReports } from '../base/logged-reports';

/** A report that was found in a log or in a file of its own. */
export interface FoundReport {
  readonly id: string;
  readonly kind: 'text' | 'json';
  readonly text: string;
}

/** The banner above the title of a text report. It begins a line, and only the report itself prints at the margin. */
const TITLE = new RegExp(`^====${' '.repeat(24)}Guru Meditation${' '.repeat(25)}====\r?\n={72}\r?$`, 'gm');
const RULE = '='.repeat(72);
/** The line with the id of the report. In the essential report, it has a different form, with a comma after the id. */
const ID = /^ {2}report(?:: +(\S+)| (\S+),.*)\r?$/m;
/** A JSON report on one line, as it stands in a log. */
const JSON_BEGIN = '{"schemaVersion":';

/**
 * The first complete report of the process in a text, which may hold much else: the log of a service, or of several.
 *
 * @param ownPid - pid of the process as it sees it itself; it is a part of the report's id.
 * @param known - ids of reports that were made before.
 */
export function findReport(
  text: string,
  ownPid: number,
  known: ReadonlySet<string> = new Set(),
): FoundReport | null {
  const isWanted = (id: string): boolean => pidOfId(id) === ownPid && !known.has(id);
  return findText(text, isWanted) ?? findJson(text, isWanted) ?? findLogged(text, isWanted);
}

type IsWanted = (id: string) => boolean;

function findText(text: string, isWanted: IsWanted): FoundReport | null {
  const titles = [...text.matchAll(TITLE)].map(({ index }) => index);
  for (const [number, title] of titles.entries()) {
    // The text after the next title belongs to another report, so this report was never completed.
    const part = text.slice(title, titles[number + 1] ?? text.length);
    const id = idOf(part);
    const end = id === null || !isWanted(id) ? null : endOf(part, id);
    if (id !== null && end !== null)
      return { id, kind: 'text', text: text.slice(beginOf(text, title), title + end) };
  }
  return null;
}

function idOf(report: string): string | null {
  const found = ID.exec(report);
  return found?.[1] ?? found?.[2] ?? null;
}

/** An id is `<time>-<pid>-<number>`. */
function pidOfId(id: string): number | null {
  const pid = /-(\d+)-\d+$/.exec(id)?.[1];
  return pid === undefined ? null : Number(pid);
}

/** The index after the last line, which has the id of the report; null when that line is not there yet. */
function endOf(report: string, id: string): number | null {
  const mark = `\n==== End of report ${id} ====`;
  for (let at = report.indexOf(mark); at !== -1; at = report.indexOf(mark, at + 1)) {
    const newline = report.indexOf('\n', at + mark.length);
    if (newline !== -1 && report.slice(at + mark.length, newline).trim() === '') return newline + 1;
  }
  return null;
}

/** The rule above the title. Text before it on the same line is output of the service without a line break. */
function beginOf(text: string, title: number): number {
  const rule = text.lastIndexOf(RULE, title);
  return rule === -1 ? title : rule;
}

function findJson(text: string, isWanted: IsWanted): FoundReport | null {
  for (let begin = text.indexOf(JSON_BEGIN); begin !== -1;) {
    const newline = text.indexOf('\n', begin);
    const end = newline === -1 ? text.length : newline;
    // A report that was cut off may be before it on the line. No more than two are tried: a log may be hostile.
    for (const at of new Set([begin, text.lastIndexOf(JSON_BEGIN, end)])) {
      const document = text.slice(at, end);
      const id = idIn(document);
      if (isWanted(id)) return { id, kind: 'json', text: document };
    }
    begin = text.indexOf(JSON_BEGIN, end);
  }
  return null;
}

/** Of lines of the format `log`, put together. */
function findLogged(text: string, isWanted: IsWanted): FoundReport | null {
  for (const report of findLoggedReports(text)) {
    const document = isWanted(report.id) ? documentOf(report) : null;
    if (document !== null && isWanted(idIn(document)))
      return { id: report.id, kind: 'json', text: document.trimEnd() };
  }
  return null;
}

/** Empty: no JSON, or not all of it is there yet. */
function idIn(document: string): string {
  try {
    const { reportId } = JSON.parse(document) as { readonly reportId?: unknown };
    return typeof reportId === 'string' ? reportId : '';
  } catch {
    return '';
  }
}
