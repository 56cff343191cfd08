import { urlWithoutValues } from '../../explain/base/url-text';
import type { CensusGroup } from '../base/census';
import type { Described, OpenRow } from '../base/open-row';
import { has, known, rangeOf, textOf } from '../base/read';
import { pathOf } from './server-requests';

/** The socket of the session, which may have been quiet for less long than one of its streams. */
const RECEIVED = ['@kSession.@socket.@kHandle.%receivedMs', '@kSession.@socket.@kHandle._parent.%receivedMs'];

/** Where the headers are: of a server that uses the API of node:http, and of a client. */
const OF_SERVER = '@request.@headers';
const OF_CLIENT = '@sent-headers';

function describeServerStream(group: CensusGroup): Described | null {
  const method = textOf(group, `${OF_SERVER}.:method`);
  const path = pathOf(textOf(group, `${OF_SERVER}.:path`));
  const state = has(group, OF_CLIENT) ? 'answer begun, not ended' : 'no answer yet';
  // Node keeps no headers of a stream that only listeners of "stream" know.
  const request = method === null ? 'stream' : `${method} ${path ?? ''}`.trim();
  return {
    kind: 'server-request',
    text: `HTTP/2 ${request}, ${state}`,
    details: known({
      method,
      path,
      protocol: 'http2',
      state,
    }),
    numbers: known({
      quietMs: rangeOf(group, ...RECEIVED),
      queuedBytes: rangeOf(group, '@state.writeQueueSize'),
    }),
  };
}

function describeClientStream(group: CensusGroup): Described | null {
  const method = textOf(group, `${OF_CLIENT}.:method`);
  const path = textOf(group, `${OF_CLIENT}.:path`);
  const authority = textOf(group, `${OF_CLIENT}.:authority`);
  const scheme = textOf(group, `${OF_CLIENT}.:scheme`);
  const url = authority === null ? path : `${scheme ?? 'https'}://${authority}${path ?? ''}`;
  const request = method === null ? 'request' : `request ${method} ${urlWithoutValues(url ?? '')}`.trim();
  return {
    kind: 'outgoing-request',
    text: `HTTP/2 ${request}`,
    details: known({ method, url: url === null ? null : urlWithoutValues(url), protocol: 'http2' }),
    numbers: known({
      quietMs: rangeOf(group, ...RECEIVED),
      queuedBytes: rangeOf(group, '@state.writeQueueSize'),
    }),
  };
}

const PSEUDO_HEADERS = [':method', ':path', ':authority', ':scheme'];

/** Streams of HTTP/2 that are not closed. */
export const HTTP2_STREAMS: readonly OpenRow[] = [
  {
    name: 'ServerHttp2Stream',
    words: [
      '?@kHandle',
      OF_CLIENT,
      ...PSEUDO_HEADERS.slice(0, 2).map((header) => `${OF_SERVER}.${header}`),
      '~@state.writeQueueSize',
      ...RECEIVED.map((path) => `~${path}`),
    ],
    describe: describeServerStream,
  },
  {
    name: 'ClientHttp2Stream',
    words: [
      '?@kHandle',
      ...PSEUDO_HEADERS.map((header) => `${OF_CLIENT}.${header}`),
      '~@state.writeQueueSize',
      ...RECEIVED.map((path) => `~${path}`),
    ],
    describe: describeClientStream,
  },
];
