/*
 * Everything in a report that a user, a request or a file may have named passes through here: a report is read on
 * terminals, and must not be able to move the cursor, hide text or reverse it.
 */

// C0, DEL and C1 controls, line separators, and the bidirectional controls that reorder what is shown.
// oxlint-disable-next-line no-control-regex -- finding them is its purpose
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const UNSAFE_BUT_TAB =
  // oxlint-disable-next-line no-control-regex -- the same without tab
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Makes a text safe to print on one line; control characters become `\x1b`, `\n`, `\u202e`. */
export function escapeInline(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** Like {@link escapeInline}, but tabs stay: for lines of source and of tables. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE_BUT_TAB, escapeCharacter);
}

/** Safe lines of a text of several lines; a final line break adds no empty line. */
export function escapeLines(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.length > 1 && lines[lines.length - 1] === '') lines.pop();
  return lines.map((line) => escapeLine(line.endsWith('\r') ? line.slice(0, -1) : line));
}

/** At most `length` characters, then how much is missing; cut before escaping, so that huge texts stay cheap. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}...(${text.length - length} more)`;
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.charCodeAt(0);
  return code <= 0xff
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
