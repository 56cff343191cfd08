import type { WaitHolder } from '../../report/waits';
import { type Chain, classAt, hasAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted } from '../base/words';
import { redisCommand } from './redis-words';

const TO_WRITE = '#toWrite';
const TO_BE_ANSWERED = '#waitingForReply';

/** Version 5: a command is in one of two lists, and forgets its arguments when it is sent. */
function explainQueue(queue: WaitHolder, { holders, at }: Chain): Explanation | null {
  const unsent = numberAt(queue, `${TO_WRITE}.#length`);
  const sent = numberAt(queue, `${TO_BE_ANSWERED}.#length`);
  if (unsent === null || sent === null) return null;
  if (queue.member === TO_WRITE) {
    const node = placeInList(holders.slice(0, at));
    const name = node === null ? null : textAt(queue, `${TO_WRITE}.${node}.value.args.0`);
    const key = node === null ? null : textAt(queue, `${TO_WRITE}.${node}.value.args.1`);
    return { text: `${redisCommand(name, key)}, not sent yet, ${counted(unsent, 'command')} queued` };
  }
  if (queue.member !== TO_BE_ANSWERED) return null;
  const node = placeInList(holders.slice(0, at));
  const ahead = node === null ? null : aheadOf(node, sent);
  const behind = ahead === null || ahead === 0 ? '' : `, behind ${counted(ahead, 'other')}`;
  return { text: `redis command, sent, but not answered yet${behind}` };
}

/** How one comes from the list to a command: `#head.next`. */
function placeInList(inner: readonly WaitHolder[]): string | null {
  const members = inner.map(({ member }) => member);
  const value = members.lastIndexOf('value');
  const steps = members.slice(value + 1).toReversed();
  const [end, ...rest] = steps;
  if (value < 0 || (end !== '#head' && end !== '#tail')) return null;
  return rest.every((step) => step === (end === '#head' ? 'next' : 'previous')) ? steps.join('.') : null;
}

function aheadOf(place: string, length: number): number {
  const steps = place.split('.').length - 1;
  return place.startsWith('#head') ? steps : length - 1 - steps;
}

/** Version 4. What is sent is in a list without its arguments, which may be anybody's. */
function explainNode(node: WaitHolder): Explanation | null {
  const name = textAt(node, 'value.args.0');
  const isCommand = hasAt(node, 'value.args.length') && hasAt(node, 'value.resolve');
  if (name === null || !isCommand || classAt(node, 'list') !== 'Yallist') return null;
  return { text: redisCommand(name, textAt(node, 'value.args.1')) };
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
    Node: {
      read: ['list', 'value.args.length', 'value.args.0', 'value.args.1', 'value.resolve'],
      explain: explainNode,
    },
  },
};
