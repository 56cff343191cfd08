import type { WaitHolder } from '../../report/waits';
import type { Explainer, Explanation } from '../base/explainer';

/** The name of the event is a key of a Map, which is not known here. Ports and signals are clear without it. */
function explainTarget(target: WaitHolder): Explanation | null {
  const isListener = target.member === '[kEvents]' || target.member === '[kHandlers]';
  return target.kind !== 'object' || !isListener
    ? null
    : { text: `event of ${target.className ?? 'EventTarget'}` };
}

export const EVENT_TARGET: Explainer = {
  library: 'node:events',
  classes: { EventTarget: { read: [], explain: explainTarget } },
};
