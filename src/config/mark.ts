/** What stands in the report for a secret. */
export const MASK = '***';

/** Copies a text without some of its parts, which must be named in their order. */
export class MaskedCopy {
  private readonly text: string;
  private masked = '';
  private copied = 0;

  constructor(text: string) {
    this.text = text;
  }

  hide(start: number, end: number): void {
    this.masked += this.text.slice(this.copied, start) + MASK;
    this.copied = end;
  }

  toString(): string {
    return this.copied === 0 ? this.text : this.masked + this.text.slice(this.copied);
  }
}
