/*
 * All text in a report that comes from a user, a request or a file passes through here: reports are read on terminals,
 * and must not move the cursor, hide or reverse text, or break a line. The result is always valid UTF-8.
 *
 * These are escaped: control characters, line separators, unpaired surrogates, and what Unicode calls "default
 * ignorable": characters without a glyph, such as the bidirectional controls, zero-width spaces and tags. The
 * zero-width joiners and the first sixteen variation selectors are kept, because several scripts and emoji need them.
 * The C++ writers have the same list in native/base/printable.cc; a test compares the two.
 */

/** The characters that must be escaped in one line, in a line that may have tabs, and in JSON. */
interface Patterns {
  readonly unsafe: RegExp;
  readonly unsafeButTab: RegExp;
  readonly unsafeInJson: RegExp;
}

let patterns: Patterns | undefined;

/**
 * Made when first used, because every process loads this module and most never escape anything on their own threads.
 */
function unsafePatterns(): Patterns {
  return (patterns ??= makePatterns());
}

function makePatterns(): Patterns {
  // oxlint-disable-next-line no-control-regex -- finding them is its purpose
  const controls = /[\u0000-\u001f]/;
  const others =
    // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- each is escaped on its own
    /[\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;
  return {
    unsafe: new RegExp(`${controls.source}|${others.source}`, 'gu'),
    unsafeButTab: new RegExp(`(?!\t)${controls.source}|${others.source}`, 'gu'),
    unsafeInJson: new RegExp(others.source, 'gu'),
  };
}

/** Makes a text safe to print on one line; what is unsafe becomes `\x1b`, `\n`, `\u202e` or `\u{e0041}`. */
export function escapeInline(text: string): string {
  return text.replace(unsafePatterns().unsafe, escapeCharacter);
}

/** Like {@link escapeInline}, but tabs stay: for lines of source and of tables. */
export function escapeLine(text: string): string {
  return text.replace(unsafePatterns().unsafeButTab, escapeCharacter);
}

/** Safe lines of a text of several lines; a final line break adds no empty line. */
export function escapeLines(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.length > 1 && lines[lines.length - 1] === '') lines.pop();
  return lines.map((line) => escapeLine(line.endsWith('\r') ? line.slice(0, -1) : line));
}

/**
 * Safe lines of a message that may have several, such as the stack of an error. Those after the first begin with a
 * mark, so that none of them can be taken for a line of the report; only frames, as V8 prints them, need none.
 */
export function escapeMessage(text: string): readonly string[] {
  return escapeLines(text).map((line, index) =>
    index === 0 || line.startsWith('    at ') ? line : `  | ${line}`,
  );
}

/** Returns the same JSON document with unsafe characters as `\u` escapes; they only occur inside strings. */
export function escapeJson(json: string): string {
  return json.replace(unsafePatterns().unsafeInJson, (character) => {
    let escaped = '';
    for (let unit = 0; unit < character.length; unit++) escaped += hexadecimal(character.charCodeAt(unit));
    return escaped;
  });
}

/**
 * Returns at most `length` characters and how many were omitted. Call it before escaping, so that huge texts stay
 * cheap.
 */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  // Half of a surrogate pair is not a character.
  const end = last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
  return `${text.slice(0, end)}...(${text.length - end} more)`;
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? hexadecimal(code) : `\\u{${code.toString(16)}}`;
}

function hexadecimal(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Longest name of a worker, a service or a section that a report shows, and what is kept of a longer one. */
const MAX_NAME_LENGTH = 200;
const KEPT_NAME_LENGTH = 170;

/** Limits the length of a name; a suffix shows how much was cut off. Applying it twice changes nothing. */
export function boundedName(name: string): string {
  return name.length <= MAX_NAME_LENGTH ? name : clip(name, KEPT_NAME_LENGTH);
}
