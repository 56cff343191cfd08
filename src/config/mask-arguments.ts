import { MASK, maskUrls } from './mask';
import { isSecretName } from './secret-names';

/**
 * Command line arguments without their secrets: `--password=x`, `--password x`, `PASSWORD=x`,
 * `Authorization: x`, and passwords in URLs.
 */
export function maskArguments(args: readonly string[]): string[] {
  return args.map((argument, index) => {
    const before = index === 0 ? '' : (args[index - 1] ?? '');
    // What looks like the next option is one: `--no-auth --port 80`.
    if (takesSecret(before) && !isLongOption(argument)) return MASK;
    return maskAssignments(argument);
  });
}

/** `--password`: its value is the next argument. Single letters have no meaning of their own. */
function takesSecret(argument: string): boolean {
  return argument.startsWith('-') && !argument.includes('=') && isSecretName(argument);
}

function isLongOption(argument: string): boolean {
  return argument.startsWith('--') || (argument.startsWith('-') && argument.length === 2);
}

/** Masks all that follows the first secret name with `=` or `: ` behind it: `--set=db.password=x`, `?token=x`. */
function maskAssignments(argument: string): string {
  let nameStart = 0;
  for (let index = 0; index < argument.length; index++) {
    const character = argument.charAt(index);
    const next = argument.charAt(index + 1);
    const assigns = character === '=' || (character === ':' && VALUE_BEGINS.has(next));
    if (assigns && next !== '' && isSecretName(argument.slice(nameStart, index))) {
      const valueStart = next === ' ' ? index + 2 : index + 1;
      return maskUrls(argument.slice(0, valueStart)) + MASK;
    }
    if (assigns || NAME_BREAKS.has(character)) nameStart = index + 1;
  }
  return maskUrls(argument);
}

/** After a colon: of a header, or of a member of a JSON object. Ports and schemes have none of these. */
const VALUE_BEGINS: ReadonlySet<string> = new Set([' ', '"']);
const NAME_BREAKS: ReadonlySet<string> = new Set(['?', '&', ';', ',', '/', ' ', '{', '[', '(']);
