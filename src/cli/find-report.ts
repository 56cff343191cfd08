/** A report that was found in a log or in a file of its own. */
export interface FoundReport {
  readonly kind: 'text' | 'json';
  readonly text: string;
}

/** The part of the last line of a text report that its id follows. */
const END_MARKER = '==== End of report ';
const TITLE = 'Guru Meditation';
/** A JSON report on one line, as it stands in a log. */
const JSON_BEGIN = '{"schemaVersion":';

/**
 * The first complete report of the process in a text, which may hold much else: the log of a service, or of several.
 *
 * @param ownPid - pid of the process as it sees it itself; it is a part of the report's id.
 */
export function findReport(text: string, ownPid: number): FoundReport | null {
  return findText(text, ownPid) ?? findJson(text, ownPid);
}

function findText(text: string, ownPid: number): FoundReport | null {
  for (let from = 0; ;) {
    const end = text.indexOf(END_MARKER, from);
    const newline = end === -1 ? -1 : text.indexOf('\n', end);
    if (newline === -1) return null;
    if (isOfProcess(text.slice(end + END_MARKER.length, newline), ownPid)) {
      return { kind: 'text', text: text.slice(beginOf(text, from, end), newline + 1) };
    }
    from = newline + 1;
  }
}

/** `<time>-<pid>-<number> ====` */
function isOfProcess(rest: string, ownPid: number): boolean {
  return /-(\d+)-\d+ ====\s*$/.exec(rest)?.[1] === String(ownPid);
}

/** Where the banner above the title begins; what was printed before it is somebody else's. */
function beginOf(text: string, from: number, end: number): number {
  const title = text.lastIndexOf(`====${' '.repeat(24)}${TITLE}`, end);
  if (title < from) return from;
  const rule = text.lastIndexOf('\n', title - 2) + 1;
  return Math.max(from, rule);
}

function findJson(text: string, ownPid: number): FoundReport | null {
  for (let begin = text.indexOf(JSON_BEGIN); begin !== -1; begin = text.indexOf(JSON_BEGIN, begin + 1)) {
    const newline = text.indexOf('\n', begin);
    const document = text.slice(begin, newline === -1 ? text.length : newline);
    if (pidOf(document) === ownPid) return { kind: 'json', text: document };
  }
  return null;
}

/** Null: no JSON, or not all of it is there yet. */
function pidOf(document: string): number | null {
  try {
    const { pid } = JSON.parse(document) as { readonly pid?: unknown };
    return typeof pid === 'number' ? pid : null;
  } catch {
    return null;
  }
}
