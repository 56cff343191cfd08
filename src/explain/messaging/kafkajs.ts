import type { WaitHolder } from '../../report/waits';
import { hasAt, isTrueAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';

const LOCK = {
  isHeld: '@private:Lock:locked',
  waiting: '@private:Lock:waiting.size',
} as const;

function explainRequest(request: WaitHolder): Explanation | null {
  if (!hasAt(request, 'sentAt') || numberAt(request, 'entry.apiKey') === null) return null;
  const name = textAt(request, 'entry.apiName');
  const broker = textAt(request, 'broker');
  const isSent = numberAt(request, 'sentAt') !== null;
  return {
    text:
      `kafkajs ${name === null ? 'request' : `request ${name}`}` +
      `${broker === null ? '' : ` (to ${broker})`}, ` +
      (isSent ? 'sent, but not answered yet' : 'not sent yet'),
  };
}

function explainLock(lock: WaitHolder): Explanation | null {
  const waiting = numberAt(lock, LOCK.waiting);
  if (waiting === null || !isTrueAt(lock, LOCK.isHeld)) return null;
  return {
    text: `kafkajs Lock, held, ${waiting} waiting`,
    counts: { inUse: 1, limit: 1, waiting },
  };
}

export const KAFKAJS: Explainer = {
  library: 'kafkajs',
  classes: {
    SocketRequest: {
      read: ['sentAt', 'broker', 'entry.apiKey', 'entry.apiName'],
      explain: explainRequest,
    },
    Lock: { read: [LOCK.isHeld, LOCK.waiting], explain: explainLock },
  },
};
