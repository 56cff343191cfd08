/** What stands in the report for a secret. */
export const MASK = '***';

/** Returns at most `length` characters of a masked text; never splits a surrogate pair. */
export function cutMasked(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

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
