import type { Command } from 'commander';
import { describeError } from '../errors';
import { escapeJson } from '../escape';
import { nonEmpty, parseSeconds, parseSignal } from './base/arguments';
import { CliError, EXIT } from './base/exit-codes';
import { say } from './base/output';
import { printReport } from './base/pager';
import { findAll, findTarget, inspected } from './processes/names';
import { requireProc } from './processes/proc';
import { requestJson, requestReport, trigger } from './processes/trigger';
import { parsePhotograph, renderReport } from './view';

const EXAMPLES = `
Examples:
  gmr trigger 4711                 the report goes where the reports of that process go
  gmr trigger --all cart-api       every process of that name
  gmr trigger 1 --file /var/log/cart     print it from there`;

interface TriggerOptions {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly wait?: boolean;
  readonly file?: string;
  readonly signal?: number;
  readonly timeout: number;
}

/** What became of the request to one process; `--json` prints these. */
interface Outcome {
  readonly pid: number;
  /** False: it was not asked, for the reason in `message`. */
  readonly sent: boolean;
  /** All that there is to say, a sentence each. */
  readonly messages: readonly string[];
  /** The report as text, or as data with `--json`; null if it was not awaited or seen. */
  readonly report: unknown;
  readonly exitCode: number;
}

/** `gmr trigger <pid|name>` */
export function addTrigger(program: Command, end: (exitCode: number) => void): void {
  program
    .command('trigger')
    .description('request a report; sends no signal to a process that does not handle it')
    .argument('<pid|name>', 'process number, or service or script name as in gmr list')
    .option('-a, --all', 'from all processes of that name')
    .option('-w, --wait', 'wait for the report and print it')
    .option('-f, --file <path>', 'where the report appears: a log file or a folder of reports', nonEmpty)
    .option('-s, --signal <name>', 'send only this signal (default: the one that it handles)', parseSignal)
    .option('-t, --timeout <seconds>', 'how long to wait', parseSeconds, 15)
    .option('--json', 'print a JSON array with what became of each request')
    .addHelpText('after', EXAMPLES)
    .action(async (target: string, options: TriggerOptions) => {
      requireProc();
      const pids = options.all === true ? findAll(target) : [(await findTarget(target)).pid];
      const outcomes = await Promise.all(pids.map((pid) => ask(pid, options, pids.length > 1)));
      if (options.json === true) printOutcomes(outcomes);
      else for (const { report } of outcomes) if (typeof report === 'string') await printReport(report);
      end(outcomes.find(({ exitCode }) => exitCode !== EXIT.ok)?.exitCode ?? EXIT.ok);
    });
}

/** Never rejects: other processes are asked, whatever this one does. */
async function ask(pid: number, options: TriggerOptions, isOneOfSeveral: boolean): Promise<Outcome> {
  const messages: string[] = [];
  const note = (sentence: string): void => {
    messages.push(sentence);
    if (options.json !== true) say(isOneOfSeveral ? withProcess(pid, sentence) : sentence);
  };
  try {
    const { report, exitCode } = await run(pid, options, note);
    return { pid, sent: true, messages, report, exitCode };
  } catch (error) {
    note(error instanceof CliError ? error.message : describeError(error));
    const exitCode = error instanceof CliError ? error.exitCode : EXIT.failed;
    return {
      pid,
      sent: messages.some((message) => message.startsWith('sent ')),
      messages,
      report: null,
      exitCode,
    };
  }
}

function withProcess(pid: number, sentence: string): string {
  return new RegExp(`\\bprocess ${pid}\\b`).test(sentence) ? sentence : `process ${pid}: ${sentence}`;
}

async function run(
  pid: number,
  { wait = false, json = false, file, signal, timeout }: TriggerOptions,
  note: (sentence: string) => void,
): Promise<{ readonly report: unknown; readonly exitCode: number }> {
  const target = await inspected(pid);
  // --file implies --wait: the place is only needed to show the report.
  if (!wait && file === undefined) {
    trigger(target, signal, note);
    return { report: null, exitCode: EXIT.ok };
  }
  const request = { signal, file, timeoutMs: timeout * 1000 };
  const report = json ? await dataOf(target, request, note) : await textOf(target, request, note);
  return { report, exitCode: report === null ? EXIT.unseen : EXIT.ok };
}

type Request = Parameters<typeof requestReport>;

async function dataOf(...request: Request): Promise<unknown> {
  const document = await requestJson(...request);
  return document === null ? null : parsePhotograph(document, 'the report');
}

async function textOf(...request: Request): Promise<string | null> {
  const report = await requestReport(...request);
  return report === null ? null : renderReport(report.text, 'the report');
}

function printOutcomes(outcomes: readonly Outcome[]): void {
  const shown = outcomes.map(({ exitCode: _exitCode, ...outcome }) => toJson(outcome));
  process.stdout.write(`${escapeJson(`[${shown.join(',\n')}]`)}\n`);
}

/** A report that cannot be printed costs only itself. */
function toJson(outcome: Omit<Outcome, 'exitCode'>): string {
  try {
    return JSON.stringify(outcome, null, 2);
  } catch (error) {
    const messages = [...outcome.messages, describeError(error)];
    return JSON.stringify({ ...outcome, messages, report: null }, null, 2);
  }
}
