import type { Command } from 'commander';
import type { NamedReport } from '../compare/compare';
import { FleetMerger } from '../compare/fleet/merge';
import { renderFleet } from '../compare/text/text-fleet';
import { describeError } from '../errors';
import { escapeJson } from '../escape';
import { CliError, EXIT } from './base/exit-codes';
import { say } from './base/output';
import { readReportFile } from './report-files';

const EXAMPLES = `
Examples:
  gmr merge pods/*.json                  which processes look alike, outliers first
  gmr merge pods/*.json --json           the same as data, for scripts
  for p in $(kubectl get pods -l app=cart -o name); do   # one report of each pod
    kubectl exec $p -- npx --no -- gmr 1 --json > pods/\${p##*/}.json
  done

A file that is no JSON report is listed, and does not stop the others. Exit code 1
if none could be read. Of several reports of one process, the latest counts.`;

/** `gmr merge <files...>` */
export function addMerge(program: Command, end: (exitCode: number) => void): void {
  program
    .command('merge')
    .description('find the processes of a fleet that look alike, outliers first')
    .argument('<files...>', "JSON reports, or logs with lines of the format 'log'")
    .option('--json', 'print the classes as JSON')
    .addHelpText('after', EXAMPLES)
    .action((files: readonly string[], options: { readonly json?: boolean }) => {
      const fleet = mergeFiles(files).result();
      if (fleet.reports === 0) {
        for (const { reason } of fleet.skipped) say(reason);
        end(EXIT.failed);
      }
      if (options.json === true) process.stdout.write(`${escapeJson(JSON.stringify(fleet, null, 2))}\n`);
      else if (fleet.reports > 0) process.stdout.write(renderFleet(fleet));
    });
}

/** Reads one file after the other, so that only one report is in memory. */
function mergeFiles(files: readonly string[]): FleetMerger {
  const merger = new FleetMerger();
  for (const file of files) {
    try {
      // Adding a report checks it.
      const { reports, problems } = readReportFile(file, () => undefined);
      for (const report of reports) addReport(merger, file, report);
      for (const problem of problems) merger.skip(file, problem);
    } catch (error) {
      merger.skip(file, error instanceof CliError ? error.message : describeError(error));
    }
  }
  return merger;
}

/** One report that this version does not understand costs only itself. */
function addReport(merger: FleetMerger, file: string, { origin, photograph }: NamedReport): void {
  try {
    merger.add(origin, photograph);
  } catch (error) {
    merger.skip(file, `${origin} is not a complete report: ${describeError(error)}`);
  }
}
