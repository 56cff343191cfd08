import type { WaitHolder } from '../../report/waits';
import { type Chain, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation, KnownClass } from '../base/explainer';
import { counted, urlWithoutValues } from '../base/words';
import { passes } from './listener';

const READABLE_FILE = 'node:internal/webstreams/readablestream';
/** In all versions, the function that the stream pulls with sees the variable of fetch(). */
const OF_REQUEST = '@kState.stream.@kState.controller.@kState.pullAlgorithm.^fn.^fetchParams.request';
const FETCHED = { method: `${OF_REQUEST}.method`, url: `${OF_REQUEST}.urlList.0.#context.href` } as const;
const STATE = '[kState]';
const READER = 'ReadableStreamDefaultReader';

/** The member of the state of a reader, a writer or a stream that leads to the promise. */
function partOf({ member }: WaitHolder, chain: Chain): string | null {
  return member === STATE ? (chain.holders[chain.at - 1]?.member ?? null) : null;
}

/** A request in the reader's queue. Node 24 and later have another kind of queue, about which less is known. */
function explainRequest({ file }: WaitHolder, chain: Chain): Explanation | null {
  if (file !== READABLE_FILE || chain.outside(READER) !== null) return null;
  return { text: 'read() of ReadableStream' };
}

function explainReader(reader: WaitHolder, chain: Chain): Explanation | null {
  const part = partOf(reader, chain);
  const state = readableState(reader, '@kState.stream.');
  if (state === null) return null;
  if (part === 'readRequests' || part === 'readIntoRequests') {
    const body = bodyOfFetch(reader);
    if (body !== null) return { text: body };
    return { text: `read() of ReadableStream: ${state}` };
  }
  if (part !== 'close') return null;
  const call = passes(chain, READABLE_FILE, 'shutdownWithAnAction') ? 'pipeTo()' : 'closed';
  return { text: `${call} of ReadableStream: ${state}` };
}

/** The stream of a response that fetch() made: its pull() sees the request. */
function bodyOfFetch(reader: WaitHolder): string | null {
  const method = textAt(reader, FETCHED.method);
  const url = textAt(reader, FETCHED.url);
  const state = textAt(reader, '@kState.stream.@kState.state');
  if (method === null || url === null || state !== 'readable') return null;
  return `body of fetch ${method} ${urlWithoutValues(url)}, waiting for data`;
}

function readableState(holder: WaitHolder, prefix: string): string | null {
  const state = textAt(holder, `${prefix}@kState.state`);
  if (state === null) return null;
  const controller = `${prefix}@kState.controller.@kState.`;
  const parts: string[] = [];
  const queued = numberAt(holder, `${controller}queueTotalSize`);
  if (queued === 0) parts.push('no chunk queued');
  if (isTrueAt(holder, `${controller}pulling`)) parts.push('its pull() has not ended');
  return [state, ...parts].join(', ');
}

function explainWriter(writer: WaitHolder, chain: Chain): Explanation | null {
  const part = partOf(writer, chain);
  const state = writableState(writer, '@kState.stream.');
  if (state === null || (part !== 'ready' && part !== 'close')) return null;
  return { text: `${part === 'ready' ? 'ready' : 'closed'} of WritableStream: ${state}` };
}

/** What is waited for, by the member of the stream's state. */
const CALLS: Readonly<Record<string, string>> = {
  inFlightWriteRequest: 'write()',
  writeRequests: 'write()',
  inFlightCloseRequest: 'close()',
  closeRequest: 'close()',
  pendingAbortRequest: 'abort()',
};

function explainWritable(stream: WaitHolder, chain: Chain): Explanation | null {
  const part = partOf(stream, chain);
  const state = writableState(stream, '');
  const call = part === null ? undefined : CALLS[part];
  return state === null || call === undefined ? null : { text: `${call} of WritableStream: ${state}` };
}

function writableState(holder: WaitHolder, prefix: string): string | null {
  const at = `${prefix}@kState.`;
  const state = textAt(holder, `${at}state`);
  if (state === null) return null;
  const parts: string[] = [];
  const isWriting = holder.values[`${at}inFlightWriteRequest.promise`]?.kind === 'object';
  const isClosing = holder.values[`${at}inFlightCloseRequest.promise`]?.kind === 'object';
  if (isWriting) parts.push('its write() has not ended');
  if (isClosing) parts.push('its close() has not ended');
  const waiting = numberAt(holder, `${at}writeRequests.length`);
  if (waiting !== null && waiting > 0) parts.push(`${counted(waiting, 'write')} waiting`);
  return [state, ...parts].join(', ');
}

function readableValues(prefix: string): readonly string[] {
  const controller = `${prefix}@kState.controller.@kState.`;
  return [`${prefix}@kState.state`, `${controller}queueTotalSize`, `${controller}pulling`];
}

function writableValues(prefix: string): readonly string[] {
  const at = `${prefix}@kState.`;
  return [
    `${at}state`,
    `${at}inFlightWriteRequest.promise`,
    `${at}inFlightCloseRequest.promise`,
    `${at}writeRequests.length`,
  ];
}

const READER_CLASS: KnownClass = {
  read: [...readableValues('@kState.stream.'), ...Object.values(FETCHED)],
  explain: explainReader,
};

export const WEB_STREAMS: Explainer = {
  library: 'node:stream/web',
  classes: {
    DefaultReadRequest: { read: [], explain: explainRequest },
    ReadableStreamAsyncIteratorReadRequest: { read: [], explain: explainRequest },
    [READER]: READER_CLASS,
    ReadableStreamBYOBReader: READER_CLASS,
    WritableStreamDefaultWriter: { read: writableValues('@kState.stream.'), explain: explainWriter },
    WritableStream: { read: writableValues(''), explain: explainWritable },
  },
};
