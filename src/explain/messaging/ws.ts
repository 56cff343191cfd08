import type { WaitHolder } from '../../report/waits';
import { type Chain, classAt, hasAt, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted, urlWithoutValues } from '../base/words';

const STATES = ['connecting', 'open', 'closing', 'closed'];
const EVENTS: Readonly<Record<string, string>> = {
  open: 'to open',
  message: 'a message',
  ping: 'a ping',
  pong: 'a pong',
  close: 'to be closed',
  upgrade: 'to open',
};

/** The event whose listener leads to the promise. */
function eventOf({ holders, at }: Chain): string | null {
  if (holders[at]?.member !== '_events') return null;
  return holders.slice(0, at).findLast(({ member }) => member !== null)?.member ?? null;
}

function explainSocket(socket: WaitHolder, chain: Chain): Explanation | null {
  const state = STATES[numberAt(socket, '_readyState') ?? -1];
  const event = EVENTS[eventOf(chain) ?? ''];
  // Node has a class of this name too.
  if (state === undefined || event === undefined || !hasAt(socket, '_closeCode')) return null;
  const url = textAt(socket, '_url');
  const whose = isTrueAt(socket, '_isServer') ? ' of a client' : '';
  const name = `WebSocket${whose}${url === null ? '' : ` ${urlWithoutValues(url)}`}`;
  return { text: `${name}, ${state}: ${event}` };
}

function explainServer(server: WaitHolder, chain: Chain): Explanation | null {
  const clients = numberAt(server, 'clients.size');
  if (eventOf(chain) !== 'connection' || classAt(server, 'options') === null) return null;
  const connected = clients === null ? '' : `, ${counted(clients, 'client')} connected`;
  return { text: `WebSocketServer${connected}: the next client` };
}

export const WS: Explainer = {
  library: 'ws',
  classes: {
    WebSocket: {
      read: ['_readyState', '_closeCode', '_url', '_isServer'],
      explain: explainSocket,
    },
    WebSocketServer: { read: ['options', 'clients.size'], explain: explainServer },
  },
};
