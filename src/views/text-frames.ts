import { frameName, framePosition } from '../report/frames';
import type { Frame, Stack, ViewOptions } from '../report/model';
import { escapeInline } from '../escape';
import { allFrames, foldFrames } from './glue-frames';
import { evalPosition, printableName, printablePosition, remarkOnPosition, sourceLine } from './text-code';

/** Column of the module name behind a native function, as in `read    libc.so.6`. */
const NATIVE_NAME_WIDTH = 26;

type CapturedStack = Extract<Stack, { readonly status: 'captured' }>;

/** The frames of one stack in the requested order, with the source line under each frame of user code. */
export function renderStack(stack: CapturedStack, view: ViewOptions): readonly string[] {
  const blocks: (readonly string[])[] = [];
  if (stack.hasGap) blocks.push(['(native frames above JavaScript are not known)']);
  for (const part of view.frames === 'all' ? allFrames(stack) : foldFrames(stack)) {
    blocks.push(part.kind === 'line' ? [part.text] : renderFrame(part.frame));
    if (part.kind === 'frame' && stack.cut?.afterIndex === part.index) blocks.push([describeCut(stack.cut)]);
  }
  for (const frame of stack.asyncFrames) blocks.push(renderFrame(frame));
  if (view.frameOrder === 'outermost-first') blocks.reverse();
  const lines = blocks.flat();
  if (stack.asyncFramesSkipped !== null && stack.frames.length > 0) {
    lines.push(`(async callers not known: ${escapeInline(stack.asyncFramesSkipped)})`);
  }
  if (stack.noJavaScript !== null) {
    lines.push(`(JavaScript frames are not available: ${escapeInline(stack.noJavaScript)})`);
  }
  if (stack.noNative !== null) {
    lines.push(`(native frames are not available: ${escapeInline(stack.noNative)})`);
  }
  return lines;
}

function renderFrame(frame: Frame): readonly string[] {
  const text = describeFrame(frame);
  if (!frame.isUserCode || frame.kind === 'wasm') return [text];
  const source = sourceLine(frame);
  return source === null ? [text] : [text, `    ${source}`];
}

function describeFrame(frame: Frame): string {
  const name = printableName(frameName(frame));
  const position = framePosition(frame);
  const where = position === null ? null : printablePosition(position);
  if (frame.kind === 'native') return where === null ? name : `${name.padEnd(NATIVE_NAME_WIDTH)}  ${where}`;
  return `${name} (${where ?? placeless(frame)}${doubt(frame)}${remarkOnPosition(frame)})${mark(frame)}`;
}

function placeless(frame: Frame): string {
  if (frame.kind === 'builtin') return '<builtin>';
  return evalPosition(frame) ?? '<no file>';
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

function describeCut({ count, atLeast }: NonNullable<CapturedStack['cut']>): string {
  return `... ${atLeast ? 'at least ' : ''}${count} ${count === 1 ? 'frame' : 'frames'} omitted ...`;
}
