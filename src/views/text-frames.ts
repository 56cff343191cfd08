import { frameName, framePosition } from '../report/frames';
import type { Frame, Stack, ViewOptions } from '../report/model';
import { clip, escapeInline, escapeLine } from './escape';
import type { SourceLookup } from './source-lookup';

const MAX_NAME_LENGTH = 300;
const MAX_SOURCE_LENGTH = 160;
const MAX_CHANGED_FILES = 4;
/** Column of the module name behind a native function, as in `read    libc.so.6`. */
const NATIVE_NAME_WIDTH = 26;
/** Native frames below JavaScript that are told in one line from this number on: Node's start and its event loop. */
const MIN_BASE_FRAMES = 3;
const NAMED_BASE_FRAMES = 3;
/** Of C++ templates the beginning says enough here. */
const MAX_BASE_NAME_LENGTH = 60;

type CapturedStack = Extract<Stack, { readonly status: 'captured' }>;

/** The frames of one stack in the order asked for, with the source line under each frame of user code. */
export function renderStack(
  stack: CapturedStack,
  view: ViewOptions,
  sources: SourceLookup,
): readonly string[] {
  const changed = new Set<string>();
  const blocks: (readonly string[])[] = [];
  const base = baseIndex(stack);
  if (stack.hasGap) blocks.push(['  (native frames above JavaScript are not known)']);
  stack.frames.slice(0, base).forEach((frame, index) => {
    blocks.push(renderFrame(frame, sources, changed));
    if (stack.cut?.afterIndex === index) blocks.push([describeCut(stack.cut)]);
  });
  if (base < stack.frames.length) blocks.push([describeBase(stack.frames.slice(base))]);
  for (const frame of stack.asyncFrames) blocks.push(renderFrame(frame, sources, changed));
  if (view.frameOrder === 'outermost-first') blocks.reverse();
  const lines = blocks.flat();
  if (stack.asyncFramesSkipped !== null && stack.frames.length > 0) {
    lines.push(`  (async callers not known: ${escapeInline(stack.asyncFramesSkipped)})`);
  }
  if (stack.noJavaScript !== null) {
    lines.push(`  (JavaScript frames are not available: ${escapeInline(stack.noJavaScript)})`);
  }
  if (stack.noNative !== null) {
    lines.push(`  (native frames are not available: ${escapeInline(stack.noNative)})`);
  }
  if (changed.size > 0) lines.push(describeChanged(changed));
  return lines;
}

/** Where the native frames begin that only run JavaScript's first function; the length when there is nothing to leave out. */
function baseIndex({ frames, cut }: CapturedStack): number {
  const last = frames.findLastIndex((frame, index) => frame.kind !== 'native' || cut?.afterIndex === index);
  return last === -1 || frames.length - last - 1 < MIN_BASE_FRAMES ? frames.length : last + 1;
}

/** Those that Node adds say most, for instance which kind of event the JavaScript answers. */
function describeBase(frames: readonly Frame[]): string {
  const names = frames.map(frameName).filter((name) => !/^(v8::|Builtins_)/.test(name));
  const shown = names
    .slice(0, NAMED_BASE_FRAMES)
    .map((name) => escapeInline(clip(name, MAX_BASE_NAME_LENGTH)));
  return `  (called by ${frames.length} native frames: ${shown.join(', ')}${names.length > shown.length ? ', ...' : ''})`;
}

function renderFrame(frame: Frame, sources: SourceLookup, changed: Set<string>): readonly string[] {
  const text = `  ${describeFrame(frame)}`;
  if (!frame.isUserCode || frame.kind === 'wasm') return [text];
  const source = sourceLine(frame, sources, changed);
  return source === null ? [text] : [text, `      ${source}`];
}

/** A place in a source, as frames of all kinds have it. */
interface Place {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** The line of source there, in back quotes; null when there is nothing to show. Notes files that have changed. */
export function sourceLine(place: Place, sources: SourceLookup, changed: Set<string>): string | null {
  if (place.file === null || place.line === null) return null;
  const source = sources.lineAt(place.file, place.line);
  if (source.status === 'changed') changed.add(place.file);
  if (source.status !== 'known') return null;
  const line = excerpt(source.text, place.column ?? 1);
  return line === '' ? null : `\`${line}\``;
}

/** A function's name as it may be printed. */
export function printableName(name: string): string {
  return escapeInline(clip(name, MAX_NAME_LENGTH));
}

/** A position as it may be printed: of a long path or a `data:` URL the end, which has the line. */
export function printablePosition(position: string): string {
  return escapeInline(clipStart(position));
}

function describeFrame(frame: Frame): string {
  const name = printableName(frameName(frame));
  const position = framePosition(frame);
  const where = position === null ? null : printablePosition(position);
  if (frame.kind === 'native') return where === null ? name : `${name.padEnd(NATIVE_NAME_WIDTH)}  ${where}`;
  return `${name} (${where ?? placeless(frame)}${doubt(frame)})${mark(frame)}`;
}

function placeless(frame: Frame): string {
  if (frame.kind === 'builtin') return '<builtin>';
  return frame.isEval ? '[eval]' : '<no file>';
}

/** A position that is not exact must not look as if it were. */
function doubt(frame: Frame): string {
  if (frame.quality === 'exact' || frame.line === null) return '';
  return frame.quality === 'function' ? ', start of the function' : ', approximately';
}

function mark(frame: Frame): string {
  if (frame.kind === 'wasm') return ' [wasm]';
  return frame.isEval && frame.file !== null ? ' [eval]' : '';
}

function clipStart(position: string): string {
  return position.length <= MAX_NAME_LENGTH ? position : `...${position.slice(-MAX_NAME_LENGTH)}`;
}

/** The trimmed line; of a long one (minified code) the surroundings of the column. */
function excerpt(line: string, column: number): string {
  const trimmed = line.trim();
  if (trimmed.length <= MAX_SOURCE_LENGTH) return escapeLine(trimmed);
  const indent = line.length - line.trimStart().length;
  const at = Math.min(Math.max(column - 1 - indent, 0), trimmed.length);
  const start = Math.max(0, Math.min(at - MAX_SOURCE_LENGTH / 2, trimmed.length - MAX_SOURCE_LENGTH));
  const end = start + MAX_SOURCE_LENGTH;
  const middle = escapeLine(trimmed.slice(start, end));
  return `${start > 0 ? '...' : ''}${middle}${end < trimmed.length ? '...' : ''}`;
}

function describeCut({ count, atLeast }: NonNullable<CapturedStack['cut']>): string {
  return `  ... ${atLeast ? 'at least ' : ''}${count} ${count === 1 ? 'frame' : 'frames'} left out ...`;
}

/** The line below frames some of whose sources are not what runs. */
export function describeChanged(changed: ReadonlySet<string>): string {
  const names = [...changed].slice(0, MAX_CHANGED_FILES).map((file) => escapeInline(clipStart(file)));
  const more = changed.size > names.length ? ` and ${changed.size - names.length} more` : '';
  return `  (source of ${names.join(', ')}${more} changed since the process started)`;
}
