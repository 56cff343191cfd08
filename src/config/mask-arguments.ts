import { MASK } from './mark';
import type { Masker } from './mask';

/**
 * Command line arguments without their secrets: `--password=x`, `--password x`, `PASSWORD=x`, `Authorization: x`, and
 * whatever is known by its form.
 */
export function maskArguments(args: readonly string[], masker: Masker): string[] {
  return args.map((argument, index) => {
    const before = index === 0 ? '' : (args[index - 1] ?? '');
    // What looks like the next option is one: `--no-auth --port 80`.
    if (takesSecret(before, argument, masker) && !isLongOption(argument)) return MASK;
    return maskOne(argument, masker);
  });
}

/** `--password`: its value is the next argument. Single letters have no meaning of their own. */
function takesSecret(option: string, argument: string, masker: Masker): boolean {
  return option.startsWith('-') && !option.includes('=') && masker.hides(option, argument);
}

function isLongOption(argument: string): boolean {
  return argument.startsWith('--') || (argument.startsWith('-') && argument.length === 2);
}

/** Masks all that follows the first secret name with `=` or `: ` behind it: `--set=db.password=x`, `?token=x`. */
function maskOne(argument: string, masker: Masker): string {
  let nameStart = 0;
  for (let index = 0; index < argument.length; index++) {
    const character = argument.charAt(index);
    const next = argument.charAt(index + 1);
    const assigns = character === '=' || (character === ':' && VALUE_BEGINS.has(next));
    if (assigns && next !== '') {
      const valueStart = next === ' ' ? index + 2 : index + 1;
      const value = argument.slice(valueStart, valueStart + LONGEST_JUDGED);
      if (masker.hides(argument.slice(nameStart, index), value)) {
        return masker.text(argument.slice(0, valueStart)) + MASK;
      }
    }
    if (assigns || NAME_BREAKS.has(character)) nameStart = index + 1;
  }
  return masker.text(argument);
}

/** More than any value that is harmless under a secret name. */
const LONGEST_JUDGED = 300;
/** After a colon: of a header, or of a member of a JSON object. Ports and schemes have none of these. */
const VALUE_BEGINS: ReadonlySet<string> = new Set([' ', '"']);
const NAME_BREAKS: ReadonlySet<string> = new Set(['?', '&', ';', ',', '/', ' ', '{', '[', '(']);
