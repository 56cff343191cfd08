/*
 * The parts of the corpus of secrets and look-alikes. All values are generated here, from parts and with a fixed seed:
 * none is real, and the sources contain no text that a scanner could take for a leaked secret.
 */
import { randomFrom } from '../secrets';

/** Where a case can appear: only data has names and nesting, only arguments have words. */
export type Kind = 'named' | 'text' | 'data' | 'arguments';

/** One secret in one form. */
export interface SecretCase {
  readonly kind: Kind;
  /** The name of the form in docs/masking.md. */
  readonly shape: string;
  /** The source of such forms. */
  readonly origin: string;
  /** For `named`, the name; otherwise a label that distinguishes the case. */
  readonly name: string;
  readonly value: unknown;
  /** Must not be printed. */
  readonly secret: string;
}

/** One harmless value. It must be printed unchanged. */
export interface HarmlessCase {
  readonly kind: Kind;
  readonly origin: string;
  readonly name: string;
  readonly value: unknown;
}

const SMALL = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
export const HEX: string = `${DIGITS}abcdef`;
export const CAPITALS: string = SMALL.toUpperCase();
export const ALNUM: string = SMALL + CAPITALS + DIGITS;
export const URL_SAFE: string = `${ALNUM}-_`;

/** Makes secrets that are the same in every run. */
export class Maker {
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  pick(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet.charAt(Math.floor(this.random() * alphabet.length))).join(
      '',
    );
  }

  /** A password as people choose them: only its name reveals it. */
  password(): string {
    return `${this.pick(SMALL, 5)}-${this.pick(SMALL, 4)}${this.pick(DIGITS, 2)}`;
  }

  /** Small letters only. */
  plain(): string {
    return this.pick(SMALL, 11);
  }

  signs(): string {
    return `${this.pick(CAPITALS, 2)}!${this.pick(SMALL, 4)}#${this.pick(DIGITS, 3)}*${this.pick(SMALL, 2)}`;
  }

  digits(): string {
    return this.pick('123456789', 8);
  }

  made(): string {
    return this.pick(ALNUM, 32);
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.pick(HEX, length)).join('-');
  }

  base64(json: unknown): string {
    return Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)).toString('base64');
  }
}

/** Joined at run time, so that no scanner finds the beginning of a secret in the sources. */
export function joined(...parts: readonly string[]): string {
  return parts.join('');
}

export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
