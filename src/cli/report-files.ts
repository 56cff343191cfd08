import type { NamedReport } from '../compare/compare';
import { describeError } from '../errors';
import { CliError, EXIT } from './base/exit-codes';
import { findLoggedReports, type LoggedReport } from './base/logged-reports';
import { readNamedFile } from './base/read-file';
import { isDocument, parsePhotograph } from './view';
import { wholeDocument } from './view-logged';

/** Logs may be long; this only keeps a wrong file from filling the memory. */
const MAX_FILE_BYTES = 268_435_456;

/** What a file has. */
export interface ReadReports {
  readonly reports: readonly NamedReport[];
  /** Of a log, the reports that are not all there, and why. */
  readonly problems: readonly string[];
}

/**
 * The report in a JSON file, or all that are complete in a log with lines of `format: 'log'`.
 *
 * @param check - throws if a report lacks what the caller needs.
 * @throws CliError when it cannot be read, or has no complete report.
 */
export function readReportFile(file: string, check: (report: NamedReport) => void): ReadReports {
  const text = readText(file);
  const logged = isDocument(text) ? [] : findLoggedReports(text);
  if (logged.length > 0) return readLogged(file, logged, check);
  if (!text.trimStart().startsWith('{')) throw otherFile(file, text);
  const report = { origin: file, photograph: parsePhotograph(text, file) };
  check(report);
  return { reports: [report], problems: [] };
}

function readLogged(
  file: string,
  logged: readonly LoggedReport[],
  check: (report: NamedReport) => void,
): ReadReports {
  const reports: NamedReport[] = [];
  const problems: string[] = [];
  for (const each of logged) {
    try {
      const photograph = parsePhotograph(wholeDocument(each), file);
      const report = { origin: `${file} (${each.id})`, photograph };
      check(report);
      reports.push(report);
    } catch (error) {
      problems.push(`${file}: ${error instanceof CliError ? error.message : describeError(error)}`);
    }
  }
  if (reports.length === 0) throw new CliError(EXIT.failed, problems[0] ?? '');
  return { reports, problems };
}

function readText(file: string): string {
  try {
    return readNamedFile(file, MAX_FILE_BYTES);
  } catch (error) {
    throw new CliError(EXIT.failed, `cannot read ${file}: ${describeError(error)}`);
  }
}

function otherFile(file: string, text: string): CliError {
  if (!text.includes('Guru Meditation')) return new CliError(EXIT.failed, `${file} is not a JSON report`);
  return new CliError(
    EXIT.failed,
    `${file} is a text report, and only JSON reports can be compared: set GMR_FORMAT=json, or format: 'json'`,
  );
}
