import type { NumberRange, OpenNumbers } from '../../report/open';
import type { CensusGroup } from '../base/census';
import { aliveWords, keepsAlive, OPEN } from '../base/handle';
import type { Described, OpenRow } from '../base/open-row';
import { classOf, has, isTrue, known, rangeOf, textOf } from '../base/read';
import { serverKind, serverKindWords } from './servers';

/** What the states of TCP mean to whoever looks for the cause of a problem. */
const STATES: Readonly<Record<string, string>> = {
  SYN_SENT: 'connecting (SYN_SENT)',
  SYN_RECV: 'connecting (SYN_RECV)',
  CLOSE_WAIT: 'ended by the other side, not by this one (CLOSE_WAIT)',
  FIN_WAIT1: 'ended by this side (FIN_WAIT1)',
  FIN_WAIT2: 'ended by this side, not by the other one (FIN_WAIT2)',
  LAST_ACK: 'ended by both sides (LAST_ACK)',
  CLOSING: 'ended by both sides (CLOSING)',
  CLOSE: 'not connected',
};

/** A handle and, for TLS, the one of TCP inside it. */
interface Place {
  /** The path of the TCP handle: empty, or with a dot at its end. */
  readonly tcp: string;
  readonly isTls: boolean;
}

const PLAIN: Place = { tcp: '', isTls: false };
const TLS: Place = { tcp: '_parent.', isTls: true };

function commonWords({ tcp }: Place): readonly string[] {
  return [
    `${tcp}%state`,
    ...aliveWords(tcp),
    'owner._httpMessage',
    'owner.secureConnecting',
    'owner.parser',
    'owner._host',
    'reading',
    `~${tcp}%receivedMs`,
    `~${tcp}%receiveQueue`,
    `~${tcp}%queued`,
    `~${tcp}%sendQueue`,
    '~owner._writableState.length',
    '~owner._readableState.length',
  ];
}

function numbersOf(group: CensusGroup, { tcp }: Place): OpenNumbers {
  return known<NumberRange>({
    quietMs: rangeOf(group, `${tcp}%receivedMs`),
    queuedBytes: largest(rangeOf(group, 'owner._writableState.length'), rangeOf(group, `${tcp}%queued`)),
    unreadBytes: largest(
      rangeOf(group, 'owner._readableState.length'),
      rangeOf(group, `${tcp}%receiveQueue`),
    ),
  });
}

/** What a stream has queued contains what its handle has queued. */
function largest(a: NumberRange | null, b: NumberRange | null): NumberRange | null {
  if (a === null || b === null) return a ?? b;
  return b.sum > a.sum ? b : a;
}

/** What a connection is used for, as far as Node's own objects say it. */
function useOf(group: CensusGroup, isHttpServer: boolean): string | null {
  const message = classOf(group, 'owner._httpMessage');
  if (message === 'ClientRequest') return 'used by an outgoing request';
  if (message !== null) return isHttpServer ? 'in a request' : 'used by an HTTP message';
  if (!isHttpServer) return null;
  // An upgrade takes the parser away.
  return has(group, 'owner.parser') ? 'without a request' : 'upgraded';
}

function stateOf(group: CensusGroup, { tcp }: Place): string | null {
  if (isTrue(group, 'owner.secureConnecting') && textOf(group, `${tcp}%state`) === 'ESTABLISHED') {
    return 'in the TLS handshake';
  }
  const state = textOf(group, `${tcp}%state`);
  return state === null || state === 'ESTABLISHED' ? null : (STATES[state] ?? state);
}

