import type { CensusGroup } from '../base/census';
import { addressOfKey } from '../base/addresses';
import { aliveWords, keepsAlive } from '../base/handle';
import type { Described, OpenRow } from '../base/open-row';
import { classOf, has, known, rangeOf, textOf } from '../base/read';

/** What tells servers of Node's modules apart, since most of their classes are called `Server`. */
const TLS = '_sharedCreds';
const HTTP = 'requestTimeout';

/** What is read of a server at the path `at`, which is empty or ends with a dot. */
export function serverKindWords(at = ''): readonly string[] {
  return [`${at}${TLS}`, `${at}${HTTP}`];
}

/** `http server`, `tls server`. */
export function serverKind(group: CensusGroup, at: string, className: string | null): string {
  const isTls = has(group, `${at}${TLS}`);
  if (className?.startsWith('Http2')) return isTls ? 'secure http2 server' : 'http2 server';
  if (has(group, `${at}${HTTP}`)) return isTls ? 'https server' : 'http server';
  return isTls ? 'tls server' : 'net server';
}

function describeServer(group: CensusGroup): Described | null {
  const address = textOf(group, '_handle.%local') ?? addressOfKey(textOf(group, '_connectionKey'));
  const kind = serverKind(group, '', group.class);
  const isShared = classOf(group, '_handle') === 'Object';
  return {
    kind: 'server',
    text: `${kind} on ${address ?? 'an unknown address'}${isShared ? ', which the primary of the cluster listens on' : ''}`,
    details: known({ server: kind, local: address }),
    numbers: known({ connections: rangeOf(group, '_connections') }),
    keepsAlive: keepsAlive(group, '_handle.'),
  };
}

/** After close(), a server waits until its connections end, and then calls back. */
function describeClosed(group: CensusGroup): Described | null {
  const kind = serverKind(group, '', group.class);
  const address = addressOfKey(textOf(group, '_connectionKey'));
  return {
    kind: 'closed-server',
    text: `${kind}${address === null ? '' : ` on ${address}`}: close() was called, and it waits for its connections to end`,
    details: known({ server: kind, local: address }),
    numbers: known({ connections: rangeOf(group, '_connections') }),
  };
}

const COMMON = ['?_connectionKey', '_connectionKey', '~_connections', ...serverKindWords()];

/** Servers of node:net and of all modules that are built on it. */
export const SERVERS: readonly OpenRow[] = [
  {
    name: 'Server/open',
    words: ['?_handle', '_handle', '_handle.%local', ...aliveWords('_handle.'), ...COMMON],
    describe: describeServer,
  },
  {
    name: 'Server/closed',
    words: ['!_handle', '?_connections', '!_connections=0', ...COMMON],
    describe: describeClosed,
  },
];
