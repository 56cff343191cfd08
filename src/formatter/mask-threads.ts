import type { Gate } from '../masking/gate';
import type { Census } from '../open/base/census';
import { maskCensus, maskHeapClasses } from './mask-open';
import { maskRequest, maskThreadContext, maskTraces, nameOfPath } from './mask-requests';
import type { RawContextOf, RawGroup } from './mask-requests';
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

/** The suspended functions of a thread as the native side writes them. */
type RawGreenThreads = Omit<RawOf<GreenThreads>, 'groups'> & { readonly groups: readonly RawGroup[] };

/** The same after masking: what it has open is a list of objects that nobody described yet. */
export interface MaskedIsolate extends Omit<IsolateThread, 'open'> {
  readonly open: Census | Unavailable;
}

/** A JavaScript thread as the native side writes it: spans are not understood yet. */
export type RawIsolate = Omit<RawOf<MaskedIsolate>, 'greenThreads' | 'request'> &
  RawContextOf & { readonly greenThreads: RawGreenThreads | RawOf<Unavailable> };

/** Masks the name of a JavaScript thread, its system call, and what it waits for. */
export function maskIsolate(raw: RawIsolate, gate: Gate): MaskedIsolate {
  return {
    ...raw,
    name: gate.text(raw.name),
    entry: gate.textOrNull(raw.entry),
    note: gate.text(raw.note),
    os: raw.os.status === 'unavailable' ? maskUnavailable(raw.os, gate) : maskOsThread(raw.os, gate),
    stack: maskStack(raw.stack, gate),
    context: maskThreadContext(raw.context, gate),
    request: maskRequest(raw.request, gate),
    heap: maskHeap(raw.heap, gate),
    greenThreads:
      raw.greenThreads.status === 'unavailable'
        ? maskUnavailable(raw.greenThreads, gate)
        : maskGreenThreads(raw.greenThreads, gate),
    open: maskOpen(raw.open, gate),
    heapClasses: maskClasses(raw.heapClasses, gate),
  };
}

const NOT_READ: Unavailable = { status: 'unavailable', reason: 'it was not read' };

function maskOpen(raw: RawIsolate['open'] | undefined, gate: Gate): MaskedIsolate['open'] {
  if (raw === undefined) return NOT_READ;
  return raw.status === 'unavailable' ? maskUnavailable(raw, gate) : maskCensus(raw, gate);
}

function maskClasses(raw: RawIsolate['heapClasses'] | undefined, gate: Gate): MaskedIsolate['heapClasses'] {
  if (raw === undefined) return NOT_READ;
  return raw.status === 'unavailable' ? maskUnavailable(raw, gate) : maskHeapClasses(raw, gate);
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

export function maskPosition(raw: RawOf<CodePosition>, gate: Gate): CodePosition {
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

function maskGreenThreads(raw: RawGreenThreads, gate: Gate): GreenThreads {
  return {
    ...raw,
    groups: raw.groups.map((group) => maskGroup(group, gate)),
    gone: raw.gone.map(({ frames }) => ({ frames: frames.map((frame) => maskAsyncFrame(frame, gate)) })),
    partial: gate.textOrNull(raw.partial),
    waitsForSkipped: gate.textOrNull(raw.waitsForSkipped),
    contextSkipped: gate.textOrNull(raw.contextSkipped),
  };
}

function maskGroup(raw: RawGroup, gate: Gate): GreenThreadGroup {
  const frames = raw.frames.map((frame) => maskAsyncFrame(frame, gate));
  const { waits, waitsFor } = maskWait(raw.waits, gate, frames[0]);
  return {
    ...raw,
    waitsFor,
    waits,
    context: raw.context.map((value) => maskContext(value, gate)),
    traces: maskTraces(raw.traces, gate),
    frames,
  };
}

/** By the name of the key, like a member of the configuration. */
function maskContext(raw: RawOf<ContextValue>, gate: Gate): ContextValue {
  const key = gate.code(raw.key);
  return { ...raw, key: gate.text(raw.key), text: gate.contextValue(nameOfPath(key), raw.kind, raw.text) };
}

function maskAsyncFrame(raw: RawOf<AsyncFrame>, gate: Gate): AsyncFrame {
  return {
    ...raw,
    ...maskPosition(raw, gate),
    functionName: gate.code(raw.functionName),
    className: gate.codeOrNull(raw.className),
    enclosingFunction: gate.codeOrNull(raw.enclosingFunction),
    file: gate.codeOrNull(raw.file),
    via: gate.codeOrNull(raw.via),
  };
}
