import type { WaitHolder } from '../../report/waits';
import { type Chain, hasAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted } from '../base/words';
import { onServer, redisCommand } from './redis-words';

/** What each `status` of a client means, other than `ready`. */
const STATES: Readonly<Record<string, string>> = {
  wait: 'not connected yet',
  connecting: 'connecting',
  connect: 'connected, but not ready yet',
  reconnecting: 'connection lost, connecting again',
  disconnecting: 'disconnecting',
  close: 'connection closed',
  end: 'connection ended',
};
const STATE_EVENTS = new Set(['connect', 'ready', 'close', 'end', 'error']);

function stateText(status: string | null): string {
  const state = status === null ? undefined : STATES[status];
  return state === undefined ? '' : `, ${state}`;
}

/** The sender of a command: the client that has it in a queue, or the call that sent it. */
function senderText(chain: Chain): string {
  const client = chain.outside('Commander') ?? chain.outside('Redis');
  const call = chain.outside('sendCommand()');
  const sender = client ?? call;
  if (sender === null) return '';
  const of = client === null ? 'this.' : '';
  const server = onServer(textAt(sender, `${of}options.host`), numberAt(sender, `${of}options.port`));
  return server + stateText(textAt(sender, `${of}status`));
}

const FIRST = 'commandQueue._head';
const MASK = 'commandQueue._capacityMask';
/** Places of the ring in which denque has the commands that were sent; a larger one is not read. */
const PLACES = Array.from({ length: 16 }, (_, place) => `commandQueue._list.${place}.command.name`);

/**
 * `, behind BLPOP`: the server answers the commands of a connection in their order. A first command of the same name
 * may be this one.
 */
function behindText(command: WaitHolder, chain: Chain): string {
  const client = chain.outside('Commander') ?? chain.outside('Redis');
  if (client?.member !== 'commandQueue') return '';
  const first = numberAt(client, FIRST);
  const mask = numberAt(client, MASK);
  const path = first === null || mask === null || mask >= PLACES.length ? undefined : PLACES[first];
  const name = path === undefined ? null : textAt(client, path);
  return name === null || name === textAt(command, 'name')
    ? ''
    : `, behind ${redisCommand(name, null).slice('redis '.length)}`;
}

function explainCommand(command: WaitHolder, chain: Chain): Explanation | null {
  if (!hasAt(command, 'isResolved') || !hasAt(command, 'inTransaction')) return null;
  return {
    text:
      redisCommand(textAt(command, 'name'), textAt(command, 'args.0')) +
      senderText(chain) +
      behindText(command, chain),
  };
}

function explainPipeline(pipeline: WaitHolder): Explanation | null {
  const commands = numberAt(pipeline, '_queue.length');
  const pending = numberAt(pipeline, 'replyPending');
  if (commands === null || pending === null) return null;
  const server = onServer(textAt(pipeline, 'redis.options.host'), numberAt(pipeline, 'redis.options.port'));
  const replies = pending > 0 ? `, ${pending} without a reply` : '';
  const state = stateText(textAt(pipeline, 'redis.status'));
  return { text: `redis pipeline of ${counted(commands, 'command')}${server}${replies}${state}` };
}

/** A client whose next state is waited for. */
function explainClient(client: WaitHolder, { holders, at }: Chain): Explanation | null {
  const event = holders[at - 1]?.member ?? '';
  const state = STATES[textAt(client, 'status') ?? ''];
  const port = numberAt(client, 'options.port');
  if (state === undefined || port === null || !STATE_EVENTS.has(event)) return null;
  if (holders[at]?.member !== '_events') return null;
  const host = textAt(client, 'options.host');
  return { text: `redis client${onServer(host, port)}: ${state}` };
}

const CLIENT = {
  read: ['status', 'options.host', 'options.port', FIRST, MASK, ...PLACES],
  explain: explainClient,
};

export const IOREDIS: Explainer = {
  library: 'ioredis',
  classes: {
    Command: { read: ['name', 'args.0', 'isResolved', 'inTransaction'], explain: explainCommand },
    'sendCommand()': { read: ['this.options.host', 'this.options.port', 'this.status'] },
    Pipeline: {
      read: ['_queue.length', 'replyPending', 'redis.options.host', 'redis.options.port', 'redis.status'],
      explain: explainPipeline,
    },
    // The class that Redis and Cluster extend: it overwrites their `constructor`.
    Commander: CLIENT,
    Redis: CLIENT,
  },
};
