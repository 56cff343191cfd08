import { LIST_NAMES, defaultLast, quoted, type Completed, type CompletedCommand } from './model';

/** The completion script for bash, from version 3.2 on. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  return `# bash completion of gmr: source <(gmr completion bash)
_gmr_words() {
  # Not compgen -W, which would run what is in the words.
  local word
  for word in "$@"; do
    if [[ $word == "$cur"* ]]; then COMPREPLY+=("$word"); fi
  done
}
_gmr_processes() {
  local line
  while IFS= read -r line; do _gmr_words "$line"; done < <(${LIST_NAMES})
}
_gmr_files() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen -f -- "$cur")
}
_gmr() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    _gmr_words ${commands.map(({ name }) => quoted(name)).join(' ')} --help --version
    if [[ $cur != -* ]]; then _gmr_processes; fi
    return
  fi
  case \${COMP_WORDS[1]} in
${defaultLast(commands).map(caseOf).join('\n')}
  esac
}
complete -F _gmr gmr
`;
}

function caseOf({ name, options, argument, isDefault }: CompletedCommand): string {
  const flags = options.flatMap((option) => option.flags).map(quoted);
  const values = options
    .filter(({ value }) => value !== null)
    .map((option) => `    ${option.flags.join('|')}) ${complete(option.value ?? 'nothing')}; return ;;`);
  const ofOptions = values.length === 0 ? '' : `    case $prev in\n${values.join('\n')}\n    esac\n`;
  return `  ${isDefault ? '*' : name})
${ofOptions}    if [[ $cur == -* ]]; then _gmr_words ${flags.join(' ')}; else ${complete(argument)}; fi ;;`;
}

function complete(what: Completed): string {
  switch (what) {
    case 'processes':
      return '_gmr_processes';
    case 'files':
      return '_gmr_files';
    case 'nothing':
      return ':';
    default:
      return `_gmr_words ${what.map(quoted).join(' ')}`;
  }
}
