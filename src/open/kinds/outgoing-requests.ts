import { urlWithoutValues } from '../../explain/base/url-text';
import { CLIENT_REQUEST_VALUES, clientRequestName, clientRequestState } from '../../explain/network/http';
import type { CensusGroup } from '../base/census';
import type { Described, OpenRow } from '../base/open-row';
import { classOf, has, known, rangeOf, textOf } from '../base/read';

function describeClientRequest(group: CensusGroup): Described | null {
  const holder = holderOf(group);
  const name = clientRequestName(holder);
  if (name === null) return null;
  return {
    kind: 'outgoing-request',
    text: `${name}, ${clientRequestState(holder)}`,
    details: known({ method: textOf(group, 'method'), state: clientRequestState(holder) }),
    numbers: known({
      quietMs: rangeOf(
        group,
        ...SOCKETS.flatMap((socket) => [
          `${socket}.@kHandle.%receivedMs`,
          `${socket}.@kHandle._parent.%receivedMs`,
        ]),
      ),
    }),
  };
}

/** The group as explainers see an object. */
function holderOf({ values, file }: CensusGroup): Parameters<typeof clientRequestName>[0] {
  return {
    kind: 'request',
    className: 'ClientRequest',
    functionName: null,
    file,
    member: null,
    knownAs: 'ClientRequest',
    values,
  };
}

const SOCKETS = ['socket', '@kSocket'] as const;

function describeUndiciRequest(group: CensusGroup): Described | null {
  const method = textOf(group, 'method');
  const origin = textOf(group, 'origin');
  const path = textOf(group, 'path');
  if (method === null || origin === null || path === null) return null;
  const url = urlWithoutValues(origin + path);
  // It gets its abort() when it is written to a connection.
  const state = has(group, 'abort') ? 'sent, its response is not complete' : 'waiting for a connection';
  const name =
    classOf(group, '@handler') === 'Fetch' || group.file.startsWith('node:') ? 'fetch' : 'undici request';
  return {
    kind: 'outgoing-request',
    text: `${name} ${method} ${url}, ${state}`,
    details: { method, url, state },
  };
}

/** Requests of this process to others that have not ended. */
export const OUTGOING_REQUESTS: readonly OpenRow[] = [
  {
    name: 'ClientRequest',
    words: [
      '!destroyed=true',
      '!res.complete=true',
      '?method',
      ...CLIENT_REQUEST_VALUES,
      ...SOCKETS.flatMap((socket) => [
        `~${socket}.@kHandle.%receivedMs`,
        `~${socket}.@kHandle._parent.%receivedMs`,
      ]),
    ],
    describe: describeClientRequest,
  },
  {
    // The class of the same name in the web API has no such handler.
    name: 'Request',
    words: ['?@handler', '?completed=false', '?aborted=false', 'method', 'origin', 'path', 'abort'],
    describe: describeUndiciRequest,
  },
];
