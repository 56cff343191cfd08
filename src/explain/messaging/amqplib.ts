import type { WaitHolder } from '../../report/waits';
import { type Chain, hasAt, numberAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { counted } from '../base/words';

function confirmation(channel: string, unconfirmed: number | null): Explanation | null {
  if (unconfirmed === null) return null;
  // Messages in the middle of the list may have been confirmed already.
  const most = unconfirmed > 1 ? `at most ${unconfirmed}` : '1';
  return { text: `${channel}: messages to be confirmed, ${most}` };
}

function explainEvent(channel: string, { holders, at }: Chain): Explanation | null {
  const event = holders.slice(0, at).findLast(({ member }) => member !== null)?.member;
  return event === 'drain' ? { text: `${channel}: room in its write buffer (event "drain")` } : null;
}

/** A channel has one request under way; what follows waits for its reply. */
function explainChannel(channel: WaitHolder, chain: Chain): Explanation | null {
  const number = numberAt(channel, 'ch');
  const pending = numberAt(channel, 'pending.length');
  const unconfirmed = numberAt(channel, 'unconfirmed.length');
  if (pending === null || unconfirmed === null || !hasAt(channel, 'lwm')) return null;
  const name = `amqplib channel${number === null ? '' : ` ${number}`}`;
  switch (channel.member) {
    case 'reply': {
      const behind = pending === 0 ? '' : `, ${counted(pending, 'request')} queued behind it`;
      return { text: `${name}: reply of the broker${behind}` };
    }
    case 'pending':
      return { text: `${name}: request not sent yet, behind one without a reply (${pending} queued)` };
    case 'accept':
      return { text: `${name}: the broker to confirm that it is closed` };
    case 'unconfirmed':
      return confirmation(name, unconfirmed);
    case '_events':
      return explainEvent(name, chain);
    default:
      return null;
  }
}

function explainConnection(connection: WaitHolder): Explanation | null {
  const isConnection = hasAt(connection, 'frameMax') && hasAt(connection, 'channels.length');
  if (!isConnection || connection.member !== 'accept') return null;
  return { text: 'amqplib connection: the broker to confirm that it is closed' };
}

const CHANNEL = {
  read: ['ch', 'lwm', 'pending.length', 'unconfirmed.length'],
  explain: explainChannel,
};

export const AMQPLIB: Explainer = {
  library: 'amqplib',
  classes: {
    Channel: CHANNEL,
    ConfirmChannel: CHANNEL,
    Connection: { read: ['frameMax', 'channels.length'], explain: explainConnection },
    // This function has its own list of the callbacks that it waits for.
    '_waitForConfirms()': {
      read: ['unconfirmed.length'],
      explain: (scope) => confirmation('amqplib channel', numberAt(scope, 'unconfirmed.length')),
    },
  },
};
