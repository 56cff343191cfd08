import type { WaitHolder } from '../../report/waits';
import type { Explainer, Explanation } from '../base/explainer';

/** The name of the event is the key of a Map. Ports and signals are known without. */
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
