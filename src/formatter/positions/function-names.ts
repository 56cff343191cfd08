import { lastWord, wordAt } from './identifiers';
import type { Place } from './script';
import type { Position, Target } from './trace-map';

/** Keywords that may precede parameters. */
const NOT_A_NAME: ReadonlySet<string> = new Set([
  'async',
  'await',
  'catch',
  'constructor',
  'default',
  'delete',
  'export',
  'extends',
  'for',
  'function',
  'get',
  'if',
  'in',
  'instanceof',
  'new',
  'of',
  'return',
  'set',
  'static',
  'switch',
  'throw',
  'typeof',
  'void',
  'while',
  'with',
  'yield',
]);

/** Words between a name and the parameters of its function: `name = async function* (`. */
const FUNCTION_WORDS = /(?:(?:\basync\s*)?\bfunction\b\s*\*?|\basync)\s*$/;
const DECLARATION = /^(?:async\s+)?function\s*\*?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u;
/** A declaration with a type, in which the word before `=` is part of the type. */
const TYPED =
  /(?:^|[;{}\s])(?:accessor|const|declare|let|override|private|protected|public|readonly|static|var)\s+([\p{ID_Start}$_#][\p{ID_Continue}$]*)[?!]?\s*:.*=\s*$/u;

interface FoundName {
  readonly name: string;
  /** Index of its first character. */
  readonly from: number;
}

/** The name of a function whose parameters begin behind this text: `function name`, `name`, `name = async `. */
export function nameBefore(before: string): FoundName | null {
  const declared = lastWord(before.trimEnd());
  if (declared !== null && !NOT_A_NAME.has(declared.word))
    return { name: declared.word, from: declared.from };
  const rest = before.replace(FUNCTION_WORDS, '').trimEnd();
  if (!/(?:^|[^=!<>+\-*/%&|^?])[=:]$/.test(rest)) return null;
  const typed = TYPED.exec(rest);
  if (typed?.[1] !== undefined) return { name: typed[1], from: rest.indexOf(typed[1], typed.index) };
  const assigned = lastWord(rest.slice(0, -1).trimEnd());
  if (assigned === null || NOT_A_NAME.has(assigned.word)) return null;
  // In `total: Fn = (` the word is a type, and in `a ? b : (` it is a value.
  const left = rest.slice(0, assigned.from).trimEnd();
  return /[:?]$/.test(left) ? null : { name: assigned.word, from: assigned.from };
}

/** The positions, from 0, to look up in the map to name the function of a place. */
export interface NameSpots {
  /** Position of the name in the generated code; null when it is not there. */
  readonly name: Position | null;
  /** Of the first character behind the name, in which the original name may end. */
  readonly start: Position;
  /** Position of the words `async function` before that; null when they are not there. */
  readonly words: Position | null;
}

export function nameSpots({ functionName, functionStart }: Place): NameSpots | null {
  if (functionStart === null) return null;
  const { line, column, before } = functionStart;
  const start = { line: line - 1, column: column - 1 };
  const at = (from: number): Position => ({ line: line - 1, column: column - 1 - (before.length - from) });
  const words = FUNCTION_WORDS.exec(before);
  const found = nameBefore(before);
  // Another name than V8's is that of something else.
  const isOwn = found !== null && found.name === bareName(functionName);
  return { name: isOwn ? at(found.from) : null, start, words: words === null ? null : at(words.index) };
}

/** Without what V8 puts before it: `get total`, `Cart.total`. */
function bareName(functionName: string): string {
  return functionName.slice(Math.max(functionName.lastIndexOf('.'), functionName.lastIndexOf(' ')) + 1);
}

/**
 * The name of a function before it was generated, where it differs from V8's; null when the map does not say. Only
 * segments that begin exactly at the name or at the parameters count.
 */
export function originalName(
  place: Place,
  spots: NameSpots | null,
  at: (position: Position) => Target | null,
): string | null {
  if (spots === null) return null;
  const name =
    (spots.name === null ? null : nameAt(at, spots.name)) ??
    nameEndingAt(at, spots.start) ??
    (spots.words === null ? null : nameDeclaredAt(at, spots.words));
  return name === null || name === bareName(place.functionName) || name === place.functionName ? null : name;
}

type At = (position: Position) => Target | null;

function exactly(at: At, position: Position): Target | null {
  const target = at(position);
  return target?.generatedColumn === position.column ? target : null;
}

function nameAt(at: At, position: Position): string | null {
  const target = exactly(at, position);
  if (target === null) return null;
  const line = target.content?.line(target.line) ?? null;
  if (line === null) return target.content === null ? printable(target.name) : null;
  const word = wordAt(line, target.column - 1);
  if (target.name !== null && target.name !== word) return null;
  return word === '' || NOT_A_NAME.has(word) ? null : word;
}

/** A name that is not in the file to check it against must at least be one. */
function printable(name: string | null): string | null {
  return name !== null && wordAt(name, 0) === name && !NOT_A_NAME.has(name) ? name : null;
}

/** A minifier removes the name of a function that nothing refers to, and that of one that it has moved. */
function nameDeclaredAt(at: At, position: Position): string | null {
  const target = exactly(at, position);
  const line = target?.content?.line(target.line) ?? null;
  if (target === null || line === null) return null;
  return DECLARATION.exec(line.slice(target.column - 1))?.[1] ?? null;
}

function nameEndingAt(at: At, position: Position): string | null {
  const target = exactly(at, position);
  const line = target?.content?.line(target.line) ?? null;
  if (target === null || line === null) return null;
  return nameBefore(line.slice(0, target.column - 1))?.name ?? null;
}
