import { escapeInline } from '../../escape';

/** Prints one line to stderr, whatever the sentence contains: the name of a service or a path comes from outside. */
export function say(sentence: string): void {
  process.stderr.write(`gmr: ${escapeInline(sentence)}\n`);
}
