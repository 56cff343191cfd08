import type { WaitHolder } from '../../report/waits';
import { type Chain, hasAt, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted, urlWithoutValues } from '../base/words';

function inNamespace(name: string | null): string {
  return name === null || name === '/' ? '' : `, namespace ${name}`;
}

function explainSocket(socket: WaitHolder, chain: Chain): Explanation | null {
  if (!hasAt(socket, 'connected')) return null;
  if (numberAt(socket, 'acks.size') !== null) return explainOfServer(socket);
  return numberAt(socket, 'sendBuffer.length') === null ? null : explainOfClient(socket, chain);
}

function explainOfServer(socket: WaitHolder): Explanation | null {
  if (socket.member !== 'acks') return null;
  const waiting = numberAt(socket, 'acks.size') ?? 0;
  const state = isTrueAt(socket, 'connected') ? 'connected' : 'not connected any more';
  const name = inNamespace(textAt(socket, 'nsp.name'));
  return {
    text: `socket.io acknowledgement of a client (${state}${name}), ${counted(waiting, 'event')} without one`,
  };
}

function explainOfClient(socket: WaitHolder, { holders, at }: Chain): Explanation | null {
  const unsent = numberAt(socket, 'sendBuffer.length') ?? 0;
  const uri = textAt(socket, 'io.uri');
  const name = inNamespace(textAt(socket, 'nsp'));
  const other = textAt(socket, 'io._readyState') === 'opening' ? 'connecting' : 'not connected';
  const state = isTrueAt(socket, 'connected') ? 'connected' : other;
  // The path of the URI is the namespace.
  const server = uri === null ? 'a server' : urlWithoutValues(uri).replace(/^(\w+:\/\/[^/]+).*$/s, '$1');
  const queued = unsent === 0 ? '' : `, ${counted(unsent, 'event')} not sent yet`;
  if (socket.member === 'acks') {
    return { text: `socket.io acknowledgement of ${server} (${state}${name})${queued}` };
  }
  // Its emitter stores each event under its name with a `$` before it.
  const event = /^\$([\w-]+)$/.exec(holders[at - 1]?.member ?? '')?.[1];
  if (socket.member !== '_callbacks' || event === undefined) return null;
  return { text: `event "${event}" of the socket.io connection to ${server} (${state}${name})${queued}` };
}

export const SOCKET_IO: Explainer = {
  library: 'socket.io',
  classes: {
    Socket: {
      read: ['connected', 'acks.size', 'nsp.name', 'nsp', 'sendBuffer.length', 'io.uri', 'io._readyState'],
      explain: explainSocket,
    },
  },
};
