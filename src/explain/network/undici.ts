import type { WaitHolder } from '../../report/waits';
import { type Chain, classAt, hasAt, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation, KnownClass } from '../base/explainer';
import { counted, urlWithoutValues, usage } from '../base/words';
import { bytes, isDestroyed, requestUrl, STREAM_FLAGS } from './node-objects';

const OF_FETCH = /^node:internal\/deps\/undici\/|[\\/]undici[^\\/]*[\\/]lib[\\/](?:web[\\/])?fetch[\\/]/;

/** In Node, only fetch() and what is built on it use undici. */
function isOfFetch(chain: Chain): boolean {
  return chain.holders
    .slice(0, chain.at)
    .some(({ functionName, file }) => functionName !== null && OF_FETCH.test(file ?? ''));
}

/** Callbacks that fetch() passes on. They are called in the end, whatever happens in between. */
const LAST_STEPS = new Set(['processResponse', 'successSteps']);

function isWholeFetch(chain: Chain): boolean {
  return chain.holders
    .slice(0, chain.at)
    .some(({ functionName, file }) => LAST_STEPS.has(functionName ?? '') && OF_FETCH.test(file ?? ''));
}

/** The queue contains requests that were answered, requests that were sent, and then those that wait for their turn. */
function queuedIn(client: WaitHolder): number | null {
  const length = numberAt(client, '@queue.length');
  const firstPending = numberAt(client, '@pending index');
  return length === null || firstPending === null ? null : length - firstPending;
}

/** The headers have arrived once the handler has the object that takes the body. */
function hasResponse(handler: WaitHolder | null): boolean {
  return handler !== null && classAt(handler, 'res') !== null;
}

/** A request gets its abort() when it is written to a connection. */
function stateOf(request: WaitHolder, chain: Chain): string {
  if (hasResponse(chain.inside('StreamHandler') ?? chain.inside('RequestHandler'))) return 'waiting for data';
  if (classAt(request, 'abort') !== null) return 'waiting for headers';
  const client = chain.outside('Client');
  if (client === null) return 'waiting for a connection';
  if (isTrueAt(client, '@connecting')) return 'connecting';
  const queued = queuedIn(client);
  return `waiting for the connection of its Client${queued === null ? '' : ` (${queued} waiting)`}`;
}

function explainRequest(request: WaitHolder, chain: Chain): Explanation | null {
  const origin = textAt(request, 'origin');
  const method = textAt(request, 'method');
  const path = textAt(request, 'path');
  const isOfUndici = hasAt(request, '@handler') && hasAt(request, 'abort');
  if (isTrueAt(request, 'completed') || isTrueAt(request, 'aborted')) return null;
  if (origin === null || method === null || path === null || !isOfUndici) return null;
  const name = isOfFetch(chain) ? 'fetch' : 'undici request';
  const text = `${name} ${method} ${requestUrl(origin, path)}, ${stateOf(request, chain)}`;
  return { text, isWhole: isWholeFetch(chain) };
}

/** `GET http://127.0.0.1:8080/stock` of an entry of a Pool's queue. */
function queuedRequest(handler: WaitHolder, chain: Chain, pool: WaitHolder): string | null {
  const entry = chain.holders[chain.at + 1];
  const url = textAt(pool, '@url.#context.href');
  const path = entry?.kind === 'plain-object' ? textAt(entry, 'opts.path') : null;
  const method =
    textAt(handler, 'method') ?? (entry === undefined ? null : textAt(entry, 'opts.method')) ?? 'GET';
  if (url === null) return null;
  return path === null ? `${method} to ${originOf(url)}` : `${method} ${requestUrl(originOf(url), path)}`;
}

/** Of the first client of a Pool: its queue begins with requests that were answered. A longer one is not read. */
const FIRST_REQUESTS = Array.from({ length: 16 }, (_, place) => `@clients.0.@queue.${place}`).flatMap(
  (request) => [`${request}.method`, `${request}.path`],
);

function busyIn(pool: WaitHolder): string {
  const inUse = numberAt(pool, '@clients.length');
  const waiting = numberAt(pool, '@queued');
  const text = usage(inUse, numberAt(pool, '@connections'), 'connection', waiting);
  const running = `@clients.0.@queue.${numberAt(pool, '@clients.0.@running index') ?? ''}`;
  const method = textAt(pool, `${running}.method`);
  const path = textAt(pool, `${running}.path`);
  return inUse === 1 && method !== null && path !== null
    ? `${text}: busy with ${method} ${requestUrl('', path)}`
    : text;
}

