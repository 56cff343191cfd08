import type { Gate } from '../masking/gate';
import { maskWait } from './mask-waits';
import type { RawOf } from '../masking/raw';
import type {
  AsyncFrame,
  CodePosition,
  ContextValue,
  Frame,
  GreenThreadGroup,
  GreenThreads,
  IsolateThread,
  OsThread,
  OtherThread,
  SourceExcerpt,
  Stack,
  Unavailable,
} from '../report/model';

/** Masks the name of a JavaScript thread, its system call, and what it waits for. */
export function maskIsolate(raw: RawOf<IsolateThread>, gate: Gate): IsolateThread {
  return {
    ...raw,
    name: gate.text(raw.name),
    entry: gate.textOrNull(raw.entry),
    note: gate.text(raw.note),
    os: raw.os.status === 'unavailable' ? maskUnavailable(raw.os, gate) : maskOsThread(raw.os, gate),
    stack: maskStack(raw.stack, gate),
    heap: maskHeap(raw.heap, gate),
    greenThreads:
      raw.greenThreads.status === 'unavailable'
        ? maskUnavailable(raw.greenThreads, gate)
        : maskGreenThreads(raw.greenThreads, gate),
  };
}

/** A broken part must not affect the others; the view reports it in its place. */
function maskHeap(raw: RawOf<IsolateThread['heap']> | undefined, gate: Gate): IsolateThread['heap'] {
  if (raw?.status === 'unavailable') return maskUnavailable(raw, gate);
  return raw as IsolateThread['heap'];
}

export function maskOtherThread(raw: RawOf<OtherThread>, gate: Gate): OtherThread {
  return { ...maskOsThread(raw, gate), stack: maskStack(raw.stack, gate) };
}

/** The reason is our text, but it may quote a message of the system or of a library. */
export function maskUnavailable({ status, reason }: RawOf<Unavailable>, gate: Gate): Unavailable {
  return { status, reason: gate.text(reason) };
}

/** A decoded system call may hold the command line of a child, a path, or the name of a socket. */
function maskOsThread(raw: RawOf<OsThread>, gate: Gate): OsThread {
  const { syscall } = raw;
  return {
    ...raw,
    name: gate.text(raw.name),
    state: gate.text(raw.state),
    syscall:
      syscall === null
        ? null
        : {
            ...syscall,
            name: gate.text(syscall.name),
            description: syscall.description === null ? null : gate.phrase(syscall.description),
          },
  };
}

function maskStack(raw: RawOf<Stack>, gate: Gate): Stack {
  if (raw.status === 'unavailable') return maskUnavailable(raw, gate);
  return {
    ...raw,
    frames: raw.frames.map((frame) => maskFrame(frame, gate)),
    asyncFrames: raw.asyncFrames.map((frame) => maskFrame(frame, gate)),
    noJavaScript: gate.textOrNull(raw.noJavaScript),
    noNative: gate.textOrNull(raw.noNative),
    asyncFramesSkipped: gate.textOrNull(raw.asyncFramesSkipped),
  };
}

function maskFrame(raw: RawOf<Frame>, gate: Gate): Frame {
  return {
    ...raw,
    ...maskPosition(raw, gate),
    functionName: gate.code(raw.functionName),
    className: gate.codeOrNull(raw.className),
    file: gate.codeOrNull(raw.file),
  };
}

function maskPosition(raw: RawOf<CodePosition>, gate: Gate): CodePosition {
  const { source, original, generated } = raw;
  return {
    source: maskExcerpt(source, gate),
    original:
      original === null
        ? null
        : {
            ...original,
            file: gate.code(original.file),
            functionName: gate.codeOrNull(original.functionName),
            source: maskExcerpt(original.source, gate),
          },
    generated: gate.textOrNull(generated),
  };
}

function maskExcerpt(raw: RawOf<SourceExcerpt> | null, gate: Gate): SourceExcerpt | null {
  return raw === null ? null : { ...raw, text: gate.code(raw.text) };
}

function maskGreenThreads(raw: RawOf<GreenThreads>, gate: Gate): GreenThreads {
  return {
    ...raw,
    groups: raw.groups.map((group) => maskGroup(group, gate)),
    partial: gate.textOrNull(raw.partial),
    waitsForSkipped: gate.textOrNull(raw.waitsForSkipped),
    contextSkipped: gate.textOrNull(raw.contextSkipped),
  };
}

function maskGroup(raw: RawOf<GreenThreadGroup>, gate: Gate): GreenThreadGroup {
  const { waits, waitsFor } = maskWait(raw.waits, gate);
  return {
    ...raw,
    waitsFor,
    waits,
    context: raw.context.map((value) => maskContext(value, gate)),
    frames: raw.frames.map((frame) => maskAsyncFrame(frame, gate)),
  };
}

/** By the name of the key, like a member of the configuration. */
function maskContext(raw: RawOf<ContextValue>, gate: Gate): ContextValue {
  const key = gate.code(raw.key);
  return { ...raw, key: gate.text(raw.key), text: gate.contextValue(key, raw.kind, raw.text) };
}

function maskAsyncFrame(raw: RawOf<AsyncFrame>, gate: Gate): AsyncFrame {
  return {
    ...raw,
    ...maskPosition(raw, gate),
    functionName: gate.code(raw.functionName),
    className: gate.codeOrNull(raw.className),
    file: gate.codeOrNull(raw.file),
    via: gate.codeOrNull(raw.via),
  };
}
