import type { WaitHolder } from '../../report/waits';
import { type Chain, within, classAt, hasAt, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { emitted, missed, type Passed, passedEvent, passedOfStream } from '../base/passed';
import { usage } from '../base/words';
import {
  awaitedEvent,
  bytes,
  isDestroyed,
  isOfNode,
  STREAM_FLAGS,
  requestUrl,
  wordsOfEvent,
} from './node-objects';

/** Node 24 keeps the path under a symbol. */
function pathOf(holder: WaitHolder, before: string): string | null {
  return textAt(holder, `${before}path`) ?? textAt(holder, `${before}@kPath`);
}

/** Only the Host header has the port, and the program may have set another header. */
function originOf(holder: WaitHolder, before: string): string | null {
  const protocol = textAt(holder, `${before}protocol`);
  const host = textAt(holder, `${before}host`);
  if (protocol === null || host === null) return null;
  const header = textAt(holder, `${before}@kOutHeaders.host.1`) ?? '';
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const isSame = header.startsWith(`${name}:`) && /^:\d+$/.test(header.slice(name.length));
  return `${protocol}//${isSame ? header : name}`;
}

/** `GET http://localhost:8080/stock?...` of a ClientRequest, or of the one in a property. */
function nameOfRequest(holder: WaitHolder, before: string): string | null {
  const socketPath = textAt(holder, `${before}socketPath`);
  const through = socketPath === null ? '' : ` through ${socketPath}`;
  const method = textAt(holder, `${before}method`);
  const origin = originOf(holder, before);
  const path = pathOf(holder, before);
  return method === null || origin === null || path === null
    ? null
    : `${method} ${requestUrl(origin, path)}${through}`;
}

/** Node 22 keeps the socket of an outgoing message under a symbol. */
const SOCKETS = ['socket', '@kSocket'] as const;

function isSocketTrue(holder: WaitHolder, property: string): boolean {
  return SOCKETS.some((socket) => isTrueAt(holder, `${socket}.${property}`));
}

function hasSocket(holder: WaitHolder): boolean {
  return SOCKETS.some((socket) => classAt(holder, socket) !== null);
}

function queuedBytes(holder: WaitHolder): number | null {
  const inMessage = numberAt(holder, 'outputSize');
  const inSocket = SOCKETS.map((socket) => numberAt(holder, `${socket}._writableState.length`)).find(
    (length) => length !== null,
  );
  return inSocket === undefined || inSocket === null ? inMessage : inSocket + (inMessage ?? 0);
}

/** A request without a socket waits in its agent. */
function stateWithoutSocket(request: WaitHolder): Explanation {
  const inUse = numberAt(request, 'agent.totalSocketCount');
  const limits = ['agent.maxSockets', 'agent.maxTotalSockets'].map((path) => numberAt(request, path));
  // Agents of packages count differently. Node's own has a limit per host: all sockets in use belong to this host
  // only if there are no others.
  const limit = limits.find((max) => max !== null && max === inUse) ?? null;
  if (inUse === null || limit === null || classAt(request, 'agent') !== 'Agent') {
    return { text: 'waiting for a socket' };
  }
  const agent = textAt(request, 'protocol') === 'https:' ? 'https Agent' : 'http Agent';
  return {
    text: `waiting for a socket (${agent}: ${usage(inUse, limit, 'socket', null)})`,
    counts: { inUse, limit, waiting: null },
  };
}

function stateOfRequest(request: WaitHolder, event: string | null): Explanation {
  const hasResponse = classAt(request, 'res') !== null;
  if (isTrueAt(request, 'destroyed')) return { text: hasResponse ? 'which is over' : 'which was destroyed' };
  if (!hasSocket(request)) return stateWithoutSocket(request);
  if (isSocketTrue(request, 'connecting')) return { text: 'connecting' };
  if (isSocketTrue(request, 'secureConnecting')) return { text: 'TLS handshake' };
  if (event === 'drain') return { text: drain(request) };
  if (hasResponse) return { text: 'whose response has begun' };
  const isOpen = hasAt(request, 'finished') && !isTrueAt(request, 'finished');
  return { text: `waiting for headers${isOpen ? '; end() of the request was not called' : ''}` };
}

function drain(message: WaitHolder): string {
  const queued = queuedBytes(message);
  return `waiting for drain${queued === null ? '' : `, ${bytes(queued)} queued`}`;
}

/** `http request GET http://localhost:8080/stock?...`; null when it is no ClientRequest of Node. */
export function clientRequestName(request: WaitHolder): string | null {
  const name = isOfNode(request) ? nameOfRequest(request, '') : null;
  // A future Node may name the socket differently.
  const isKnown = SOCKETS.some((socket) => hasAt(request, socket));
  return name === null || !isKnown ? null : `http request ${name}`;
}

/** How far it has come, whoever waits for it: `waiting for headers`. */
export function clientRequestState(request: WaitHolder): string {
  return stateOfRequest(request, null).text;
}

/** The same of the request in a property, which the path leads to. */
export function pendingRequestAt(holder: WaitHolder, path: string): string | null {
  if (classAt(holder, path) !== 'ClientRequest') return null;
  const name = nameOfRequest(holder, `${path}.`);
  const inside = within(holder, path);
  const isOver = isTrueAt(inside, 'destroyed') || classAt(inside, 'res') !== null;
  const isKnown = SOCKETS.some((socket) => hasAt(inside, socket));
  return name === null || isOver || !isKnown ? null : `http request ${name}, ${clientRequestState(inside)}`;
}

function passedOfRequest(request: WaitHolder, event: string | null): Passed | null {
  const hasResponse = classAt(request, 'res') !== null;
  switch (event) {
    case 'response':
      if (hasResponse) return emitted('has its response');
      return isTrueAt(request, '_closed') ? missed('is closed') : null;
    case 'socket':
      return hasSocket(request) ? emitted('has a socket') : null;
    case 'close':
      return isTrueAt(request, '_closed') ? emitted('is closed') : null;
    default:
      return null;
  }
}

function explainRequest(request: WaitHolder, chain: Chain): Explanation | null {
  const name = clientRequestName(request);
  if (name === null) return null;
  const event = awaitedEvent(request, chain);
  const passed = passedOfRequest(request, event);
  if (event !== null && passed !== null) return { text: passedEvent(event, name, passed) };
  const state = stateOfRequest(request, event);
  return { ...state, text: `${name}, ${state.text}` };
}

/** `http response 200 to GET http://localhost/stock` in a client, `http request PUT /stock` in a server. */
function nameOfMessage(message: WaitHolder): string | null {
  const status = numberAt(message, 'statusCode');
  const request = nameOfRequest(message, 'req.');
  if (status !== null) return `http response ${status}${request === null ? '' : ` to ${request}`}`;
  const method = textAt(message, 'method');
  const url = textAt(message, 'url');
  return method === null || url === null ? null : `http request ${method} ${requestUrl('', url)}`;
}

function stateOfMessage(message: WaitHolder, event: string | null): string | null {
  if (isTrueAt(message, 'aborted')) return 'which was aborted';
  // It is destroyed once it was read to its end, too.
  if (isTrueAt(message, 'complete') && isDestroyed(message)) return 'which has come in completely';
  if (isDestroyed(message)) return 'which was destroyed';
  if (isTrueAt(message, 'complete')) return event === null ? null : `waiting for ${wordsOfEvent(event)}`;
  const unread = numberAt(message, '_readableState.length') ?? 0;
  const isReading = event === 'data' || event === 'readable';
  return unread > 0 && !isReading ? `of which ${bytes(unread)} are not read` : 'waiting for data';
}

function explainMessage(message: WaitHolder, chain: Chain): Explanation | null {
  const name = isOfNode(message) ? nameOfMessage(message) : null;
  if (name === null) return null;
  const event = awaitedEvent(message, chain);
  const passed = passedOfStream(message, event, chain);
  if (event !== null && passed !== null) return { text: passedEvent(event, `body of ${name}`, passed) };
  const state = stateOfMessage(message, event);
  return state === null ? null : { text: `body of ${name}, ${state}` };
}

function explainResponse(response: WaitHolder, chain: Chain): Explanation | null {
  const method = textAt(response, 'req.method');
  const url = textAt(response, 'req.url');
  const event = awaitedEvent(response, chain);
  if (!isOfNode(response) || method === null || url === null || event === null) return null;
  const name = `http response to ${method} ${requestUrl('', url)}`;
  if (isTrueAt(response, '_closed') && (event === 'close' || event === 'finish' || event === 'drain')) {
    return { text: passedEvent(event, name, event === 'close' ? emitted('is closed') : missed('is closed')) };
  }
  return { text: `${name}, ${event === 'drain' ? drain(response) : `waiting for ${wordsOfEvent(event)}`}` };
}

const REQUEST = ['method', 'path', '@kPath', 'host', 'protocol', '@kOutHeaders.host.1', 'socketPath'];
const OF_SOCKET = ['', '.connecting', '.secureConnecting', '._writableState.length'];

/** The values that tell which request it is and how far it has come. */
export const PENDING_REQUEST_VALUES: readonly string[] = [
  ...REQUEST,
  ...SOCKETS.flatMap((socket) => OF_SOCKET.map((rest) => socket + rest)),
  'agent',
  'agent.maxSockets',
  'agent.maxTotalSockets',
  'agent.totalSocketCount',
  'destroyed',
  'finished',
  'outputSize',
  'res',
];

/** The values that a ClientRequest is described by. */
export const CLIENT_REQUEST_VALUES: readonly string[] = [...PENDING_REQUEST_VALUES, '_closed'];

export const HTTP: Explainer = {
  library: 'node:http',
  classes: {
    ClientRequest: {
      read: CLIENT_REQUEST_VALUES,
      explain: explainRequest,
    },
    IncomingMessage: {
      read: [
        ...REQUEST.map((path) => `req.${path}`),
        'method',
        'url',
        'statusCode',
        'complete',
        'aborted',
        '_readableState.length',
        STREAM_FLAGS,
      ],
      explain: explainMessage,
    },
    ServerResponse: {
      read: [
        'req.method',
        'req.url',
        '_closed',
        'outputSize',
        ...SOCKETS.map((socket) => `${socket}._writableState.length`),
      ],
      explain: explainResponse,
    },
  },
};
