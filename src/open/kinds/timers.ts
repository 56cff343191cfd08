import type { CensusGroup } from '../base/census';
import type { Described, OpenRow } from '../base/open-row';
import { functionsOf, isTrue, known, numberOf, rangeOf } from '../base/read';

function describeTimer(group: CensusGroup): Described | null {
  const repeatMs = numberOf(group, '_repeat');
  const isRefed = isTrue(group, '@refed');
  const functions = functionsOf(group, 'calls', '_onTimeout');
  const name = repeatMs === null ? 'timer' : 'interval';
  return {
    kind: 'timer',
    // Node's promises of timers have the function that resolves them as their callback.
    text: `${name}${functions.length === 0 ? ' that calls a builtin function, such as one that resolves a promise' : ''}${isRefed ? '' : ', unreferenced'}`,
    details: known({ repeats: repeatMs === null ? 'no' : 'yes' }),
    numbers: known({ timerMs: rangeOf(group, '_idleTimeout'), dueMs: rangeOf(group, '%dueMs') }),
    functions,
    keepsAlive: isRefed,
  };
}

function describeImmediate(group: CensusGroup): Described | null {
  const isRefed = isTrue(group, '@refed');
  return {
    kind: 'immediate',
    text: `immediate${isRefed ? '' : ', unreferenced'}`,
    functions: functionsOf(group, 'calls', '_onImmediate'),
    keepsAlive: isRefed,
  };
}

/** Timers that are scheduled, and immediates that were not called yet. */
export const TIMERS: readonly OpenRow[] = [
  {
    name: 'Timeout',
    // A timer that was cleared, or that is being called, is in no list.
    words: [
      '=file:node:internal/timers',
      '?_idleNext',
      '?_destroyed=false',
      '@refed',
      '_repeat',
      '~_idleTimeout',
      '~%dueMs',
      '&_onTimeout',
    ],
    describe: describeTimer,
  },
  {
    name: 'Immediate',
    words: ['=file:node:internal/timers', '?_destroyed=false', '?_onImmediate', '@refed', '&_onImmediate'],
    describe: describeImmediate,
  },
];
