import type { Frame } from './model';

/** Name as a reader expects it: `new Queue`, `async drain`, `(anonymous)`. */
export function frameName(frame: Frame): string {
  const name = frame.functionName === '' ? '(anonymous)' : frame.functionName;
  if (frame.kind === 'async') return `async ${name}`;
  return frame.isConstructor ? `new ${name}` : name;
}

/** `file:line:column` as far as known; for wasm the byte offset in hexadecimal; null without file. */
export function framePosition(frame: Frame): string | null {
  if (frame.file === null) return null;
  if (frame.kind === 'wasm') {
    return frame.column === null ? frame.file : `${frame.file}:0x${frame.column.toString(16)}`;
  }
  if (frame.line === null) return frame.file;
  return frame.column === null
    ? `${frame.file}:${frame.line}`
    : `${frame.file}:${frame.line}:${frame.column}`;
}

/** Last part of a path or URL, without query. */
export function baseName(file: string): string {
  const query = file.startsWith('file:') ? file.indexOf('?') : -1;
  const path = query === -1 ? file : file.slice(0, query);
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return path.slice(cut + 1);
}

/**
 * Where a stack is, in a few words: `in execSync at deploy.js:41:9`, that is the function which user code called, and
 * the line of user code that called it. Empty when there are no frames.
 */
export function describePlace(frames: readonly Frame[]): string {
  const first = frames[0];
  if (first === undefined) return '';
  const userIndex = frames.findIndex((frame) => frame.isUserCode);
  const user = userIndex === -1 ? first : (frames[userIndex] ?? first);
  const callee = userIndex > 0 ? calledFrom(frames, userIndex) : user;
  const named = callee.functionName === '' ? user : callee;
  const position = framePosition(user);
  return position === null ? `in ${frameName(named)}` : `in ${frameName(named)} at ${baseName(position)}`;
}

/** The function that user code called: not V8's way of calling it, when that is native. */
function calledFrom(frames: readonly Frame[], userIndex: number): Frame {
  let index = userIndex - 1;
  while (index > 0 && isGlue(frames[index])) index -= 1;
  return frames[index] ?? frames[userIndex - 1] ?? UNKNOWN_FRAME;
}

/** V8's and Node-API's own functions between JavaScript and a native function. */
function isGlue(frame: Frame | undefined): boolean {
  return (
    frame?.kind === 'native' && /^(v8::|v8impl::|Builtins_|Napi::|node::binding::)/.test(frame.functionName)
  );
}

const UNKNOWN_FRAME: Frame = {
  kind: 'native',
  quality: 'approximate',
  functionName: '',
  file: null,
  line: null,
  column: null,
  isConstructor: false,
  isEval: false,
  isUserCode: false,
};
