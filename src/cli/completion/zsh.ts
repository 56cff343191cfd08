import {
  LIST_NAMES,
  defaultLast,
  quoted,
  type Completed,
  type CompletedCommand,
  type CompletedOption,
} from './model';

/** The completion script for zsh, as a file of $fpath or to be sourced. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const described = commands.map(({ name, description }) => quoted(`${name}:${escaped(description)}`));
  return `#compdef gmr
# zsh completion of gmr: source <(gmr completion zsh), after compinit
_gmr_processes() {
  local -a names
  names=(\${(f)"$(${LIST_NAMES})"})
  compadd -a names
}
_gmr() {
  if (( CURRENT == 2 )); then
    local -a commands
    commands=(${described.join(' ')})
    _describe -t commands command commands
    if [[ $PREFIX != -* ]]; then _gmr_processes; fi
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${defaultLast(commands).map(caseOf).join('\n')}
  esac
}
if [[ $funcstack[1] == _gmr ]]; then _gmr "$@"; else compdef _gmr gmr; fi
`;
}

function caseOf({ name, options, argument, isDefault }: CompletedCommand): string {
  const specs = [...options.flatMap(specsOf), quoted(`*:argument:${action(argument)}`)];
  return `    ${isDefault ? '*' : name}) _arguments ${specs.join(' ')} ;;`;
}

function specsOf({ flags, description, value }: CompletedOption): readonly string[] {
  const text = `[${escaped(description).replaceAll(']', '\\]').replaceAll('[', '\\[')}]`;
  const ofValue = value === null ? '' : `:value:${action(value)}`;
  const others = flags.length > 1 ? `(${flags.join(' ')})` : '';
  return flags.map((flag) => quoted(`${others}${flag}${text}${ofValue}`));
}

function action(what: Completed): string {
  switch (what) {
    case 'processes':
      return '_gmr_processes';
    case 'files':
      return '_files';
    case 'nothing':
      return ' ';
    default:
      return `(${what.join(' ')})`;
  }
}

function escaped(description: string): string {
  return description.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
}
