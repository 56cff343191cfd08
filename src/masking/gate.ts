import { MASK } from '../mark';
import type { MaskableValue, Masker } from './mask';
import { maskCommand } from './mask-command';
import type { Raw, RawOf } from './raw';

/**
 * The only way from {@link Raw} to `string`. The name of each method states why a text may be shown.
 *
 * Pure, and it never throws an error of its own.
 */
export class Gate {
  private readonly masker: Masker;

  constructor(masker: Masker) {
    this.masker = masker;
  }

  /** Free text: a message, a title, the description of a system call. */
  text(raw: Raw): string {
    return this.masker.text(reveal(raw));
  }

  textOrNull(raw: Raw | null): string | null {
    return raw === null ? null : this.text(raw);
  }

  /** The value of a variable or setting with this name. */
  named(name: string, raw: Raw): string {
    return this.masker.named(name, reveal(raw));
  }

  /** A variable whose name shows that it holds no secret; its value may still look like one. */
  variable(name: string, raw: Raw): string {
    return this.masker.allows(name) ? reveal(raw) : this.masker.text(reveal(raw));
  }

  /** A primitive value as text. A number is judged as a number. */
  contextValue(name: string, kind: 'string' | 'number' | 'boolean' | 'null', raw: Raw): string {
    const text = reveal(raw);
    if (kind === 'boolean' || kind === 'null' || this.masker.allows(name)) return text;
    if (kind === 'number') return this.masker.hides(name, Number(text)) ? MASK : text;
    return this.masker.named(name, text);
  }

  /** A text that may hold a command line, or a list of words and a command line in parentheses. */
  phrase(raw: Raw): string {
    return maskCommand([reveal(raw)], this.masker).join('');
  }

  /** Arguments of a process, one of which may be a command line itself. */
  command(raw: readonly Raw[]): string[] {
    return maskCommand(raw.map(reveal), this.masker);
  }

  /** Plain data, masked by the names of its members and by form. */
  value(raw: RawOf<MaskableValue>): MaskableValue {
    return this.masker.value(raw as unknown as MaskableValue);
  }

  /** A record whose names come from outside as well. */
  record<Value>(
    raw: { readonly [name: string]: RawOf<Value> },
    show: (value: RawOf<Value>, name: string) => Value,
  ): { readonly [name: string]: Value } {
    return Object.fromEntries(
      Object.entries(raw).map(([name, value]) => [this.masker.text(name), show(value, name)] as const),
    );
  }

  /** Names of functions, classes and files: they are code, and docs/masking.md says that code is printed as written. */
  code(raw: Raw): string {
    return reveal(raw);
  }

  codeOrNull(raw: Raw | null): string | null {
    return raw === null ? null : reveal(raw);
  }

  /** An identifier of a trace or span, or a number. The reader of a report looks for it elsewhere, so it must stay exact. */
  identifier(raw: Raw): string {
    return reveal(raw);
  }

  /** Text that the service's options exempt from masking, such as `env: 'all'`. */
  asConfigured(raw: Raw): string {
    return reveal(raw);
  }
}

function reveal(raw: Raw): string {
  return raw as unknown as string;
}
