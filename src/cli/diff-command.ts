import type { Command } from 'commander';
import { compareReports, type NamedReport } from '../compare/compare';
import type { Comparison } from '../compare/model';
import { renderComparison } from '../compare/text/text-comparison';
import { describeError } from '../errors';
import { escapeJson } from '../escape';
import { areKnown } from '../report/facts';
import { CliError, EXIT } from './base/exit-codes';
import { say } from './base/output';
import { readReportFile } from './report-files';

const EXAMPLES = `
Examples:
  gmr diff 1.json 2.json 3.json          what is stuck, and what grows
  gmr diff reports/*.json --json         the same as data, for scripts
  gmr diff 1.json 2.json | head -5       the verdict is in the first lines
  gmr diff service.log                   the reports in a log (GMR_FORMAT=log)

Text reports cannot be compared: set GMR_FORMAT=json. The order does not matter.`;

/** `gmr diff <files...>` */
export function addDiff(program: Command): void {
  program
    .command('diff')
    .description('compare two or more reports of one process: what is stuck, what grows')
    .argument('<files...>', "JSON reports, or logs with lines of the format 'log'")
    .option('--json', 'print the comparison as JSON')
    .addHelpText('after', EXAMPLES)
    .action((files: readonly string[], options: { readonly json?: boolean }) => {
      const reports = files.flatMap(readAll);
      process.stdout.write(renderDiff(compareDistinct(reports), options.json === true));
    });
}

function readAll(file: string): readonly NamedReport[] {
  const { reports, problems } = readReportFile(file, assertComparable);
  for (const problem of problems) say(problem);
  return reports;
}

/** Compares it with itself, so that the message about a report that lacks parts names its file. */
function assertComparable(report: NamedReport): void {
  try {
    compareReports([report, report]);
  } catch (error) {
    throw new CliError(EXIT.failed, `${report.origin} is not a complete report: ${describeError(error)}`);
  }
}

/**
 * The comparison without reports that are given twice.
 *
 * @throws CliError when fewer than two are left.
 */
export function compareDistinct(reports: readonly NamedReport[]): Comparison {
  const seen = new Map<string, NamedReport>();
  for (const report of reports) {
    const { reportId, pid, facts, requestedAtMs } = report.photograph;
    // Process 1 of two containers may make reports with the same id.
    const key = JSON.stringify([reportId, pid, requestedAtMs, areKnown(facts) ? facts.host : null]);
    const same = seen.get(key);
    if (same === undefined) seen.set(key, report);
    else say(`${report.origin} is the same report as ${same.origin}, and is omitted`);
  }
  if (seen.size < 2)
    throw new CliError(EXIT.usage, `a comparison needs at least two reports, and there is ${seen.size}`);
  return compareReports([...seen.values()]);
}

/** The comparison as it is printed. */
export function renderDiff(comparison: Comparison, asJson: boolean): string {
  return asJson ? `${escapeJson(JSON.stringify(comparison, null, 2))}\n` : renderComparison(comparison);
}
