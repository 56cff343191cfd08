import type { WaitHolder } from '../../report/waits';
import { type Chain, hasAt, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { emitted, missed, type Passed, passedEvent } from '../base/passed';
import { eventOf } from './listener';

/** Other libraries have classes of this name too. */
function explainWorker(worker: WaitHolder, chain: Chain): Explanation | null {
  const event = eventOf(worker, chain);
  if (worker.kind !== 'request' || event === null || !hasAt(worker, '@kHandle')) return null;
  const passed = passedOf(worker, event);
  const id = numberAt(worker, '@kHandle.threadId');
  const name = id === null ? 'worker thread' : `worker thread ${id}`;
  if (passed !== null) return { text: passedEvent(event, name, passed) };
  // It may have been running for long: a thread that is blocked does not handle the event.
  const isOnline = worker.values['@kIsOnline']?.text !== 'false';
  return {
    text: `event "${event}" of ${name}${isOnline ? '' : ', whose event "online" was not handled yet'}`,
  };
}

const OF_WORKER = new Set(['exit', 'online', 'message', 'messageerror', 'error']);

/** It has no handle any more once it has exited. */
function passedOf(worker: WaitHolder, event: string): Passed | null {
  if (!OF_WORKER.has(event)) return null;
  if (worker.values['@kHandle']?.kind === 'null') {
    return event === 'exit' ? emitted('has exited') : missed('has exited');
  }
  return event === 'online' && isTrueAt(worker, '@kIsOnline') ? emitted('is online') : null;
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
