/** Options of Node that have a value and say nothing about what the process is for. */
const PRELOADS: ReadonlySet<string> = new Set(
  '-r --require --import --loader --experimental-loader -C --conditions'.split(' '),
);

/** `node resizer.js`: the words of a command without the folder of its program, and without options of Node that load more. */
export function shortCommand([path = '', ...rest]: readonly string[]): string {
  const program = path.slice(path.lastIndexOf('/') + 1);
  const words = program === 'node' ? withoutPreloads(rest) : rest;
  return [program, ...words].join(' ');
}

function withoutPreloads(words: readonly string[]): readonly string[] {
  const from = words.findIndex((word, at) => !PRELOADS.has(word) && !PRELOADS.has(words[at - 1] ?? ''));
  return from === -1 ? [] : words.slice(from);
}
