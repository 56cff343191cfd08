import type { Command } from 'commander';
import type { Photograph } from '../report/model';
import { nonEmpty, parseCount, parseSeconds } from './base/arguments';
import { CliError, EXIT } from './base/exit-codes';
import { say } from './base/output';
import { compareDistinct, renderDiff } from './diff-command';
import type { Installed } from './processes/inspect';
import { findTarget, inspected } from './processes/names';
import { requireProc } from './processes/proc';
import { requestJson } from './processes/trigger';
import { parsePhotograph } from './view';
import { watchReports } from './watch';

const EXAMPLES = `
Examples:
  gmr watch 4711                         3 reports, 10 s apart: what is stuck, and what grows
  gmr watch cart-api --count 5 --interval 60
  gmr watch 1 --json > comparison.json

Ctrl-C ends the watch, and compares what was taken so far if that is two reports or more.`;

interface WatchOptions {
  readonly count: number;
  readonly interval: number;
  readonly timeout: number;
  readonly file?: string;
  readonly json?: boolean;
}

/** `gmr watch <pid|name>` */
export function addWatch(program: Command): void {
  program
    .command('watch')
    .description('take several reports of a process and compare them')
    .argument('<pid|name>', 'process number, or service or script name as in gmr list')
    .option('-n, --count <number>', 'how many reports', parseCount, 3)
    .option('-i, --interval <seconds>', 'from one report to the next', parseSeconds, 10)
    .option('-t, --timeout <seconds>', 'how long to wait for each report', parseSeconds, 15)
    .option('-f, --file <path>', 'where reports appear: a log file or a folder of reports', nonEmpty)
    .option('--json', 'print the comparison as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (target: string, options: WatchOptions) => {
      requireProc();
      const { count, interval, json = false } = options;
      const watched = await findTarget(target);
      const stop = new AbortController();
      const take = (): Promise<Photograph> => requestReport(watched, options, stop.signal);
      const reports = await untilInterrupted(stop, () =>
        watchReports({ take, count, intervalMs: interval * 1000, stop: stop.signal, say }),
      );
      if (reports.length < 2) {
        throw new CliError(EXIT.failed, 'stopped before the second report: there is nothing to compare');
      }
      process.stdout.write(renderDiff(compareDistinct(reports), json));
    });
}

/** A report of the same process as at the beginning, whatever has its number by now. */
async function requestReport(
  watched: Installed,
  { timeout, file }: WatchOptions,
  stop: AbortSignal,
): Promise<Photograph> {
  const { pid } = watched;
  const target = await inspected(pid);
  if (target.process.startTicks !== watched.process.startTicks) {
    throw new CliError(EXIT.notFound, `process ${pid} has ended, and another one has its number`);
  }
  const sentences: string[] = [];
  const request = { signal: undefined, file, timeoutMs: timeout * 1000, stop };
  const document = await requestJson(target, request, (sentence) => sentences.push(sentence));
  if (document === null) throw new CliError(EXIT.unseen, sentences.at(-1) ?? 'the report was not seen');
  return parsePhotograph(document, 'the report');
}

/** Runs `work` until it ends, and lets Ctrl-C end it early, but not the command. */
async function untilInterrupted<T>(stop: AbortController, work: () => Promise<T>): Promise<T> {
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  try {
    return await work();
  } finally {
    process.off('SIGINT', interrupt);
  }
}
