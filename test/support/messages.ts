/**
 * Finds in the sources the messages that reports, warnings and the command can contain, so that a test can compare them
 * with docs/troubleshooting.md. A value that is inserted at run time becomes `<>`.
 */

/** One message and the place where it is written. */
export interface Message {
  readonly text: string;
  readonly place: string;
}

const GAP = '<>';

/** Messages have at least two words; identifiers, keys and formats of numbers have one. */
function isProse(text: string): boolean {
  return text.includes(' ') && /[a-z]{3}/.test(text);
}

/**
 * Makes inserted values such as `<pid>`, `${pid}`, `%d` and `" + pid + "` equal. At either end of a message, they are
 * omitted.
 */
export function normalize(text: string): string {
  return text
    .replaceAll(/\\n/g, ' ')
    .replaceAll(/\\(.)/g, '$1')
    .replaceAll(/%[-+ #0-9.*]*(?:l{0,2}|z)[diufgsxX]/g, GAP)
    .replaceAll(/<[^<>]*>/g, GAP)
    .replaceAll(/(?:<>)+/g, GAP)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^(?: |<>)+|(?: |<>)+$/g, '');
}

/** Every string of two words or more in a C++ file, apart from assertions and assembler. */
export function messagesOfCpp(source: string, place: string): Message[] {
  const code = source
    .replaceAll(
      /("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g,
      (_, literal: string | undefined) => literal ?? '',
    )
    .replaceAll(/'\\?.'/g, "''")
    .replaceAll(/^\s*#.*$/gm, '')
    .replaceAll(/\b(?:static_assert|asm)\s*(?:volatile\s*)?\((?:[^;"]|"(?:[^"\\]|\\.)*")*?\)\s*;/g, '');
  const messages: Message[] = [];
  let text = '';
  let end = -1;
  const flush = (): void => {
    if (text !== '') messages.push({ text: normalize(text), place });
    text = '';
  };
  for (const literal of code.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)) {
    const between = end === -1 ? ';' : code.slice(end, literal.index);
    const isAdjacent = between.trim() === '';
    const isJoined = /^\s*\+[^;{}?]*\+\s*$/.test(between);
    if (!isAdjacent && !isJoined) {
      if (/^\s*\+/.test(between)) text += GAP;
      flush();
      if (/\+\s*$/.test(between)) text = GAP;
    }
    text += (isJoined ? GAP : '') + literal[1];
    end = literal.index + literal[0].length;
  }
  flush();
  return messages.filter((message) => isProse(message.text));
}

/** Where a message begins in TypeScript: fields of that meaning, and the calls that warn or refuse. */
const BEGINNINGS =
  /(?:\b(?:reason|problem|note|failure|message|\w*REASON)\s*[:=](?:[^'`,;\n]*\?)?|\bfailures\.push\(\[[^,]*,|\bCliError\(\s*EXIT\.\w+,|\b(?:refused|warn|warnOnce|say|emitWarning|MapFailure|inGeneratedCode|toReportError)\()\s*(?=['`])/g;
/** In the command, functions return such messages as well, some of them by a condition. */
const RETURNED = /(?:\breturn\s*\(?|\s[?:]\s|=>)\s*(?=['`][^'`\n]+ )/g;

/** Remarks between the lines of a report are in parentheses or brackets, or are collected as notes. */
const REMARKS =
  /\bnotes(?:\.(?:push|unshift)\(| = \[)(?=['`])|(?:\bpush\(\[?|\breturn\s*\(?\[?|\s[?:]\s|=>)\s*(?=['`][([])/g;

/** The messages of a TypeScript file, as far as they follow one of `BEGINNINGS`. */
export function messagesOfTypeScript(source: string, place: string, returns = false): Message[] {
  const code = source.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  const begins = [
    ...code.matchAll(BEGINNINGS),
    ...code.matchAll(REMARKS),
    ...(returns ? code.matchAll(RETURNED) : []),
  ];
  return begins
    .map((match) => ({ text: normalize(joinedAt(code, match.index + match[0].length)), place }))
    .filter(({ text }) => isProse(text));
}

function joinedAt(source: string, from: number): string {
  let text = '';
  for (let at = from; ;) {
    const { value, end } = literalAt(source, at);
    text += value;
    const more = /^\s*\+\s*/.exec(source.slice(end));
    if (more === null) return text;
    at = end + more[0].length;
    if (source[at] !== "'" && source[at] !== '`') {
      const inserted = /^[^;'`?]*\+\s*(?=['`])/.exec(source.slice(at));
      if (inserted === null) return text + GAP;
      text += GAP;
      at += inserted[0].length;
    }
  }
}

/** The literal at `from`; each `${...}` of a template becomes a gap. */
function literalAt(source: string, from: number): { readonly value: string; readonly end: number } {
  const quote = source[from];
  let value = '';
  for (let at = from + 1; at < source.length; at++) {
    const character = source[at];
    if (character === quote) return { value, end: at + 1 };
    if (character === '\\') value += source.slice(at, ++at + 1);
    else if (quote === '`' && source.startsWith('${', at)) {
      at = endOfInsertion(source, at + 2);
      value += GAP;
    } else value += character;
  }
  return { value, end: source.length };
}

/** Index of the brace that closes `${`. */
function endOfInsertion(source: string, from: number): number {
  for (let at = from, depth = 1; at < source.length; at++) {
    const character = source[at];
    if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return at;
    else if (character === "'" || character === '`') at = literalAt(source, at).end - 1;
  }
  return source.length;
}
