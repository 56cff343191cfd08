import { enclosingName } from '../async-frames';
import { ownerOfFrame, type CodeOwner } from '../code-owner';
import { withClass } from '../frames';
import type { AsyncFrame, Frame } from '../model';
import { isEvaluated, isGenerated, shownName, shownPosition } from '../positions';
import type { FileNames } from './file-names';

/** What names in a summary depend on. */
export interface Naming {
  readonly files: FileNames;
  /** Folder of the application; null when unknown. */
  readonly root: string | null;
}

export type AnyFrame = Frame | AsyncFrame;

const MAX_NAME = 80;

export function ownerOf(frame: AnyFrame, { root }: Naming): CodeOwner {
  return ownerOfFrame(frame, root);
}

/**
 * `OrderService.heavy`, `new Queue`; empty for anonymous functions and top-level code. For a function without a name, that
 * of the function that it is written in.
 */
export function plainName(frame: AnyFrame): string {
  const name = shownName(frame);
  // V8's name for the top-level code of a CommonJS module.
  if (name === '' || name === '<anonymous>' || name === 'Object.<anonymous>') {
    return 'enclosingFunction' in frame ? shortened(enclosingName(frame)) : '';
  }
  const whole = shortened(withClass(name, frame.className));
  return 'isConstructor' in frame && frame.isConstructor ? `new ${whole}` : whole;
}

/** `in withdraw (app.js:16)`, `in fetch (undici: lib/web/fetch/index.js:110)`, or `at app.js:16` without a name. */
export function located(frame: AnyFrame, naming: Naming): string {
  const name = plainName(frame);
  // Where only the start of a function without a name is known, that position identifies the function.
  if (shownName(frame) === '' && isOnlyStart(frame)) return `in the function at ${lineOf(frame, naming)}`;
  const position = positionOf(frame, naming);
  return name === '' ? `at ${position}` : `in ${name} (${position})`;
}

/** `withdraw (app.js:16)`, or only the position of a function without a name. */
export function nameWithPosition(frame: AnyFrame, naming: Naming): string {
  return located(frame, naming).slice('in '.length);
}

/** `app.js:16`, `undici: lib/web/fetch/index.js:110`, `bundle.js:1:6672, generated code`. */
export function positionOf(frame: AnyFrame, naming: Naming): string {
  return lineOf(frame, naming) + (shownPosition(frame).line === null ? '' : doubt(frame));
}

/** The position without what makes it doubtful. */
export function lineOf(frame: AnyFrame, naming: Naming): string {
  const { file, line, column } = shownPosition(frame);
  if (file === null) return frame.isEval ? evalLine(line) : 'no file';
  const name = fileOf(file, ownerOf(frame, naming), naming);
  // A template's name, whose lines are others than those of the function that was made of it.
  if (isEvaluated(frame)) return `${evalLine(line)}, named ${name}`;
  if (line === null) return name;
  const isOnLongLine = isGenerated(frame) || hasLongLine(frame);
  const place = isOnLongLine && column !== null ? `${name}:${line}:${column}` : `${name}:${line}`;
  return place + (isGenerated(frame) ? ', generated code' : '');
}

function evalLine(line: number | null): string {
  return line === null ? 'eval' : `line ${line} of eval`;
}

/** An excerpt may begin behind the blanks at the start of its line. */
const MAX_INDENT = 80;

/** All of a minified bundle may be on one line. */
function hasLongLine({ original, source }: AnyFrame): boolean {
  return original === null && source !== null && (source.cut || source.column > MAX_INDENT);
}

function fileOf(file: string, owner: CodeOwner, { files }: Naming): string {
  switch (owner.kind) {
    case 'package':
      return `${owner.name}: ${shortened(owner.path)}`;
    case 'node':
      return file;
    default:
      return files.shortName(file);
  }
}

/** A line that is not where the function is must not look as if it were. */
function doubt(frame: AnyFrame): string {
  if (isOnlyStart(frame)) return ', start of the function';
  return 'quality' in frame && frame.quality !== 'exact' ? ', approximately' : '';
}

function isOnlyStart(frame: AnyFrame): boolean {
  return 'isFunctionStart' in frame ? frame.isFunctionStart : frame.quality === 'function';
}

/** Minifiers and hostile code make names of any length. */
export function shortened(name: string): string {
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME)}...`;
}

/**
 * The function that the application called, in a few words: `Database.run of better-sqlite3`, `readFileSync of
 * node:fs`. Empty for functions whose names say nothing.
 */
export function calleeName(frame: AnyFrame, owner: CodeOwner): string {
  const name = plainName(frame);
  if (name === '') return owner.kind === 'package' ? owner.name : '';
  if (owner.kind === 'package') return `${name} of ${owner.name}`;
  const module = publicModule(shownPosition(frame).file ?? '');
  // An accessor of a global variable, such as `process`.
  const isAccessor = module === NO_MODULE && (name === 'get' || name === 'set');
  return isAccessor ? '' : `${name} of ${module}`;
}

/** Public modules of Node whose inner files, or namespaces in C++, are named after them. */
export const PUBLIC_MODULES: ReadonlySet<string> = new Set([
  'assert',
  'child_process',
  'cluster',
  'crypto',
  'dgram',
  'dns',
  'fs',
  'http',
  'http2',
  'https',
  'net',
  'process',
  'querystring',
  'readline',
  'sqlite',
  'streams',
  'test_runner',
  'timers',
  'tls',
  'url',
  'util',
  'vm',
  'worker',
  'zlib',
]);

/** What belongs to no public module. */
const NO_MODULE = 'Node';

/** `node:crypto` for `node:internal/crypto/pbkdf2`. */
function publicModule(file: string): string {
  const path = file.slice('node:'.length);
  const first = path.split('/')[0] ?? '';
  if (first.startsWith('_http')) return 'node:http';
  if (first.startsWith('_tls')) return 'node:tls';
  if (first.startsWith('_stream')) return 'node:stream';
  if (first !== 'internal') return `node:${first}`;
  const inner = path.split('/')[1] ?? '';
  if (inner === 'streams') return 'node:stream';
  if (inner === 'modules') return 'node:module';
  if (inner === 'console') return 'console';
  return PUBLIC_MODULES.has(inner) ? moduleName(inner) : NO_MODULE;
}

/** The name of a public module for that of its inner folder or namespace. */
export function moduleName(inner: string): string {
  return inner === 'worker' ? 'node:worker_threads' : `node:${inner}`;
}

/** Longest symbol that is read for its name; C++ templates make them endless. */
const MAX_SYMBOL = 1000;

/** `Statement::JS_run`: a C++ symbol without templates, arguments and outer namespaces; empty when nothing is left. */
export function simpleSymbol(symbol: string): string {
  const text = withoutBrackets(symbol.slice(0, MAX_SYMBOL).replaceAll('(anonymous namespace)', ''));
  const parts = text.split('::').filter((part) => part.trim() !== '');
  const name = parts.slice(-2).join('::').trim();
  const end = name.lastIndexOf(' ');
  return shortened(end === -1 ? name : name.slice(end + 1));
}

/** Omits what is in `<>`, `()` and `{}`. Operators with such characters lose them, which affects only that name. */
function withoutBrackets(text: string): string {
  let depth = 0;
  let kept = '';
  for (const character of text) {
    if ('<({'.includes(character)) depth += 1;
    else if ('>)}'.includes(character)) depth = Math.max(0, depth - 1);
    else if (depth === 0) kept += character;
  }
  return kept;
}
