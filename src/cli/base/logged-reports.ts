import { LOG_MARKER, type LogHead, type LogPart } from '../../views/log-lines';

/** A report of `format: 'log'`, as far as its lines were found. */
export interface LoggedReport {
  readonly id: string;
  readonly host: string | null;
  /** How many lines it has. */
  readonly of: number;
  /** What the first line says; null when that line is missing. */
  readonly head: LogHead | null;
  /** The piece of the document in each line that was found, by its number. */
  readonly pieces: ReadonlyMap<number, string>;
  /** A line that was found twice with different content; null when there is none. */
  readonly conflict: number | null;
}

type Mutable = { -readonly [Key in keyof LoggedReport]: LoggedReport[Key] } & {
  readonly pieces: Map<number, string>;
};

/** In every line of a report, also where a log collector has put the line into a string of its own. */
const IN_EACH_LINE = 'reportId';
/** How deep in the objects of a collector a line may be. */
const MAX_DEPTH = 8;
const MAX_ID_LENGTH = 300;
const MAX_PARTS = 10_000_000;

/**
 * The reports of `format: 'log'` in the text of a log, in the order of their last lines. The lines may be among others,
 * behind a prefix such as that of CRI, or in the JSON of a collector such as that of Docker's `json-file`.
 */
export function findLoggedReports(text: string): readonly LoggedReport[] {
  const reports = new Map<string, Mutable>();
  for (let at = text.indexOf(IN_EACH_LINE); at !== -1;) {
    const begin = text.lastIndexOf('\n', at) + 1;
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    for (const part of partsOfLine(text.slice(begin, end), 0)) add(reports, part);
    at = text.indexOf(IN_EACH_LINE, end);
  }
  return [...reports.values()];
}

/** The lines of a log that may be those of a report: what is needed of a log that is too large for one string. */
export function reportLinesOf(log: Buffer): string {
  const lines: string[] = [];
  for (let at = log.indexOf(IN_EACH_LINE); at !== -1;) {
    const begin = log.lastIndexOf('\n', at) + 1;
    const newline = log.indexOf('\n', at);
    const end = newline === -1 ? log.length : newline;
    lines.push(log.toString('utf8', begin, end));
    at = log.indexOf(IN_EACH_LINE, end);
  }
  return lines.join('\n');
}

/** The JSON document of a report; null when lines are missing or contradict each other. */
export function documentOf(report: LoggedReport): string | null {
  if (report.conflict !== null || report.pieces.size < report.of) return null;
  const pieces: string[] = [];
  for (let part = 1; part <= report.of; part++) pieces.push(report.pieces.get(part) ?? '');
  return pieces.join('');
}

/** The numbers of the lines that are missing, as `2, 5-7`. */
export function missingParts({ pieces, of }: LoggedReport): string {
  const found = [...pieces.keys()].toSorted((a, b) => a - b);
  const gaps: string[] = [];
  let next = 1;
  for (const part of [...found, of + 1]) {
    if (part > next) gaps.push(part - next === 1 ? `${next}` : `${next}-${part - 1}`);
    next = part + 1;
  }
  return gaps.join(', ');
}

function add(reports: Map<string, Mutable>, part: LogPart & Partial<LogHead>): void {
  const { reportId, host, of } = part;
  const key = JSON.stringify([reportId, host]);
  const report: Mutable = reports.get(key) ?? {
    id: reportId,
    host,
    of,
    head: null,
    pieces: new Map(),
    conflict: null,
  };
  // Moves it behind the others.
  reports.delete(key);
  reports.set(key, report);
  const earlier = report.pieces.get(part.part);
  // A log may be collected twice: the same line again is none the worse.
  if (of !== report.of || (earlier !== undefined && earlier !== part.data)) report.conflict ??= part.part;
  report.pieces.set(part.part, part.data);
  if (part.part === 1) report.head ??= headOf(part);
}

function partsOfLine(line: string, depth: number): readonly LogPart[] {
  const begins = [line.indexOf('{'), line.indexOf(`{"gmr":`)].filter((begin) => begin !== -1);
  for (const begin of new Set(begins)) {
    const value = parse(line.slice(begin, line.lastIndexOf('}') + 1));
    if (value !== undefined) return partsIn(value, depth);
  }
  return [];
}

function partsIn(value: unknown, depth: number): readonly LogPart[] {
  if (depth > MAX_DEPTH) return [];
  if (typeof value === 'string') {
    const mayBe = value.includes(IN_EACH_LINE) && value.includes(`"gmr"`);
    return mayBe ? value.split('\n').flatMap((line) => partsOfLine(line, depth + 1)) : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  // The document of a report is no line of one, whatever strings it has.
  if ('schemaVersion' in value) return [];
  if (isPart(value)) return [value];
  return Object.values(value).flatMap((each) => partsIn(each, depth + 1));
}

function isPart(value: object): value is LogPart {
  const { gmr, reportId, part, of, host, data } = value as Partial<Record<keyof LogPart, unknown>>;
  if (gmr !== LOG_MARKER || typeof reportId !== 'string' || typeof data !== 'string') return false;
  if (reportId.length > MAX_ID_LENGTH || (host !== null && typeof host !== 'string')) return false;
  const isNumber = (number: unknown): number is number => Number.isInteger(number);
  return isNumber(part) && isNumber(of) && part >= 1 && part <= of && of <= MAX_PARTS;
}

/** The first line comes from a log, which anybody may have written to. */
function headOf(part: Partial<LogHead>): LogHead | null {
  const { level, time, service = null, pid, trigger, message, summary, traceIds } = part;
  const areTexts = [level, time, trigger, message].every((text) => typeof text === 'string');
  const isName = service === null || typeof service === 'string';
  if (!areTexts || !isName || !areStrings(summary) || !areStrings(traceIds)) return null;
  return typeof pid === 'number' ? (part as LogHead) : null;
}

function areStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
