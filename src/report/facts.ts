import type { ProcessFacts, Unavailable } from './model';

/** False when setup never delivered the facts, so that only a reason is there. */
export function areKnown(facts: ProcessFacts | Unavailable): facts is ProcessFacts {
  return !('status' in facts && facts.status === 'unavailable');
}
