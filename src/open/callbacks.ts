/**
 * Where objects of libraries keep callbacks that they will call: each row is described in native/image/callbacks/callback_rows.h.
 * Only functions of the service are listed, as callbacks that wait, and described like any other wait.
 */

/** Bits of Bluebird's `_bitField`: settled, cancelled, or following another promise. Without them, it is pending. */
const NOT_PENDING = 33554432 + 16777216 + 65536 + 67108864;
/** Handlers of one promise of Bluebird that are looked at. */
const MOST_HANDLERS = 16;

/** The first handlers are properties, the others elements: fulfilled, rejected, next promise, receiver. */
function bluebirdHandlers(): string[] {
  const paths = ['^_fulfillmentHandler0|_rejectionHandler0|_receiver0.handler>_promise0'];
  for (let base = 0; base < 4 * (MOST_HANDLERS - 1); base += 4) {
    paths.push(`^${base}|${base + 1}|${base + 3}.handler>${base + 2}`);
  }
  return paths;
}

/** A callback of the program, and what the library's own functions around it call it. */
function withWrappers(path: string, ...variables: readonly string[]): string[] {
  return [`^${path}`, ...variables.map((variable) => `^${path}.${variable}`)];
}

export const CALLBACK_ROWS: readonly (readonly string[])[] = [
  ['Promise', '=script', `?_bitField&${NOT_PENDING}=0`, ...bluebirdHandlers()],
  // pg
  ['Pool', '=script', ...withWrappers('_pendingQueue.*.callback', '(cb)', '(response).callback')],
  [
    'Client',
    '=script',
    ...['activeQuery', '_activeQuery', 'queryQueue.*', '_queryQueue.*'].flatMap((query) =>
      withWrappers(`${query}.callback`, '(cb)'),
    ),
  ],
  // mysql2
  ['Pool', '=script', ...withWrappers('_connectionQueue._list.*', '(cmdQuery).onResult', '(cb)')],
  ...['Connection', 'PoolConnection'].map((name) => [
    name,
    '=script',
    ...['_command', '_commands._list.*'].flatMap((command) =>
      withWrappers(`${command}.onResult`, '(cb)', '(origOnResult)'),
    ),
  ]),
];
