import { readFileSync } from 'node:fs';
import { describeError } from '../errors';
import { escapeJson, escapeLines } from '../escape';
import type { Photograph } from '../report/model';
import { renderCollapsed } from '../views/collapsed';
import { renderLog } from '../views/log';
import { renderText } from '../views/text';
import { CliError, EXIT } from './base/exit-codes';
import { findLoggedReports, reportLinesOf, type LoggedReport } from './base/logged-reports';
import { chooseReport, renderHead, wholeDocument } from './view-logged';

/** The only version of the report's data that this version of the package can print. */
const SCHEMA_VERSION = 1;

/** Larger files may not fit into a string. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;

/** The forms in which a report can be printed. */
export const VIEW_FORMATS = ['text', 'json', 'log', 'collapsed'] as const;

/** One of {@link VIEW_FORMATS}. */
export type ViewFormat = (typeof VIEW_FORMATS)[number];

/** What to print of a file. */
export interface ViewRequest {
  readonly file: string;
  readonly format: ViewFormat;
  /** Of a log with several reports, this one; undefined: the newest. */
  readonly reportId: string | undefined;
}

/** What is printed of a file. */
export interface Viewed {
  readonly text: string;
  /** A sentence for stderr; else empty. */
  readonly note: string;
  /** Why the report is not all there, if only a part of it is printed. */
  readonly failure: CliError | null;
}

/**
 * A report in the requested format: from a JSON document, from a log with lines of `format: 'log'`, or unchanged from a
 * file with the text.
 *
 * @throws CliError when it cannot be read, or is no report.
 */
export function viewFile({ file, format, reportId }: ViewRequest): Viewed {
  const origin = file === '-' ? 'standard input' : file;
  const text = readReport(file);
  if (isDocument(text)) return whole(renderDocument(text, origin, format));
  if (isText(text)) {
    if (format === 'text' && reportId === undefined) return whole(renderReport(text, origin));
    throw new CliError(
      EXIT.failed,
      `${origin} has text reports, which can only be printed as they are; --format and --report need a JSON report, or a log without text reports`,
    );
  }
  const reports = findLoggedReports(text);
  if (reports.length > 0) return viewLogged(reports, origin, { format, reportId });
  if (isJson(text) && !isJsonLines(text)) return whole(renderDocument(text, origin, format));
  throw new CliError(
    EXIT.failed,
    `${origin} is not a report that gmr can show: it is no JSON document, and has neither the heading of a text report nor lines of the format 'log'`,
  );
}

/** A report, of which the caller knows that it is one, as text. Control characters are made visible. */
export function renderReport(text: string, origin: string): string {
  if (isJson(text)) return renderDocument(text, origin, 'text');
  return `${escapeLines(text).join('\n')}\n`;
}

/** @throws CliError when the file cannot be read. */
export function readReport(file: string): string {
  try {
    const bytes = readFileSync(file === '-' ? 0 : file);
    // What is larger is a log, and of a log only some lines are needed.
    return bytes.length > MAX_TEXT_BYTES ? reportLinesOf(bytes) : bytes.toString('utf8');
  } catch (error) {
    throw new CliError(EXIT.failed, `cannot read ${file}: ${describeError(error)}`);
  }
}

/**
 * The data of a JSON report.
 *
 * @throws CliError when the text is no JSON document of a version that this gmr knows.
 */
export function parsePhotograph(text: string, origin: string): Photograph {
  const value = parse(text, origin);
  const version: unknown = (value as { readonly schemaVersion?: unknown } | null)?.schemaVersion;
  if (version === SCHEMA_VERSION) return value as Photograph;
  const problem =
    version === undefined
      ? 'it has no schemaVersion'
      : `its schemaVersion is ${JSON.stringify(version)}, and this gmr knows ${SCHEMA_VERSION}`;
  throw new CliError(EXIT.failed, `${origin} is not a report that gmr can show: ${problem}`);
}

function whole(text: string): Viewed {
  return { text, note: '', failure: null };
}

function viewLogged(
  reports: readonly LoggedReport[],
  origin: string,
  { format, reportId }: Omit<ViewRequest, 'file'>,
): Viewed {
  const { report, note } = chooseReport(reports, reportId, origin);
  try {
    return {
      text: renderDocument(wholeDocument(report), `report ${report.id}`, format),
      note,
      failure: null,
    };
  } catch (error) {
    if (error instanceof CliError) return { text: renderHead(report), note, failure: error };
    throw error;
  }
}

function renderDocument(text: string, origin: string, format: ViewFormat): string {
  const photograph = parsePhotograph(text, origin);
  try {
    switch (format) {
      case 'text':
        return renderText(photograph);
      case 'json':
        return `${escapeJson(text.trim())}\n`;
      case 'log':
        return renderLog(photograph, Infinity);
      case 'collapsed':
        return renderCollapsed(photograph);
    }
  } catch (error) {
    throw new CliError(EXIT.failed, `${origin} is no complete report: ${describeError(error)}`);
  }
}

function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}

/** A whole JSON document, whatever lines are in its strings. */
export function isDocument(text: string): boolean {
  if (!isJson(text)) return false;
  try {
    return 'schemaVersion' in (JSON.parse(text) as object);
  } catch {
    return false;
  }
}

/** A log of JSON lines: the first one is complete, and there are others. */
function isJsonLines(text: string): boolean {
  const [first = '', ...others] = text.trim().split('\n', 2);
  if (others.length === 0) return false;
  try {
    JSON.parse(first);
    return true;
  } catch {
    return false;
  }
}

/** The heading of a text report, also of those that are made without the formatter. */
function isText(text: string): boolean {
  return /^====\s+Guru Meditation\s+====\r?$/m.test(text);
}

function parse(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError(EXIT.failed, `${origin} looks like JSON and is not: ${describeError(error)}`);
  }
}
