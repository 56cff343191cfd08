import type { WaitHolder } from '../../report/waits';
import type { Chain } from '../base/chain';
import type { Explainer, Explanation, KnownClass } from '../base/explainer';
import { PENDING_REQUEST_VALUES, pendingRequestAt } from './http';
import { awaitedEvent, isOfNode } from './node-objects';

/** Where packages have Node's request: follow-redirects (axios), got 11, got 12 and later, request and superagent. */
const PROPERTIES = ['_currentRequest', '@request', '_request', 'req'] as const;

/** An emitter around a request of Node's. What its listeners wait for is the answer to that. */
function explainClient(client: WaitHolder, chain: Chain): Explanation | null {
  if (isOfNode(client) || awaitedEvent(client, chain) === null) return null;
  const isOfPackage = /[\\/]node_modules[\\/]/.test(client.file ?? '');
  for (const property of PROPERTIES) {
    const text = isOfPackage ? pendingRequestAt(client, property) : null;
    if (text !== null) return { text };
  }
  return null;
}

const CLIENT: KnownClass = {
  read: PROPERTIES.flatMap((property) => [
    property,
    ...PENDING_REQUEST_VALUES.map((path) => `${property}.${path}`),
  ]),
  explain: explainClient,
};

export const HTTP_CLIENTS: Explainer = {
  library: 'node:http',
  // Their names, and what they extend.
  classes: { Request: CLIENT, Duplex: CLIENT, Writable: CLIENT, Stream: CLIENT },
};
