import { frameName } from '../report/frames';
import type { Frame, Stack } from '../report/model';
import { clip, escapeInline } from '../escape';

type CapturedStack = Extract<Stack, { readonly status: 'captured' }>;

/** Consecutive frames of a stack as a view shows them: each on its own, or in one line. */
export type Part =
  | { readonly kind: 'frame'; readonly frame: Frame; readonly index: number }
  | { readonly kind: 'line'; readonly text: string };

/** Native frames below JavaScript that are shown in one line from this number on. */
const MIN_BASE_FRAMES = 3;
const MIN_GLUE_FRAMES = 2;
const NAMED_BASE_FRAMES = 3;
/** The beginning of a C++ template says enough. */
const MAX_BASE_NAME_LENGTH = 60;

/** V8's own way from a function in JavaScript to the next. */
const GLUE = /^(v8::|v8impl::|Builtins_)/;

/**
 * What led from libuv to JavaScript, by a part of the name of a function between them. Innermost functions are checked
 * first, and of each the first line that matches counts.
 */
const ORIGINS: readonly (readonly [string, string])[] = [
  ['Environment::RunTimers', 'timers'],
  ['Environment::CheckImmediate', 'setImmediate'],
  ['::Parser::', 'HTTP parser'],
  ['Http2Session', 'HTTP/2'],
  ['ConnectionWrap', 'new connection'],
  ['TLSWrap', 'TLS'],
  ['UDPWrap', 'datagram'],
  ['StreamBase', 'stream'],
  ['LibuvStreamWrap', 'stream'],
  ['StreamListener', 'stream'],
  ['StreamReq', 'stream'],
  ['ConnectWrap', 'connection'],
  ['MessagePort::OnMessage', 'message port'],
  ['GetAddrInfo', 'DNS lookup'],
  ['cares_wrap', 'DNS query'],
  ['ProcessWrap', 'child process'],
  ['SignalWrap', 'signal'],
  ['FSEventWrap', 'file watcher'],
  ['StatWatcher', 'file watcher'],
  ['node::fs::', 'file system'],
  ['ThreadSafeFunction', 'thread-safe function'],
  ['uv__work_done', 'worker thread pool'],
  ['uv__fs_event', 'file watcher'],
  ['uv__async_io', 'another thread'],
  ['uv__stream_io', 'stream'],
  ['uv__run_check', 'setImmediate'],
  ['uv__run_timers', 'timers'],
];

/** Functions that run the program before its event loop turns. */
const START = /^node::(StartExecution|LoadEnvironment)\b/;

/** The frames of a stack, with runs of frames that only lead from one function to the next in one line each. */
export function foldFrames(stack: CapturedStack): readonly Part[] {
  const { frames, cut } = stack;
  const base = baseIndex(stack);
  // V8's functions on top of a stack are what the thread does.
  const top = frames.findIndex((frame) => !isGlue(frame));
  const parts: Part[] = [];
  for (let index = 0; index < base; index++) {
    const end = index < top ? index : glueEnd(frames, index, base, cut?.afterIndex ?? -1);
    const frame = frames[index];
    if (frame === undefined) break;
    if (end - index < MIN_GLUE_FRAMES) parts.push({ kind: 'frame', frame, index });
    else {
      parts.push({ kind: 'line', text: describeGlue(frames.slice(index, end)) });
      index = end - 1;
    }
  }
  if (base < frames.length) parts.push({ kind: 'line', text: describeBase(frames.slice(base)) });
  return parts;
}

/** Every frame on its own. */
export function allFrames({ frames }: CapturedStack): readonly Part[] {
  return frames.map((frame, index) => ({ kind: 'frame', frame, index }));
}

/** Where the native frames begin that only run JavaScript's first function; the length when there are few of them. */
function baseIndex({ frames, cut }: CapturedStack): number {
  const last = frames.findLastIndex((frame, index) => frame.kind !== 'native' || cut?.afterIndex === index);
  return last === -1 || frames.length - last - 1 < MIN_BASE_FRAMES ? frames.length : last + 1;
}

/** The end of the run of V8's frames that begins at `from`. */
function glueEnd(frames: readonly Frame[], from: number, base: number, cutAfter: number): number {
  let end = from;
  while (end < base && isGlue(frames[end]) && end !== cutAfter) end += 1;
  return end;
}

function isGlue(frame: Frame | undefined): boolean {
  return frame?.kind === 'native' && GLUE.test(frame.functionName);
}

function describeGlue(frames: readonly Frame[]): string {
  const does = (part: string): boolean => frames.some(({ functionName }) => functionName.includes(part));
  let purpose = '';
  if (does('MicrotaskQueue')) purpose = ', running promise jobs';
  else if (does('SourceTextModule')) purpose = ', evaluating a module';
  return `(${frames.length} native frames of V8${purpose})`;
}

/** Those that Node adds say most, for instance which kind of event the JavaScript answers. */
function describeBase(frames: readonly Frame[]): string {
  const jobs = frames.some(({ functionName }) => functionName.includes('MicrotaskQueue'))
    ? ', promise jobs'
    : '';
  const origin = originOf(frames);
  if (origin !== null) return `(from libuv: ${origin}${jobs})`;
  if (frames.some(({ functionName }) => START.test(functionName)))
    return `(from the start of the program${jobs})`;
  const names = frames.map(frameName).filter((name) => !GLUE.test(name));
  const shown = names
    .slice(0, NAMED_BASE_FRAMES)
    .map((name) => escapeInline(clip(name, MAX_BASE_NAME_LENGTH)));
  const more = names.length > shown.length ? ', ...' : '';
  return `(called by ${frames.length} native frames: ${shown.join(', ')}${more})`;
}

function originOf(frames: readonly Frame[]): string | null {
  for (const { functionName } of frames) {
    for (const [part, origin] of ORIGINS) if (functionName.includes(part)) return origin;
  }
  return null;
}
