import type { WaitHolder } from '../../report/waits';
import { type Chain, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';

/** A subject without what may be an id: `orders.?.paid`. */
function subjectWithoutIds(subject: string): string {
  return subject
    .split('.')
    .map((token) => (/^(?:[A-Za-z_$-]{1,24}|[*>])$/.test(token) ? token : '?'))
    .join('.');
}

/** A subscription to the answer of one request. */
function explainSubscription(subscription: WaitHolder, chain: Chain): Explanation | null {
  const subject = textAt(subscription, 'requestSubject');
  if (subject === null || subscription.member !== 'callback') return null;
  const protocol = chain.outside('ProtocolHandler');
  const host = protocol === null ? null : textAt(protocol, 'servers.currentServer.hostname');
  const port = protocol === null ? null : numberAt(protocol, 'servers.currentServer.port');
  const server = host === null || port === null ? '' : ` (on ${host}:${port})`;
  return { text: `nats request ${subjectWithoutIds(subject)}${server}, not answered yet` };
}

export const NATS: Explainer = {
  library: 'nats',
  classes: {
    SubscriptionImpl: { read: ['requestSubject'], explain: explainSubscription },
    ProtocolHandler: { read: ['servers.currentServer.hostname', 'servers.currentServer.port'] },
  },
};
