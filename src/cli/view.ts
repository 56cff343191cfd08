import { readFileSync } from 'node:fs';
import { describeError } from '../errors';
import type { Photograph } from '../report/model';
import { escapeLines } from '../escape';
import type { Surroundings } from '../views/surroundings';
import { renderText } from '../views/text';
import { CliError, EXIT } from './exit-codes';

/** The only version of the report's data that this version of the package can print. */
const SCHEMA_VERSION = 1;

/** Source lines would be those of this machine and of today, not of the process: none are shown. */
const NOWHERE: Surroundings = { gitCommit: null };

/**
 * A report file for a terminal: text unchanged, JSON as the text that it would have been.
 *
 * @throws CliError when it cannot be read, or is JSON but no report.
 */
export function viewFile(file: string): string {
  return renderReport(readReport(file), file === '-' ? 'standard input' : file);
}

/** Control characters, which could play tricks on the terminal, are made visible. */
export function renderReport(text: string, origin: string): string {
  if (text.trimStart().startsWith('{')) return renderData(parsePhotograph(text, origin), origin);
  return `${escapeLines(text).join('\n')}\n`;
}

function readReport(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CliError(EXIT.failed, `cannot read ${file}: ${describeError(error)}`);
  }
}

function renderData(photograph: Photograph, origin: string): string {
  try {
    return renderText(photograph, NOWHERE);
  } catch (error) {
    throw new CliError(EXIT.failed, `${origin} is no complete report: ${describeError(error)}`);
  }
}

function parsePhotograph(text: string, origin: string): Photograph {
  const value = parse(text, origin);
  const version: unknown = (value as { readonly schemaVersion?: unknown } | null)?.schemaVersion;
  if (version === SCHEMA_VERSION) return value as Photograph;
  const problem =
    version === undefined
      ? 'it has no schemaVersion'
      : `its schemaVersion is ${JSON.stringify(version)}, and this gmr knows ${SCHEMA_VERSION}`;
  throw new CliError(EXIT.failed, `${origin} is not a report that gmr can show: ${problem}`);
}

function parse(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError(EXIT.failed, `${origin} looks like JSON and is not: ${describeError(error)}`);
  }
}
