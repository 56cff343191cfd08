import { LIST_NAMES, type Completed, type CompletedCommand } from './model';

/** The completion script for fish. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  return `# fish completion of gmr: gmr completion fish | source
complete -c gmr -f
complete -c gmr -n __fish_use_subcommand -a '(${LIST_NAMES})' -d process
${commands.map((command) => linesOf(command, commands)).join('\n')}
`;
}

function linesOf(command: CompletedCommand, all: readonly CompletedCommand[]): string {
  const { name, description, options, argument, isDefault } = command;
  const others = all.filter((other) => other !== command).map((other) => other.name);
  const condition = isDefault
    ? `not __fish_seen_subcommand_from ${others.join(' ')}`
    : `__fish_seen_subcommand_from ${name}`;
  const within = `complete -c gmr -n ${fishQuoted(condition)}`;
  const ofOptions = options.map((option) => {
    const flags = option.flags.map((flag) =>
      flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
    );
    const value = option.value === null ? '' : ` -r ${complete(option.value)}`;
    return `${within} ${flags.join(' ')}${value} -d ${fishQuoted(option.description)}`;
  });
  return [
    `complete -c gmr -n __fish_use_subcommand -a ${name} -d ${fishQuoted(description)}`,
    ...(argument === 'nothing' ? [] : [`${within} ${complete(argument)}`]),
    ...ofOptions,
  ].join('\n');
}

function complete(what: Completed): string {
  switch (what) {
    case 'processes':
      return `-f -a '(${LIST_NAMES})'`;
    case 'files':
      return '-F';
    case 'nothing':
      return '-f';
    default:
      return `-f -a ${fishQuoted(what.join(' '))}`;
  }
}

/** In single quotes, fish knows two escapes. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
