import type { WaitHolder } from '../../report/waits';
import { type Chain, classAt, hasAt, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { emitted, missed, type Passed, passedEvent } from '../base/passed';
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

/** Why an event does not come any more; null: it may still come. */
function passedOf(event: string, state: string): Passed | null {
  if (state === 'closed') return event === 'close' ? emitted('is closed') : missed('is closed');
  const isOfBeginning = event === 'open' || event === 'upgrade';
  if (!isOfBeginning || state === 'connecting') return null;
  return state === 'open' ? emitted('is open') : missed('is closing');
}

function explainSocket(socket: WaitHolder, chain: Chain): Explanation | null {
  const state = STATES[numberAt(socket, '_readyState') ?? -1];
  const name = eventOf(chain) ?? '';
  const event = EVENTS[name];
  // Node has a class of this name too.
  if (state === undefined || event === undefined || !hasAt(socket, '_closeCode')) return null;
  const url = textAt(socket, '_url');
  const whose = isTrueAt(socket, '_isServer') ? ' of a client' : '';
  const which = `WebSocket${whose}${url === null ? '' : ` ${urlWithoutValues(url)}`}`;
  const passed = passedOf(name, state);
  return { text: passed === null ? `${which}, ${state}: ${event}` : passedEvent(name, which, passed) };
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
