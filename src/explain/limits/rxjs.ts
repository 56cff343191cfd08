import type { WaitHolder } from '../../report/waits';
import { hasAt, isTrueAt, type Chain } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';

/** What each of these functions of RxJS waits for. */
const PROMISES = [
  ['firstValueFrom', 'no value yet'],
  ['lastValueFrom', 'not completed yet'],
] as const;

/** What each function of an observer waits for. */
const OBSERVERS: ReadonlyMap<string, string> = new Map([
  ['next', 'no value yet'],
  ['complete', 'not completed yet'],
]);

function explainSubscriber(subscriber: WaitHolder, { holders, at }: Chain): Explanation | null {
  const isSubscriber = hasAt(subscriber, 'isStopped') && subscriber.member === 'destination';
  if (!isSubscriber || isTrueAt(subscriber, 'isStopped')) return null;
  const inside = holders.slice(0, at);
  for (const [name, state] of PROMISES) {
    const file = new RegExp(`[\\\\/]rxjs[\\\\/].*[\\\\/]${name}\\.js$`);
    if (inside.some((holder) => holder.kind === 'callback' && file.test(holder.file ?? ''))) {
      return { text: `RxJS ${name}(): ${state}` };
    }
  }
  const observer = inside.findLast(({ kind }) => kind === 'plain-object');
  const state = OBSERVERS.get(observer?.member ?? '');
  return state === undefined ? null : { text: `RxJS Subscriber: ${state}` };
}

export const RXJS: Explainer = {
  library: 'rxjs',
  classes: {
    SafeSubscriber: { read: ['isStopped', 'closed'], explain: explainSubscriber },
    Subject: { read: ['observers.length'] },
  },
};
