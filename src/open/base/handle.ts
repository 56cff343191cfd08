import type { CensusGroup } from './census';
import { isTrue, rangeOf } from './read';

/** Conditions for a handle: the prototypes of its class, and handles that are closed, have no facts. */
export const OPEN: readonly string[] = ['?%alive', '!%closing=true'];

/** What is read of a handle at the path `at`, which is empty or ends with a dot, to know whether it keeps the loop alive. */
export function aliveWords(at = ''): readonly string[] {
  return [`${at}%active`, `${at}%refed`];
}

/**
 * An active handle keeps the loop alive unless `unref()` was called, and so does a write that has not ended, whatever was
 * called.
 */
export function keepsAlive(group: CensusGroup, at = ''): boolean {
  const isWriting = (rangeOf(group, `${at}%queued`)?.min ?? 0) > 0;
  return isWriting || (isTrue(group, `${at}%active`) && isTrue(group, `${at}%refed`));
}
