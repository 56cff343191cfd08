import { Command, CommanderError } from 'commander';
import { describeError } from '../errors';
import { escapeLines } from '../escape';
import { OWN_VERSION } from '../version';
import { CliError, EXIT } from './base/exit-codes';
import { say } from './base/output';
import { addCompletion } from './completion-command';
import { addDiff } from './diff-command';
import { addList } from './list-command';
import { addMerge } from './merge-command';
import { addShow } from './show-command';
import { addTrigger } from './trigger-command';
import { addView } from './view-command';
import { addWatch } from './watch-command';

const EXAMPLES = `
Examples:
  gmr cart-api                     print a report of the process of that name
  gmr watch cart-api               take three reports, and say what is stuck and what grows
  gmr trigger --all cart-api       have all processes of that name write a report where they do
  gmr merge pods/*.json            which processes of a fleet look alike
  kubectl exec my-pod -- npx --no -- gmr 1

Exit codes: 0 done, 1 failed, 2 invalid command line, 3 refused (no signal was sent), 4 no such process or
several of that name, 5 the report was not seen. docs/troubleshooting.md explains every message.`;

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
    .enablePositionalOptions()
    .showHelpAfterError('(gmr --help shows what there is)')
    .configureOutput({ outputError: (text, write) => write(`${escapeLines(text).join('\n')}\n`) })
    .exitOverride();
  addShow(program, end);
  addTrigger(program, end);
  addList(program);
  addView(program);
  addDiff(program);
  addWatch(program);
  addMerge(program, end);
  addCompletion(program);
  return program;
}
