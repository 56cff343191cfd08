import { isPlaceholder } from '../judging/shapes';
import { LOGIN, SHORT_OPTIONS, type ShortOptions } from './command-options';

/** What an argument is, by the program and the option before it. */
export type ArgumentReading =
  /** The name of a program, or nothing that these options tell about. */
  | 'program'
  | null
  /** Where in the argument its secret begins. */
  | number;

/** Masks a command line word by word, and keeps track of the program. */
export class ShortOptionScan {
  private program: ShortOptions | undefined;
  private before = '';

  /** A new command begins: behind `&&`, `|` or a line's end. */
  reset(): void {
    this.program = undefined;
    this.before = '';
  }

  /** True when the next word may be a secret whatever it looks like. */
  get awaits(): boolean {
    const { program, before } = this;
    if (program === undefined) return false;
    return [before, this.grouped(before)].some(
      (option) => program.next.includes(option) || program.pair.includes(option),
    );
  }

  next(argument: string): ArgumentReading {
    const { before } = this;
    this.before = argument;
    if (SHELL.has(argument)) this.reset();
    const program = SHORT_OPTIONS.get(programName(argument));
    if (program !== undefined && !this.isOperand(before)) {
      this.program = program;
      return 'program';
    }
    if (argument === 'login') this.program = LOGIN;
    return (
      this.short(before, argument) ??
      (GENERAL_PAIRS.has(before) ? secretOfPair(argument, ':') : generalPair(argument))
    );
  }

  private isOperand(before: string): boolean {
    return this.program?.next.includes(before) === true;
  }

  private short(before: string, argument: string): number | null {
    if (this.program === undefined) return null;
    const { attached, next, pair, beginnings } = this.program;
    if (next.includes(before) && isSecretWord(argument)) return 0;
    if (pair.includes(before))
      return secretOfPair(argument, ':') ?? secretOfPair(argument, '%') ?? secretOfPair(argument, ',');
    const group = this.grouped(before);
    if (group !== '') {
      if (next.includes(group) && isSecretWord(argument)) return 0;
      if (pair.includes(group)) return secretOfPair(argument, ':') ?? secretOfPair(argument, '%');
    }
    const begin = beginnings.find((text) => argument.startsWith(text) && argument.length > text.length);
    if (begin !== undefined) return begin.length;
    const letter = argument.charAt(1);
    if (argument.charAt(0) !== '-' || letter === '-' || argument.length < 3) return null;
    if (attached.includes(letter) && isSecretWord(argument.slice(2)))
      // `login` is a word of prose as well.
      return this.program !== LOGIN || /[0-9]/.test(argument) ? 2 : null;
    if (!pair.includes(argument.slice(0, 2))) return null;
    const found = secretOfPair(argument.slice(2), ':') ?? secretOfPair(argument.slice(2), '%');
    return found === null ? null : 2 + found;
  }

  /** The last option of a group such as `-sSu`, if it may be one: `-u`. */
  private grouped(before: string): string {
    const flags = this.program?.flags ?? '';
    if (flags === '' || !/^-[A-Za-z0-9]{2,8}$/.test(before)) return '';
    for (let index = 1; index < before.length - 1; index++) {
      if (!flags.includes(before.charAt(index))) return '';
    }
    return `-${before.slice(-1)}`;
  }
}

const SHELL: ReadonlySet<string> = new Set(['&&', '||', '|', ';', '&']);

/** `user:password`, of any program. `docker run --user 1000:1000` and `--user node:node` are none. */
const GENERAL_PAIRS: ReadonlySet<string> = new Set([
  '-u',
  '--user',
  '--userpwd',
  '--proxy-user',
  '--creds',
  '--login',
  '--basic',
  '--http-user',
  '--auth-user',
]);

/** `--user=name:secret` */
function generalPair(argument: string): number | null {
  const sign = argument.startsWith('--') ? argument.slice(0, LONGEST_OPTION).indexOf('=') : -1;
  if (sign < 0 || !GENERAL_PAIRS.has(argument.slice(0, sign))) return null;
  const found = secretOfPair(argument.slice(sign + 1), ':');
  return found === null ? null : sign + 1 + found;
}

const LONGEST_OPTION = 20;

/** Where the secret of `user:secret` begins; null when it is no pair of a user and a secret. */
function secretOfPair(argument: string, sign: string): number | null {
  const at = argument.indexOf(sign);
  const unquoted = argument.replace(/^["']/, '');
  if (at < 1 || unquoted.slice(0, at).includes('/')) return null;
  const user = argument.slice(0, at).replace(/^["']/, '');
  const secret = argument.slice(at + 1).replace(/["']$/, '');
  if (secret === '' || secret === user || /^[0-9]{1,6}$/.test(secret) || secret.startsWith('//')) return null;
  return isPlaceholder(secret) ? null : at + 1;
}

/** Neither the next option, nor a placeholder, a URL or the ports of a container. */
function isSecretWord(argument: string): boolean {
  if (argument === '' || argument.startsWith('--') || (argument.startsWith('-') && argument.length === 2))
    return false;
  if (argument.includes('://') || DESCRIBED.test(argument.slice(0, 40))) return false;
  return !isPlaceholder(argument.replace(/^["']|["']$/g, '')) && !PORTS.test(argument.slice(0, 80));
}

/** As a description of the options writes it. */
const DESCRIBED = /^[A-Z_]{0,20}(?:PASS|PASSWORD|PASSWD|SECRET|TOKEN|KEY)$/;
const PORTS = /^(?:[0-9.]{1,20}:){1,2}[0-9-]{1,11}(?:\/(?:tcp|udp)){0,1}$/;

/** Returns the file name of a program from words such as `/usr/bin/mysql`, `'mysql` and `wait4(pid`. */
function programName(argument: string): string {
  if (argument.length > MAX_PROGRAM_LENGTH) return '';
  const slash = Math.max(argument.lastIndexOf('/'), argument.lastIndexOf('='));
  return argument.slice(slash + 1).replace(/^["'(]+/, '');
}

const MAX_PROGRAM_LENGTH = 200;
