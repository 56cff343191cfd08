/*
 * Finds the name before an assignment in a text, and the quotes around names and values, in all usual ways of quoting
 * and escaping: `\"password\": `, `user[password]=`, `%22token%22%3A`, `&quot;pin&quot;:`.
 */

/** A name and its position. */
export interface NameAt {
  readonly name: string;
  readonly start: number;
  /** Whether the name has quotes around it, as in JSON. */
  readonly quoted: boolean;
}

const LONGEST_NAME = 64;
const MOST_BLANKS = 40;
const MOST_ESCAPES = 32;
/** Quotes that are written as several characters. */
const LONG_QUOTES: readonly string[] = [
  '&quot;',
  '&#34;',
  '&#39;',
  '&apos;',
  '%22',
  '%27',
  '\\u0022',
  '\\u0027',
];
const SECOND_WORDS: ReadonlySet<string> = new Set(['key', 'keys', 'phrase', 'code', 'word', 'string', 'pin']);

/** Returns the name that ends before the character at `index`; its `name` is empty when there is none. */
export function nameBefore(text: string, index: number): NameAt {
  let end = skipBlanksBack(text, index);
  // `:=`, `?=`, `+=`, `||=`, `??=`
  const sign = text.charAt(end - 1);
  if (end > 0 && end === index && ':?+|&'.includes(sign) && text.charAt(index) === '=') {
    const isDouble = text.charAt(end - 2) === sign && '?|&'.includes(sign);
    if (isDouble || ':?+'.includes(sign)) end = skipBlanksBack(text, end - (isDouble ? 2 : 1));
  }
  end = skipBracketBack(text, end);
  const unquoted = skipQuoteBack(text, end);
  const start = startOfName(text, unquoted);
  return { name: text.slice(start, unquoted), start, quoted: unquoted < end };
}

function skipBlanksBack(text: string, index: number): number {
  let end = index;
  while (end > 0 && index - end < MOST_BLANKS && isBlank(text.charAt(end - 1))) end--;
  return end;
}

/** `user[password]`, `user%5Bpassword%5D`, `config["password"]`, `[Symbol(password)]` */
function skipBracketBack(text: string, end: number): number {
  if (text.startsWith(')]', end - 2)) return end - 2;
  if (text.charAt(end - 1) === ']') return end - 1;
  return text.startsWith('%5D', end - 3) || text.startsWith('%5d', end - 3) ? end - 3 : end;
}

/** Returns the index before a quote and the backslashes before it. */
function skipQuoteBack(text: string, end: number): number {
  const long = LONG_QUOTES.find((quote) => text.startsWith(quote, end - quote.length));
  if (long !== undefined && end >= long.length) return end - long.length;
  if (!isQuote(text.charAt(end - 1))) return end;
  let before = end - 1;
  while (before > 0 && end - before < MOST_ESCAPES && text.charAt(before - 1) === '\\') before--;
  return before;
}

function startOfName(text: string, end: number): number {
  let start = nameRun(text, end);
  // `Api Key: x`, `Access Key = x`
  if (SECOND_WORDS.has(text.slice(start, end).toLowerCase()) && text.charAt(start - 1) === ' ') {
    start = nameRun(text, start - 1, end - start);
  }
  // In an escaped text such as `\npassword=`, the letter `n` belongs to the backslash.
  return text.charAt(start - 1) === '\\' && 'nrt'.includes(text.charAt(start)) ? start + 1 : start;
}

function nameRun(text: string, end: number, used = 0): number {
  let start = end;
  while (start > 0 && end - start + used < LONGEST_NAME && isNameCharacter(text.charCodeAt(start - 1)))
    start--;
  return start;
}

export function isNameCharacter(code: number): boolean {
  const isDigit = code >= 0x30 && code <= 0x39;
  const isLetter =
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x80 && code < 0x2000) ||
    code >= 0x3040;
  return isDigit || isLetter || code === 0x5f || code === 0x2d || code === 0x2e || code === 0x24;
}

export function isQuote(character: string): boolean {
  return character === '"' || character === "'" || character === '`';
}

export function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}

/** Returns the text between the quote at `at` and the matching one; null when there is no quote. */
export function quotedValue(
  text: string,
  at: number,
): { readonly start: number; readonly end: number } | null {
  const long = LONG_QUOTES.find((quote) => text.startsWith(quote, at));
  if (long !== undefined) return upTo(text, at + long.length, long);
  let open = at;
  // Python's b'x', u"x", r'x'
  if ('bur'.includes(text.charAt(open)) && text.charAt(open) !== '' && isQuote(text.charAt(open + 1))) open++;
  let escapes = 0;
  while (escapes < MOST_ESCAPES && text.charAt(open + escapes) === '\\') escapes++;
  const quote = text.charAt(open + escapes);
  if (!isQuote(quote)) return null;
  const start = open + escapes + 1;
  if (escapes === 0 && text.startsWith(quote + quote, start)) {
    // Three quotes in a row; two of them are an empty text.
    if (quote === '`' || text.charAt(start) !== quote) return { start, end: start };
    return text.charAt(start + 1) === quote ? upTo(text, start + 2, quote.repeat(3)) : { start, end: start };
  }
  return { start, end: endOfQuoted(text, start, quote, escapes) };
}

/** PHP writes `["password"]=>`, a line break, and `string(7) "x"`. */
export function skipType(text: string, start: number): number {
  const found = /^\s{0,80}string\([0-9]{1,9}\) /.exec(text.slice(start, start + 120));
  return start + (found?.[0].length ?? 0);
}

function upTo(text: string, start: number, close: string): { start: number; end: number } {
  const end = text.indexOf(close, start);
  return { start, end: end < 0 ? text.length : end };
}

/** A quotation ends at the same quote with as many escapes; a quote with more escapes belongs to the value. */
function endOfQuoted(text: string, start: number, quote: string, escapes: number): number {
  let run = 0;
  for (let index = start; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '\\') {
      run++;
      continue;
    }
    // If the opening quote is not escaped, an even number of backslashes does not escape the closing one.
    if (character === quote && (escapes === 0 ? run % 2 === 0 : run <= escapes))
      return index - Math.min(run, escapes);
    run = 0;
  }
  return text.length;
}

const LONGEST_TAG = 200;

/** Returns the local name of the tag that ends with the `>` at `index`; empty for a closing tag or no tag. */
export function tagName(text: string, index: number): string {
  let open = index - 1;
  while (open >= 0 && index - open < LONGEST_TAG && text.charAt(open) !== '<' && text.charAt(open) !== '>')
    open--;
  if (text.charAt(open) !== '<' || '/!?'.includes(text.charAt(open + 1))) return '';
  const tag = text.slice(open + 1, index);
  const end = tag.search(/[\s/]/);
  const name = end < 0 ? tag : tag.slice(0, end);
  return name.slice(name.indexOf(':') + 1);
}
