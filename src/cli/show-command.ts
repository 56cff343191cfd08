import type { Command } from 'commander';
import { escapeJson } from '../escape';
import { isMisspelled } from '../nearest-name';
import { nonEmpty, parseSeconds, parseSignal } from './base/arguments';
import { CliError, EXIT } from './base/exit-codes';
import { say } from './base/output';
import { printReport } from './base/pager';
import type { Installed } from './processes/inspect';
import { findTarget } from './processes/names';
import { requireProc } from './processes/proc';
import { type ReportRequest, requestJson, requestReport } from './processes/trigger';
import { parsePhotograph, renderReport } from './view';

interface ShowOptions {
  readonly json?: boolean;
  readonly file?: string;
  readonly signal?: number;
  readonly timeout: number;
}

const EXAMPLES = `
Examples:
  gmr cart-api             the process of that name, as gmr list shows it
  gmr 4711 --json          by number, as JSON
  gmr show list            a process whose name is that of a command
`;

/** `gmr <pid|name>`: the report of a process, in front of you. */
export function addShow(program: Command, end: (exitCode: number) => void): void {
  program
    .command('show', { isDefault: true })
    .usage('[options] <pid|name>')
    .description('print a report of a process, now; the word show may be omitted')
    .argument('[pid|name]', 'process number, or service or script name')
    .option('--json', 'print it as JSON')
    .option('-f, --file <path>', 'where the report appears: a log file or a folder of reports', nonEmpty)
    .option('-s, --signal <name>', 'send only this signal (default: the one that it handles)', parseSignal)
    .option('-t, --timeout <seconds>', 'how long to wait', parseSeconds, 15)
    .allowExcessArguments()
    .addHelpText('after', EXAMPLES.trimEnd())
    .action(async (target: string | undefined, options: ShowOptions, command: Command) => {
      if (target === undefined) {
        program.outputHelp({ error: true });
        end(EXIT.usage);
        return;
      }
      if (command.args.length > 1) refuseExcess(target, program);
      requireProc();
      const { json = false, file, signal, timeout } = options;
      const request = { signal, file, timeoutMs: timeout * 1000 };
      const report = await take(await findShown(target, program), request, json);
      if (report === null) end(EXIT.unseen);
      else if (json) process.stdout.write(report);
      else await printReport(report);
    });
}

/** Ends the command: `gmr triger 4711`. */
function refuseExcess(target: string, program: Command): never {
  const near = misspelled(target, program);
  if (near === undefined) program.error('error: too many arguments');
  program.error(`error: unknown command '${target}'\n(Did you mean ${near}?)`);
}

function misspelled(target: string, program: Command): string | undefined {
  return program.commands.map((command) => command.name()).find((name) => isMisspelled(target, name));
}

/** The report as text, or as a JSON document on one line; null if it was not seen. */
async function take(target: Installed, request: ReportRequest, json: boolean): Promise<string | null> {
  if (json) {
    const document = await requestJson(target, request, say);
    if (document === null) return null;
    // It is printed as it came, if it is a report.
    parsePhotograph(document, 'the report');
    return `${escapeJson(document.trimEnd())}\n`;
  }
  const report = await requestReport(target, request, say);
  return report === null ? null : renderReport(report.text, 'the report');
}

/** @throws CliError as findTarget; it names the command of which the name of no process may be a misspelling. */
async function findShown(target: string, program: Command): Promise<Installed> {
  try {
    return await findTarget(target);
  } catch (error) {
    const near = misspelled(target, program);
    if (near === undefined || !(error instanceof CliError) || error.exitCode !== EXIT.notFound) throw error;
    throw new CliError(EXIT.notFound, `${error.message} (or did you mean the command ${near}?)`);
  }
}
