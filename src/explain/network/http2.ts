import type { WaitHolder } from '../../report/waits';
import { type Chain, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted } from '../base/words';
import { awaitedEvent, isDestroyed, isOfNode, STREAM_FLAGS, requestUrl, wordsOfEvent } from './node-objects';

function stateOfConnection(holder: WaitHolder, before: string): string | null {
  if (isTrueAt(holder, `${before}@socket.connecting`)) return 'connecting';
  return isTrueAt(holder, `${before}@socket.secureConnecting`) ? 'TLS handshake' : null;
}

function stateOfStream(stream: WaitHolder, event: string | null): string | null {
  if (isDestroyed(stream)) return 'which was destroyed';
  const connection = stateOfConnection(stream, '@kSession.');
  if (connection !== null) return connection;
  // It gets its number when it is sent.
  if (numberAt(stream, '@id') === null) return 'not sent yet';
  switch (event) {
    case 'response':
      return 'waiting for headers';
    case 'data':
    case 'readable':
    case 'end':
      return 'waiting for data';
    default:
      return event === null ? null : `waiting for ${wordsOfEvent(event)}`;
  }
}

function explainStream(stream: WaitHolder, chain: Chain): Explanation | null {
  const origin = textAt(stream, '@origin');
  const method = textAt(stream, '@sent-headers.:method');
  const path = textAt(stream, '@sent-headers.:path');
  const state = stateOfStream(stream, awaitedEvent(stream, chain));
  if (!isOfNode(stream) || origin === null || path === null || state === null) return null;
  return { text: `http2 request ${method ?? 'GET'} ${requestUrl(origin, path)}, ${state}` };
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
        '@kSession.@socket.connecting',
        '@kSession.@socket.secureConnecting',
      ],
      explain: explainStream,
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
