import type { WaitHolder } from '../../report/waits';
import { type Chain, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted } from '../base/words';
import {
  awaitedEvent,
  bytes,
  isDestroyed,
  isOfNode,
  STREAM_FLAGS,
  requestUrl,
  wordsOfEvent,
} from './node-objects';

function stateOfConnection(holder: WaitHolder, before: string): string | null {
  if (isTrueAt(holder, `${before}@socket.connecting`)) return 'connecting';
  return isTrueAt(holder, `${before}@socket.secureConnecting`) ? 'TLS handshake' : null;
}

function stateOfEvent(stream: WaitHolder, event: string | null): string | null {
  if (isDestroyed(stream)) return 'which was destroyed';
  switch (event) {
    case null:
      return null;
    case 'response':
      return 'waiting for headers';
    case 'drain':
      return `waiting for drain, ${bytes(numberAt(stream, '_writableState.length') ?? 0)} queued`;
    case 'data':
    case 'readable':
    case 'end':
      return 'waiting for data';
    default:
      return `waiting for ${wordsOfEvent(event)}`;
  }
}

function stateOfStream(stream: WaitHolder, event: string | null): string | null {
  const connection = stateOfConnection(stream, '@kSession.');
  if (connection !== null || isDestroyed(stream)) return connection ?? stateOfEvent(stream, event);
  // A stream gets its number when it is sent.
  return numberAt(stream, '@id') === null ? 'not sent yet' : stateOfEvent(stream, event);
}

function explainStream(stream: WaitHolder, chain: Chain): Explanation | null {
  const origin = textAt(stream, '@origin');
  const method = textAt(stream, '@sent-headers.:method');
  const path = textAt(stream, '@sent-headers.:path');
  const state = stateOfStream(stream, awaitedEvent(stream, chain));
  if (!isOfNode(stream) || origin === null || path === null || state === null) return null;
  return { text: `http2 request ${method ?? 'GET'} ${requestUrl(origin, path)}, ${state}` };
}

function explainServerRequest(request: WaitHolder, chain: Chain): Explanation | null {
  const method = textAt(request, '@headers.:method');
  const path = textAt(request, '@headers.:path');
  const state = stateOfEvent(request, awaitedEvent(request, chain));
  if (!isOfNode(request) || method === null || path === null || state === null) return null;
  return { text: `body of http2 request ${method} ${requestUrl('', path)}, ${state}` };
}

/** The stream knows its request only if that is a separate object. */
function explainServerStream(stream: WaitHolder, chain: Chain): Explanation | null {
  const id = numberAt(stream, '@id');
  const method = textAt(stream, '@request.@headers.:method');
  const path = textAt(stream, '@request.@headers.:path');
  const state = stateOfEvent(stream, awaitedEvent(stream, chain));
  if (!isOfNode(stream) || id === null || state === null) return null;
  const of = method === null || path === null ? '' : ` of ${method} ${requestUrl('', path)}`;
  return { text: `http2 stream ${id}${of} at the server, ${state}` };
}

function explainSession(session: WaitHolder, chain: Chain): Explanation | null {
  const event = awaitedEvent(session, chain);
  const authority = textAt(session, '@authority');
  const streams = numberAt(session, '@state.streams.size');
  if (!isOfNode(session) || streams === null || event === null) return null;
  const protocol = textAt(session, '@protocol');
  const to = protocol === null || authority === null ? '' : ` to ${protocol}//${authority}`;
  const name = `http2 session${to}`;
  const connection = stateOfConnection(session, '');
  if (connection !== null) return { text: `${name}, ${connection}` };
  if (event !== 'close') return { text: `${name}, waiting for "${event}"` };
  return { text: `${name} with ${counted(streams, 'open stream')}, waiting for its end` };
}

export const HTTP2: Explainer = {
  library: 'node:http2',
  classes: {
    ClientHttp2Stream: {
      read: [
        '@origin',
        '@sent-headers.:method',
        '@sent-headers.:path',
        '@id',
        STREAM_FLAGS,
        '_writableState.length',
        '@kSession.@socket.connecting',
        '@kSession.@socket.secureConnecting',
      ],
      explain: explainStream,
    },
    Http2ServerRequest: {
      read: ['@headers.:method', '@headers.:path', STREAM_FLAGS],
      explain: explainServerRequest,
    },
    ServerHttp2Stream: {
      read: [
        '@request.@headers.:method',
        '@request.@headers.:path',
        '@id',
        STREAM_FLAGS,
        '_writableState.length',
      ],
      explain: explainServerStream,
    },
    ClientHttp2Session: {
      read: [
        '@authority',
        '@protocol',
        '@state.streams.size',
        '@socket.connecting',
        '@socket.secureConnecting',
      ],
      explain: explainSession,
    },
  },
};