/** A request that is not in the queue of a Client yet: a Pool has it. */
function explainHandler(handler: WaitHolder, chain: Chain): Explanation | null {
  if (handler.member !== 'callback' || chain.outside('Request') !== null) return null;
  const isOfUndici = ['abort', 'responseHeaders', 'res'].every((path) => hasAt(handler, path));
  if (!isOfUndici) return null;
  const pool = chain.outside('Pool');
  const queued = pool?.member === '[queue]' ? queuedRequest(handler, chain, pool) : null;
  if (pool !== null && queued !== null) {
    const counts = {
      inUse: numberAt(pool, '@clients.length'),
      limit: numberAt(pool, '@connections'),
      waiting: numberAt(pool, '@queued'),
    };
    return { text: `undici request ${queued}, in the queue of its Pool (${busyIn(pool)})`, counts };
  }
  const method = textAt(handler, 'method');
  const sent = hasResponse(handler) ? 'waiting for data' : 'waiting for headers';
  const state = classAt(handler, 'abort') === null ? 'waiting for a connection' : sent;
  return { text: `undici request${method === null ? '' : ` ${method}`}, ${state}` };
}

const HANDLER: KnownClass = {
  read: ['method', 'abort', 'responseHeaders', 'res'],
  explain: explainHandler,
};

function explainBody(body: WaitHolder): Explanation | null {
  const isRead = body.member === '[kConsume]' || body.member === '_events';
  if (!isRead || !hasAt(body, '@kContentType')) return null;
  const length = numberAt(body, '@kContentLength');
  const size = length === null ? '' : ` of ${bytes(length)}`;
  const state = isDestroyed(body) ? 'which was destroyed' : 'waiting for data';
  return { text: `body${size} of an undici response, ${state}` };
}

function isClosing({ member }: WaitHolder): boolean {
  return member === '[onClosed]' || member === '[closed resolve]';
}

function originOf(url: string): string {
  return urlWithoutValues(url).replace(/\/$/, '');
}

function explainClient(client: WaitHolder): Explanation | null {
  const url = textAt(client, '@url.#context.href');
  const length = numberAt(client, '@queue.length');
  const running = numberAt(client, '@running index');
  if (url === null || length === null || running === null) return null;
  const left = length - running;
  if (!isClosing(client)) return null;
  const requests = `${counted(left, 'request')} end${left === 1 ? 's' : ''}`;
  return { text: `undici Client ${originOf(url)} that closes when its ${requests}` };
}

function explainPool(pool: WaitHolder, chain: Chain): Explanation | null {
  const url = textAt(pool, '@url.#context.href');
  const waiting = numberAt(pool, '@queued');
  const inUse = numberAt(pool, '@clients.length');
  if (url === null || waiting === null || inUse === null) return null;
  const name = `undici Pool ${originOf(url)}`;
  if (isClosing(pool)) {
    const queued = waiting === 0 ? '' : ` (${waiting} waiting for a connection)`;
    return { text: `${name} that closes when its requests end${queued}` };
  }
  if (pool.member !== '[queue]') return null;
  // A request gets into this queue only when no connection of the pool takes more.
  const limit = numberAt(pool, '@connections');
  return {
    text: `${name}: ${usage(inUse, limit, 'connection', waiting)}`,
    counts: { inUse, limit, waiting },
    isWhole: isWholeFetch(chain),
  };
}

function explainReader(reader: WaitHolder, chain: Chain): Explanation | null {
  const state = textAt(reader, '@kState.stream.@kState.state');
  if (state !== 'readable') return null;
  const isOfBody = isWholeFetch(chain);
  return {
    text: isOfBody ? 'a chunk of the body of a fetch Response or Request' : 'a chunk of a web ReadableStream',
    isWhole: isOfBody,
  };
}

const READER: KnownClass = {
  read: ['@kState.stream.@kState.state'],
  explain: explainReader,
};

export const UNDICI: Explainer = {
  library: 'undici',
  classes: {
    Request: {
      read: ['origin', 'method', 'path', 'abort', 'aborted', 'completed', '@handler'],
      explain: explainRequest,
    },
    RequestHandler: HANDLER,
    StreamHandler: HANDLER,
    // An entry of the queue of a Pool.
    Object: { read: ['opts.path', 'opts.method'] },
    Pool: {
      read: [
        '@url.#context.href',
        '@queued',
        '@clients.length',
        '@connections',
        '@clients.0.@running index',
        ...FIRST_REQUESTS,
      ],
      explain: explainPool,
    },
    BodyReadable: {
      read: ['@kContentType', '@kContentLength', STREAM_FLAGS],
      explain: explainBody,
    },
    Client: {
      read: ['@url.#context.href', '@queue.length', '@pending index', '@running index', '@connecting'],
      explain: explainClient,
    },
  },
};

export const WEB_STREAMS: Explainer = {
  library: 'node:stream/web',
  classes: {
    ReadableStreamDefaultReader: READER,
    ReadableStreamBYOBReader: READER,
  },
};
