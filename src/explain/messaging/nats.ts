import type { WaitHolder } from '../../report/waits';
import { type Chain, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';

/** A subject without the parts that may be ids: `orders.?.paid`. */
function subjectWithoutIds(subject: string): string {
  return subject
    .split('.')
    .map((token) => (/^(?:[A-Za-z_$-]{1,24}|[*>])$/.test(token) ? token : '?'))
    .join('.');
}

function serverOf(protocol: WaitHolder | null): string {
  if (protocol === null) return '';
  const host = textAt(protocol, 'servers.currentServer.hostname');
  const port = numberAt(protocol, 'servers.currentServer.port');
  return host === null || port === null ? '' : ` (on ${host}:${port})`;
}

function serverText(chain: Chain): string {
  return serverOf(chain.outside('ProtocolHandler'));
}

/** `flush()` sends a PING. */
function explainProtocol(protocol: WaitHolder): Explanation | null {
  const pings = numberAt(protocol, 'pongs.length');
  if (protocol.member !== 'pongs' || pings === null) return null;
  return { text: `nats PING${serverOf(protocol)}, not answered yet` };
}

function explainRequest(request: WaitHolder, chain: Chain): Explanation | null {
  const subject = textAt(request, 'requestSubject');
  if (subject === null) return null;
  return { text: `nats request ${subjectWithoutIds(subject)}${serverText(chain)}, not answered yet` };
}

/** A subscription to the answer of one request, or to messages that a program takes one by one. */
function explainSubscription(subscription: WaitHolder, chain: Chain): Explanation | null {
  if (subscription.member === 'callback') return explainRequest(subscription, chain);
  const subject = textAt(subscription, 'subject');
  const received = numberAt(subscription, 'received');
  if (subscription.member !== 'signal' || subject === null || received === null) return null;
  return { text: `nats message of ${subjectWithoutIds(subject)}${serverText(chain)}, ${received} received` };
}

export const NATS: Explainer = {
  library: 'nats',
  classes: {
    SubscriptionImpl: {
      read: ['requestSubject', 'subject', 'received'],
      explain: explainSubscription,
    },
    // Several requests share the subscription to their answers.
    RequestOne: { read: ['requestSubject'], explain: explainRequest },
    ProtocolHandler: {
      read: ['servers.currentServer.hostname', 'servers.currentServer.port', 'pongs.length'],
      explain: explainProtocol,
    },
  },
};
