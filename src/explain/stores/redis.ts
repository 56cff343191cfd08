import type { WaitHolder } from '../../report/waits';
import { type Chain, classAt, hasAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted } from '../base/words';
import { onServer, redisCommand } from './redis-words';

const TO_WRITE = '#toWrite';
const TO_BE_ANSWERED = '#waitingForReply';

/** ` (on 127.0.0.1:6379)`, of the client that has the queue. */
function serverOf(chain: Chain): string {
  const client = chain.outside('RedisClient');
  if (client === null) return '';
  return onServer(textAt(client, '#options.socket.host'), numberAt(client, '#options.socket.port'));
}

/** Version 5: a command is in one of two lists, and forgets its arguments when it is sent. */
function explainQueue(queue: WaitHolder, chain: Chain): Explanation | null {
  const { holders, at } = chain;
  const unsent = numberAt(queue, `${TO_WRITE}.#length`);
  const sent = numberAt(queue, `${TO_BE_ANSWERED}.#length`);
  if (unsent === null || sent === null) return null;
  if (queue.member === TO_WRITE) {
    const node = placeInList(holders.slice(0, at));
    const name = node === null ? null : textAt(queue, `${TO_WRITE}.${node}.value.args.0`);
    const key = node === null ? null : textAt(queue, `${TO_WRITE}.${node}.value.args.1`);
    const command = redisCommand(name, key) + serverOf(chain);
    return { text: `${command}, not sent yet, ${counted(unsent, 'command')} queued` };
  }
  if (queue.member !== TO_BE_ANSWERED) return null;
  return sentText(holders.slice(0, at), sent, serverOf(chain));
}

function sentText(inner: readonly WaitHolder[], sent: number, server: string): Explanation {
  const node = placeInList(inner);
  const ahead = node === null ? 0 : aheadOf(node, sent);
  const behind = ahead > 0 ? `, behind ${counted(ahead, 'other')}` : '';
  return { text: `redis command${server}, sent, but not answered yet${behind}` };
}

/** The way from the list to a command: `#head.next`; in version 4, `head.next`. */
function placeInList(inner: readonly WaitHolder[]): string | null {
  const members = inner.map(({ member }) => member);
  const value = members.lastIndexOf('value');
  const steps = members.slice(value + 1).toReversed();
  const [end, ...rest] = steps;
  const isHead = end === '#head' || end === 'head';
  if (value < 0 || (!isHead && end !== '#tail' && end !== 'tail')) return null;
  const isStep = (step: string | null): boolean =>
    isHead ? step === 'next' : step === 'previous' || step === 'prev';
  return rest.every(isStep) ? steps.join('.') : null;
}

function aheadOf(place: string, length: number): number {
  const steps = place.split('.').length - 1;
  return /^#?head/.test(place) ? steps : length - 1 - steps;
}

/** Version 4: a sent command is in a list without its arguments; only the owner of the list tells what it is. */
function explainNode(node: WaitHolder, chain: Chain): Explanation | null {
  const isPending = hasAt(node, 'value.resolve') && hasAt(node, 'value.reject');
  if (!isPending || classAt(node, 'list') !== 'Yallist') return null;
  if (hasAt(node, 'value.args.length')) {
    const name = textAt(node, 'value.args.0');
    return name === null ? null : { text: redisCommand(name, textAt(node, 'value.args.1')) };
  }
  const queue = chain.outside('RedisCommandsQueue');
  const sent = numberAt(node, 'list.length');
  if (queue === null || sent === null) return null;
  return sentText(chain.holders.slice(0, chain.holders.indexOf(queue)), sent, serverOf(chain));
}

export const REDIS: Explainer = {
  library: 'redis',
  classes: {
    RedisCommandsQueue: {
      read: [
        `${TO_WRITE}.#length`,
        `${TO_BE_ANSWERED}.#length`,
        ...['#head', '#head.next', '#tail'].flatMap((place) => [
          `${TO_WRITE}.${place}.value.args.0`,
          `${TO_WRITE}.${place}.value.args.1`,
        ]),
      ],
      explain: explainQueue,
    },
    RedisClient: { read: ['#options.socket.host', '#options.socket.port'] },
    Node: {
      read: [
        'list',
        'list.length',
        'value.args.length',
        'value.args.0',
        'value.args.1',
        'value.resolve',
        'value.reject',
      ],
      explain: explainNode,
    },
  },
};
