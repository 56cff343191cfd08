import { urlWithoutValues } from '../../explain/base/url-text';
import type { CensusGroup } from '../base/census';
import type { Described, OpenRow, RoledFunction } from '../base/open-row';
import { classOf, functionsOf, has, isFalse, isTrue, known, numberOf, rangeOf, textOf } from '../base/read';

/** Where a response has its socket: Node 22 and 24 keep it under a symbol. */
export const SOCKETS = ['socket', '@kSocket'] as const;

/**
 * Express, in either version, and what is built on it: `req.next` is a function of the innermost router, which counts in
 * `idx` the layers of `stack` that it has gone through.
 */
const LAYER = 'req.next.()stack[idx-1]';
const ROUTE = `${LAYER}.route`;
/** Nest hands one function of its own for each route to the router, in whose scope the method of the controller is. */
const NEST_METHOD = `${ROUTE}.stack.0.handle.()targetCallback.()callback`;

/** Bytes of the body that have come in, and that nobody has read. */
const UNREAD = 'req._readableState.length';

/** What is read of a response at the path `at`, which is empty or ends with a dot. */
export function responseWords(socket: string, at = ''): readonly string[] {
  return [
    // Cut off from its socket, a response is over; and a socket without a handle is closed.
    `?${at}${socket}.@kHandle`,
    `?${at}req.method`,
    `${at}${socket}.@kHandle`,
    `~${at}${socket}.@kHandle.%receivedMs`,
    `~${at}${socket}.@kHandle._parent.%receivedMs`,
    `~${at}${socket}._writableState.length`,
    `~${at}${UNREAD}`,
    ...['req.method', 'req.url', 'req.originalUrl', 'req.complete'].map((path) => at + path),
    ...['statusCode', '_headerSent', 'finished'].map((path) => at + path),
  ];
}

function wordsOf(socket: string): readonly string[] {
  return [
    ...responseWords(socket),
    `${LAYER}.name`,
    `&${LAYER}.handle`,
    `${ROUTE}.path`,
    `${ROUTE}.stack.length`,
    `&${ROUTE}.stack.0.handle`,
    `&${NEST_METHOD}`,
  ];
}

/** Requests that differ in their query only are alike. */
export function pathOf(url: string | null): string | null {
  return url === null ? null : urlWithoutValues(url).replace(/\?\.\.\.$/, '');
}

/** Methods of requests that have no body in practice. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE']);

function stateOf(group: CensusGroup, at: string): string {
  if (isTrue(group, `${at}finished`)) return 'answer ended, but not all of it is sent';
  const status = numberOf(group, `${at}statusCode`);
  if (isTrue(group, `${at}_headerSent`)) {
    return `answer begun${status === null ? '' : ` with status ${status}`}, not ended`;
  }
  const hasMore =
    isFalse(group, `${at}req.complete`) && !WITHOUT_BODY.has(textOf(group, `${at}req.method`) ?? '');
  return hasMore ? `no answer yet, ${bodyOf(group, at)}` : 'no answer yet';
}

/** Of a body whose end the parser has not seen. While a thread runs, the parser may stand still: the client may have sent it. */
function bodyOf(group: CensusGroup, at: string): string {
  const unread = rangeOf(group, at + UNREAD);
  return unread !== null && unread.min > 0 ? 'its body is not read to the end' : 'its body is not complete';
}

/** A layer for a path calls the functions of its route. With several it is not known which was called last. */
function lastLayer(group: CensusGroup): readonly RoledFunction[] {
  if (!has(group, `${ROUTE}.stack.length`)) return functionsOf(group, 'last-layer', `${LAYER}.handle`);
  const isOnly = numberOf(group, `${ROUTE}.stack.length`) === 1;
  // Guards, interceptors and pipes come before it, so it need not have been called.
  const method = functionsOf(group, 'handler', NEST_METHOD);
  if (isOnly && method.length > 0) return method;
  return isOnly ? functionsOf(group, 'last-layer', `${ROUTE}.stack.0.handle`) : [];
}

/** The response at the path `at`, whatever framework has it; null where it is none. */
export function describeResponse(
  group: CensusGroup,
  socket: string,
  at: string,
  route: string | null,
): Described | null {
  const method = textOf(group, `${at}req.method`);
  if (method === null) return null;
  // A router sees only the rest of the path in `url`.
  const path = pathOf(textOf(group, `${at}req.originalUrl`) ?? textOf(group, `${at}req.url`));
  const request = path === null ? method : `${method} ${path}`;
  const handle = `${at}${socket}.@kHandle`;
  const isTls = classOf(group, handle) === 'TLSWrap';
  const state = stateOf(group, at);
  return {
    kind: 'server-request',
    text: `${request}${isTls ? ' over TLS' : ''}${route === null ? '' : ` in route ${route}`}, ${state}`,
    details: known({ method, path, protocol: isTls ? 'https' : 'http', state, route }),
    numbers: known({
      quietMs: rangeOf(group, `${handle}.%receivedMs`, `${handle}._parent.%receivedMs`),
      queuedBytes: rangeOf(group, `${at}${socket}._writableState.length`),
    }),
  };
}

function describeRequest(group: CensusGroup, socket: string): Described | null {
  const described = describeResponse(group, socket, '', textOf(group, `${ROUTE}.path`));
  if (described === null) return null;
  const layer = textOf(group, `${LAYER}.name`);
  return {
    ...described,
    details: { ...described.details, ...known({ layer }) },
    functions: lastLayer(group),
  };
}

/** Requests to HTTP servers that are not answered yet. */
export const SERVER_REQUESTS: readonly OpenRow[] = SOCKETS.map((socket) => ({
  name: `ServerResponse/${socket === 'socket' ? 'socket' : 'symbol'}`,
  words: wordsOf(socket),
  describe: (group) => describeRequest(group, socket),
}));
