import { Argument, type Command, type Option } from 'commander';
import { bashScript } from './completion/bash';
import { fishScript } from './completion/fish';
import type { Completed, CompletedCommand, CompletedOption } from './completion/model';
import { zshScript } from './completion/zsh';
import { gmrPids } from './processes/list';
import { serviceOf } from './processes/names';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof SCRIPTS;

/** The command that the scripts call. No part of the documented command line. */
const HIDDEN = '__complete';
/** The command whose name may be omitted: `gmr cart-api` is `gmr show cart-api`. */
const DEFAULT_COMMAND = 'show';
/**
 * Names with other characters are not offered: a shell would split them, or give them a meaning. Numbers always are, and
 * so are names with a scope: `@acme/cart-api`.
 */
const PLAIN_NAME = /^@?[A-Za-z0-9][\w.+/-]{0,199}$/;

const EXAMPLES = `
Examples:
  source <(gmr completion bash)            for this shell; in ~/.bashrc for all
  gmr completion fish > ~/.config/fish/completions/gmr.fish`;

/** `gmr completion <shell>` */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes command lines of gmr in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell) => void process.stdout.write(SCRIPTS[shell](commandsOf(program))));
  program
    .command(HIDDEN, { hidden: true })
    .argument('<what>')
    .action((what: string) => void process.stdout.write(what === 'names' ? processNames() : ''));
}

/** Names and numbers of the processes that `gmr list` shows, one on each line; nothing where they cannot be seen. */
function processNames(): string {
  if (process.platform !== 'linux') return '';
  const words = gmrPids().flatMap((pid) => [serviceOf(pid), String(pid)]);
  const plain = new Set(words.filter((word) => PLAIN_NAME.test(word)));
  return [...plain].map((word) => `${word}\n`).join('');
}

function commandsOf(program: Command): readonly CompletedCommand[] {
  const commands = program.commands.filter((command) => !command.name().startsWith('__'));
  const names = commands.map((command) => command.name());
  const help: CompletedCommand = {
    name: 'help',
    description: 'print the help of a command',
    options: [],
    argument: names,
    isDefault: false,
  };
  return [...commands.map(describe), help];
}

function describe(command: Command): CompletedCommand {
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    description: command.description(),
    options: [
      ...command.options.filter(({ hidden }) => !hidden).map(describeOption),
      { flags: ['-h', '--help'], description: 'print this help', value: null },
    ],
    argument: argument === undefined ? 'nothing' : completedBy(argument.name(), argument.argChoices),
    isDefault: command.name() === DEFAULT_COMMAND,
  };
}

function describeOption(option: Option): CompletedOption {
  const { short, long, description, argChoices, required, optional, flags } = option;
  const name = /[<[]([^>\]]+)/.exec(flags)?.[1] ?? '';
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    value: required || optional ? completedBy(name, argChoices) : null,
  };
}

/** By what the help calls it: `<pid|name>`, `<file>`, `<path>`. */
function completedBy(name: string, choices: readonly string[] | undefined): Completed {
  if (choices !== undefined) return choices;
  if (/\bpid\b/.test(name)) return 'processes';
  return /file|path|folder|report/.test(name) ? 'files' : 'nothing';
}
