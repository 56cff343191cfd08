import type { WaitHolder } from '../../report/waits';
import { type Chain, classAt, hasAt, isFalseAt, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation, KnownClass } from '../base/explainer';
import { emitted, missed, type Passed, PASSED_OF_STREAM, passedEvent, passedOfStream } from '../base/passed';
import { programName } from '../base/words';
import { addressOfServer, awaitedEvent, bytes, hasEnded, isDestroyed, isOfNode } from './node-objects';

/** Names of file descriptors, printed instead of the kind of socket. */
const STANDARD = ['stdin', 'stdout', 'stderr'];

/** A child process has the other ends of its pipes in `stdio`. */
function ofChild(child: WaitHolder | null): string {
  const file = child === null ? null : textAt(child, 'spawnfile');
  const pid = child === null ? null : numberAt(child, 'pid');
  if (child?.member !== 'stdio' || file === null) return '';
  return ` of child process ${programName(file)}${pid === null ? '' : ` ${pid}`}`;
}

function nameOfSocket(socket: WaitHolder, chain: Chain): string {
  const standard = STANDARD[numberAt(socket, 'fd') ?? -1];
  if (standard !== undefined) return standard;
  const handle = classAt(socket, '@kHandle');
  if (handle === 'Pipe') return `pipe${ofChild(chain.outside('ChildProcess'))}`;
  return handle === 'TTY' ? 'terminal' : socket.knownAs === 'TLSSocket' ? 'tls Socket' : 'net Socket';
}

function withPort(host: string, port: number | null): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === null ? name : `${name}:${port}`;
}

/** Programs pass the port as a number or as a string. */
function portOfOptions(socket: WaitHolder): number | null {
  const text = textAt(socket, '@connect-options.port');
  const port = numberAt(socket, '@connect-options.port') ?? Number(text ?? Number.NaN);
  return Number.isInteger(port) ? port : null;
}

/** A socket knows its peer if the program requested the address or if it looked up the name. */
function peerOf(socket: WaitHolder): string | null {
  const options = textAt(socket, '@connect-options.host');
  if (options !== null) return withPort(options, portOfOptions(socket));
  const address = textAt(socket, '_peername.address');
  if (address !== null) return withPort(address, numberAt(socket, '_peername.port'));
  return textAt(socket, '_host');
}

function sideOf(socket: WaitHolder): string {
  const server = addressOfServer(socket, 'server._connectionKey');
  const peer = peerOf(socket);
  if (server === null) return peer === null ? '' : ` to ${peer}`;
  return `${peer === null ? '' : ` from ${peer}`} accepted by ${server}`;
}

function stateOf(socket: WaitHolder, event: string | null): string | null {
  const queued = numberAt(socket, '_writableState.length') ?? 0;
  const unread = numberAt(socket, '_readableState.length') ?? 0;
  switch (event) {
    case 'data':
    case 'readable':
      return hasEnded(socket) ? 'which the other side has ended' : 'waiting for data';
    case 'drain':
      return `waiting for drain, ${bytes(queued)} queued`;
    case 'finish':
    case 'end':
    case 'error':
    case 'close': {
      const notes = [
        hasEnded(socket) ? 'the other side has ended' : '',
        unread > 0 ? `${bytes(unread)} not read` : '',
        queued > 0 ? `${bytes(queued)} not sent` : '',
      ].filter((note) => note !== '');
      return ['waiting for its end', ...notes].join(', ');
    }
    default:
      return null;
  }
}

/** The program may connect a socket anew after it was closed. */
function passedOfSocket(socket: WaitHolder, event: string | null, chain: Chain): Passed | null {
  const isConnected = classAt(socket, '@kHandle') !== null && !isDestroyed(socket);
  const isAccepted = classAt(socket, 'server') !== null;
  const anew = (passed: Passed): Passed => (isAccepted ? passed : `${passed} unless it connects anew`);
  switch (event) {
    case 'connect':
    case 'ready':
      if (!isConnected) return null;
      return isAccepted ? missed('was accepted by a server') : anew(emitted('is connected'));
    case 'secureConnect':
      return isConnected && socket.knownAs === 'TLSSocket' && isFalseAt(socket, 'secureConnecting')
        ? anew(emitted('is connected'))
        : null;
    default: {
      const passed = passedOfStream(socket, event, chain);
      return passed === null ? null : anew(passed);
    }
  }
}

function explainSocket(socket: WaitHolder, chain: Chain): Explanation | null {
  if (!isOfNode(socket) || !hasAt(socket, 'connecting')) return null;
  const name = nameOfSocket(socket, chain);
  const peer = peerOf(socket);
  if (isTrueAt(socket, 'connecting')) {
    return { text: `${name} connecting${peer === null ? '' : ` to ${peer}`}` };
  }
  if (isTrueAt(socket, 'secureConnecting')) {
    return { text: `TLS handshake${peer === null ? '' : ` with ${peer}`}` };
  }
  const event = awaitedEvent(socket, chain);
  const passed = passedOfSocket(socket, event, chain);
  if (event !== null && passed !== null) {
    return { text: passedEvent(event, name + sideOf(socket), passed) };
  }
  const state = isDestroyed(socket) ? 'which was destroyed' : stateOf(socket, event);
  return state === null ? null : { text: `${name}${sideOf(socket)}, ${state}` };
}

const SOCKET: KnownClass = {
  read: [
    'connecting',
    'secureConnecting',
    'fd',
    '@kHandle',
    '_host',
    '_peername.address',
    '_peername.port',
    '@connect-options.host',
    '@connect-options.port',
    'server',
    'server._connectionKey',
    '_readableState.length',
    ...PASSED_OF_STREAM,
    '_writableState.length',
  ],
  explain: explainSocket,
};

const PROTOCOLS: Readonly<Record<string, string>> = {
  'node:net': 'net',
  'node:_tls_wrap': 'tls',
  'node:_http_server': 'http',
  'node:https': 'https',
  'node:internal/http2/core': 'http2',
};

function closing(connections: number): string {
  if (connections === 0) return 'that closes';
  return connections === 1
    ? 'that closes when its 1 connection ends'
    : `that closes when its ${connections} connections end`;
}

function explainServer(server: WaitHolder, chain: Chain): Explanation | null {
  const protocol = PROTOCOLS[server.file ?? ''];
  const connections = numberAt(server, '_connections');
  const event = awaitedEvent(server, chain);
  if (protocol === undefined || connections === null || event === null) return null;
  const address = addressOfServer(server, '_connectionKey');
  const name = `${protocol} Server${address === null ? '' : ` ${address}`}`;
  const isListening = classAt(server, '_handle') !== null;
  const isClosed = hasAt(server, '_handle') && !isListening && address !== null;
  if (event === 'listening' && isListening) {
    return { text: passedEvent(event, name, `${emitted('is listening')} unless it listens anew`) };
  }
  if (event !== 'close' || !(isListening || isClosed)) {
    return { text: `${name}, waiting for "${event}"` };
  }
  return { text: `${name} ${isListening ? 'that is still listening' : closing(connections)}` };
}

const SERVER: KnownClass = {
  read: ['_connections', '_connectionKey', '_handle'],
  explain: explainServer,
};

export const NET: Explainer = {
  library: 'node:net',
  classes: {
    Socket: SOCKET,
    TLSSocket: SOCKET,
    ChildProcess: { read: ['spawnfile', 'pid'] },
    Server: SERVER,
    Http2Server: SERVER,
    Http2SecureServer: SERVER,
  },
};
