import { MASK } from '../mark';
import { ShortOptionScan } from './finding/short-options';
import type { Masker } from './mask';

/**
 * Command line arguments without their secrets: `--password=x`, `--password x`, `PASSWORD=x`, `Authorization: x`, the short
 * options of well-known programs (`mysql -px`, `curl -u user:x`), and whatever is known by its form.
 */
export function maskArguments(args: readonly string[], masker: Masker): string[] {
  const words = new ArgumentWords(masker);
  return args.map((argument) => words.next(argument));
}

/** Goes through a command line word by word. */
class ArgumentWords {
  private readonly masker: Masker;
  private readonly scan = new ShortOptionScan();
  private before = '';

  constructor(masker: Masker) {
    this.masker = masker;
  }

  next(argument: string): string {
    const { before } = this;
    this.before = argument;
    if (this.masker.suspicion('password') === 'none') return this.plain(before, argument);
    const reading = this.scan.next(argument);
    if (reading === 'program') return this.masker.text(argument);
    return reading === null ? this.plain(before, argument) : argument.slice(0, reading) + MASK;
  }

  private plain(before: string, argument: string): string {
    if (takesSecret(before, argument, this.masker)) return MASK;
    return maskOne(argument, this.masker);
  }
}

/**
 * True when the argument is the value of the option before it. If it looks like another option, it is one (`--no-auth
 * --port`), except after a name that leaves no doubt: a password may begin with dashes.
 */
function takesSecret(option: string, argument: string, masker: Masker): boolean {
  if (option.includes('=') || argument === '') return false;
  if (option.startsWith('-')) {
    if (!masker.hides(option, argument)) return false;
    if (!isLongOption(argument)) return true;
    return masker.suspicion(option) === 'certain' && !option.startsWith('--no-') && !OPTION.test(argument);
  }
  // In `config set password x` and `redis-cli AUTH x`, the word before names the secret, and the secret is not a plain
  // word.
  if (option === 'AUTH') return !/^[a-z]+$/.test(argument);
  if (option.length > 40 || masker.suspicion(option) !== 'certain' || !/^[A-Za-z][\w.:/-]*$/.test(option))
    return false;
  return (
    !argument.startsWith('-') &&
    /[0-9!@#$%^&*]/.test(argument) &&
    !argument.includes('/') &&
    masker.hides(option, argument)
  );
}

/** `--port`, `--port=80`, `-v`: letters and dashes, as authors of programs choose them. */
const OPTION = /^-{1,2}[A-Za-z][a-z-]{0,40}(?:=.*){0,1}$/s;

function isLongOption(argument: string): boolean {
  return argument.startsWith('--') || (argument.startsWith('-') && argument.length === 2);
}

/** Masks all that follows the first secret name with `=` or `: ` behind it: `--set=db.password=x`, `?token=x`. */
function maskOne(argument: string, masker: Masker): string {
  let nameStart = 0;
  for (let index = 0; index < argument.length; index++) {
    const character = argument.charAt(index);
    const next = argument.charAt(index + 1);
    const assigns =
      character === '=' || (character === ':' && VALUE_BEGINS.has(next)) || isSlashOption(argument, index);
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

/** `/password:x`, as programs of Windows have it. */
function isSlashOption(argument: string, index: number): boolean {
  return (
    argument.charAt(index) === ':' &&
    index < 40 &&
    /^\/[A-Za-z]+$/.test(argument.slice(0, index)) &&
    argument.charAt(index + 1) !== '/'
  );
}

/** More than any value that is harmless under a secret name. */
const LONGEST_JUDGED = 401;
/** After a colon: of a header, or of a member of a JSON object. Ports and schemes have none of these. */
const VALUE_BEGINS: ReadonlySet<string> = new Set([' ', '"']);
const NAME_BREAKS: ReadonlySet<string> = new Set(['?', '&', ';', ',', '/', ' ', '{', '[', '(', '"']);
