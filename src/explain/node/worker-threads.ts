import type { WaitHolder } from '../../report/waits';
import { type Chain, hasAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { eventOf } from './listener';

/** Other libraries have classes of this name too. */
function explainWorker(worker: WaitHolder, chain: Chain): Explanation | null {
  const event = eventOf(worker, chain);
  if (worker.kind !== 'request' || event === null || !hasAt(worker, '@kHandle')) return null;
  const id = numberAt(worker, '@kHandle.threadId');
  const name = id === null ? 'worker thread' : `worker thread ${id}`;
  const isStarting = worker.values['@kIsOnline']?.text === 'false';
  return { text: `event "${event}" of ${name}${isStarting ? ', which is starting' : ''}` };
}

function explainChannel(channel: WaitHolder): Explanation | null {
  const name = textAt(channel, '@kName');
  const isListener = channel.member === '[kEvents]' || channel.member === '[kHandlers]';
  return name === null || !isListener ? null : { text: `event of BroadcastChannel "${name}"` };
}

export const WORKER_THREADS: Explainer = {
  library: 'node:worker_threads',
  classes: {
    Worker: { read: ['@kHandle', '@kHandle.threadId', '@kIsOnline'], explain: explainWorker },
    BroadcastChannel: { read: ['@kName'], explain: explainChannel },
  },
};
