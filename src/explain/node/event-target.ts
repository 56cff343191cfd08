import type { WaitHolder } from '../../report/waits';
import { textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';

/** Ports and signals are clear without the name of the event. */
function explainTarget(target: WaitHolder): Explanation | null {
  const isListener = target.member === '[kEvents]' || target.member === '[kHandlers]';
  if (target.kind !== 'object' || !isListener) return null;
  const event = textAt(target, 'event');
  const named = event === null ? 'event' : `event "${event}"`;
  return { text: `${named} of ${target.className ?? 'EventTarget'}` };
}

export const EVENT_TARGET: Explainer = {
  library: 'node:events',
  classes: { EventTarget: { read: [], explain: explainTarget } },
};
