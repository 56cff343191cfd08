import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { describeError } from '../errors';
import { checkSignal } from '../signals';
import { OWN_VERSION } from '../version';
import { escapeInline, escapeJson, escapeLines } from '../escape';
import { CliError, EXIT } from './exit-codes';
import { listProcesses, renderList } from './list';
import { isProcMounted } from './proc';
import { trigger } from './trigger';
import { viewFile } from './view';

interface TriggerOptions {
  readonly wait?: boolean;
  readonly file?: string;
  readonly signal?: number;
  readonly timeout: number;
}

const EXAMPLES = `
Examples:
  gmr list                                   list the processes that have gmr-native
  gmr trigger 4711                           request a report; it goes to that process's usual output
  gmr trigger cart-api --wait                find the process by name, and print the report here
  gmr trigger 1 --wait --file /var/log/cart  look for the report in this folder or log file
  gmr view report.json                       print a report file as text
  kubectl exec my-pod -- npx gmr trigger 1

Exit codes:
  0  done
  1  failed, for example an unreadable file
  2  invalid command line
  3  refused: no signal was sent, because gmr-native in that process does not handle it
  4  no such process, or several of that name
  5  the report was requested, but could not be seen from here

Every message is explained in docs/troubleshooting.md of the package.`;

/** Runs one command line and hands back the exit code. Never rejects. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = makeProgram((code) => (exitCode = code));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed already; help and version are errors with exit code 0 to it.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    say(error instanceof CliError ? error.message : describeError(error));
    return error instanceof CliError ? error.exitCode : EXIT.failed;
  }
}

function makeProgram(end: (exitCode: number) => void): Command {
  const program = new Command('gmr')
    .description('Guru Meditation Reports of running Node.js processes.')
    .version(OWN_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(gmr --help shows what there is)')
    .configureOutput({ outputError: (text, write) => write(`${escapeLines(text).join('\n')}\n`) })
    .exitOverride();
  addTrigger(program, end);
  addList(program);
  addView(program);
  return program;
}

function addTrigger(program: Command, end: (exitCode: number) => void): void {
  program
    .command('trigger')
    .description('request a report from a process; sends no signal to a process that does not handle it')
    .argument('<pid|name>', 'process number, or service or script name as in gmr list')
    .option('-w, --wait', 'wait for the report and print it')
    .option('-f, --file <path>', 'where the report appears: a log file or a folder of reports', nonEmpty)
    .option('-s, --signal <name>', 'send only this signal (default: the one that it handles)', parseSignal)
    .option('-t, --timeout <seconds>', 'how long to wait', parseSeconds, 15)
    .action(async (target: string, options: TriggerOptions) => {
      requireProc();
      const { wait = false, file, signal, timeout } = options;
      // --file implies --wait: the place is only needed to show the report.
      const request = { target, signal, wait: wait || file !== undefined, file, timeoutMs: timeout * 1000 };
      const { report, exitCode } = await trigger(request, say);
      process.stdout.write(report);
      end(exitCode);
    });
}

function addList(program: Command): void {
  program
    .command('list')
    .description('list the processes that have gmr-native')
    .option('--json', 'print a JSON array')
    .action((options: { readonly json?: boolean }) => {
      requireProc();
      const processes = listProcesses();
      if (options.json === true) process.stdout.write(`${escapeJson(JSON.stringify(processes, null, 2))}\n`);
      else if (processes.length > 0) process.stdout.write(renderList(processes));
      else say('no process with gmr-native is visible here');
    });
}

function addView(program: Command): void {
  program
    .command('view')
    .description('print a report file as text')
    .argument('<file>', 'text or JSON report; - is standard input')
    .action((file: string) => void process.stdout.write(viewFile(file)));
}

/** Prints one line, whatever the sentence contains: the name of a service or a path comes from outside. */
function say(sentence: string): void {
  process.stderr.write(`gmr: ${escapeInline(sentence)}\n`);
}

function requireProc(): void {
  if (!isProcMounted()) throw new CliError(EXIT.failed, 'this needs /proc, which is only on Linux');
}

function nonEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('expected a path.');
  return value;
}

function parseSignal(value: string): number {
  try {
    const choice = checkSignal(value.startsWith('SIG') ? value : `SIG${value}`);
    if (choice !== false) return choice.number;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : describeError(error));
  }
  throw new InvalidArgumentError('expected the name of a signal.');
}

function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (value.trim() !== '' && seconds > 0 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('expected a number of seconds, at most 3600.');
}
