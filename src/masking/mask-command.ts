import { MASK } from '../mark';
import type { Masker } from './mask';
import { maskArguments } from './mask-arguments';

/**
 * The command line of a process without its secrets: as {@link maskArguments}, and also inside an argument that is a
 * command line itself, as in `sh -c 'mysql --password x'` and in a process title.
 *
 * A value that directly follows a single letter is recognised for well-known programs only (`mysql -psecret`).
 */
export function maskCommand(args: readonly string[], masker: Masker): string[] {
  return maskArguments(args, masker).map((argument) =>
    argument !== MASK && hasBlank(argument) ? maskWords(argument, masker) : argument,
  );
}

function maskWords(argument: string, masker: Masker): string {
  const words = splitWords(argument);
  const masked = maskArguments(
    words.map(({ text }) => text),
    masker,
  );
  return words.map(({ blanks }, index) => blanks + (masked[index] ?? '')).join('');
}

/** A word of a command line, with the blanks before it. Quotes are a part of it, and hold it together. */
interface Word {
  readonly blanks: string;
  readonly text: string;
}

/** Takes linear time; a quote that is never closed holds the rest together, which hides too much rather than too little. */
function splitWords(line: string): Word[] {
  const words: Word[] = [];
  for (let index = 0; index < line.length;) {
    const begin = index;
    while (isBlank(line.charAt(index))) index++;
    const blanks = line.slice(begin, index);
    const wordBegin = index;
    let quote = '';
    while (index < line.length && (quote !== '' || !isBlank(line.charAt(index)))) {
      const character = line.charAt(index);
      if (quote === '' && (character === '"' || character === "'")) quote = character;
      else if (character === quote) quote = '';
      index++;
    }
    words.push({ blanks, text: line.slice(wordBegin, index) });
  }
  return words;
}

function hasBlank(text: string): boolean {
  return text.includes(' ') || text.includes('\t') || text.includes('\n');
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\n';
}