function describeAccepted(group: CensusGroup, place: Place): Described | null {
  const { tcp, isTls } = place;
  const className = classOf(group, 'owner.server');
  const kind = serverKind(group, 'owner.server.', className);
  const isHttp = kind.startsWith('http ') || kind.startsWith('https ');
  const local = textOf(group, `${tcp}%local`);
  const peer = textOf(group, `${tcp}%peerHost`);
  const use = useOf(group, isHttp);
  const isClosed = has(group, 'owner.server') && !has(group, 'owner.server._handle');
  const by = `accepted by ${isClosed ? 'a closed ' : ''}${kind}${local === null ? '' : ` ${local}`}`;
  const parts = [`${isTls ? 'TLS' : 'TCP'} from ${peer ?? 'unknown'}, ${by}`, use, stateOf(group, place)];
  return {
    kind: 'connection',
    text: parts.filter((part) => part !== null).join(', '),
    details: known({ side: 'accepted', local, peer, state: textOf(group, `${tcp}%state`), use }),
    numbers: numbersOf(group, place),
    keepsAlive: keepsAlive(group, tcp),
  };
}

function describeOutgoing(group: CensusGroup, place: Place): Described | null {
  const { tcp, isTls } = place;
  const peer = textOf(group, `${tcp}%peer`);
  const host = textOf(group, 'owner._host');
  const name = host === null || peer?.startsWith(host) === true ? '' : ` (${host})`;
  const where = peer === null ? (host === null ? '' : ` to ${host}`) : ` to ${peer}${name}`;
  const parts = [`${isTls ? 'TLS' : 'TCP'}${where}`, useOf(group, false), stateOf(group, place)];
  return {
    kind: 'connection',
    text: parts.filter((part) => part !== null).join(', '),
    details: known({ side: 'outgoing', peer, host, state: textOf(group, `${tcp}%state`) }),
    numbers: numbersOf(group, place),
    // To connect is a request to the loop, whose handle becomes active afterwards.
    keepsAlive: keepsAlive(group, tcp) || textOf(group, `${tcp}%state`) === 'SYN_SENT',
  };
}

/** A listening socket that no server of Node has, such as the one that the primary of a cluster shares. */
function describeOther(group: CensusGroup): Described | null {
  if (textOf(group, '%state') !== 'LISTEN') return describeOutgoing(group, PLAIN);
  const local = textOf(group, '%listening');
  return {
    kind: 'other',
    text: `listening socket${local === null ? '' : ` on ${local}`} without a server of its own`,
    details: known({ local }),
    keepsAlive: keepsAlive(group),
  };
}

function acceptedWords(place: Place): readonly string[] {
  const { tcp } = place;
  return [
    '?owner.server',
    'owner.server',
    'owner.server._handle',
    ...serverKindWords('owner.server.'),
    `${tcp}%local`,
    `${tcp}%peerHost`,
    ...commonWords(place),
  ];
}

const notListed = (): null => null;

/** Connections by TCP. Those inside TLS are listed once, as TLS. */
export const SOCKETS: readonly OpenRow[] = [
  // What listens is listed as a server, and standard streams on their own. The primary of a cluster takes the handle from
  // its server, and closes that.
  { name: 'TCP/server', words: [...OPEN, '?owner._connectionKey', '?owner._handle'], describe: notListed },
  {
    name: 'TLSWrap/accepted',
    words: ['?%alive', `?${TLS.tcp}%alive`, ...acceptedWords(TLS)],
    describe: (group) => describeAccepted(group, TLS),
  },
  {
    name: 'TLSWrap/outgoing',
    words: ['?%alive', `?${TLS.tcp}%alive`, `${TLS.tcp}%peer`, `${TLS.tcp}owner`, ...commonWords(TLS)],
    describe: (group) => describeOutgoing(group, TLS),
  },
  {
    name: 'TCP/accepted',
    words: [...OPEN, '!owner.server._sharedCreds', '!owner.encrypted', ...acceptedWords(PLAIN)],
    describe: (group) => describeAccepted(group, PLAIN),
  },
  // Inside a TLSSocket, which has a row of its own.
  { name: 'TCP/inner', words: [...OPEN, '?owner.encrypted'], describe: notListed },
  { name: 'TCP/inner-of-server', words: [...OPEN, '?owner.server._sharedCreds'], describe: notListed },
  {
    name: 'TCP/other',
    // Without '%local': each outgoing connection has a port of its own.
    words: [...OPEN, '%listening', '%peer', ...commonWords(PLAIN)],
    describe: describeOther,
  },
];
