import { clearTimeout, setTimeout } from 'node:timers';

/** The longest time that Node's timers know: nothing fires, and no event loop wakes up earlier for it. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * What the clock of this thread's timers shows now, in milliseconds since a moment that only Node knows; -1 when it
 * cannot be told. With it a report can say how much time a timer in the heap has left.
 */
export function timerClockMs(): number {
  try {
    const timer = setTimeout(() => undefined, LONGEST_MS) as unknown as { readonly _idleStart?: unknown };
    clearTimeout(timer as unknown as NodeJS.Timeout);
    return typeof timer._idleStart === 'number' ? timer._idleStart : -1;
  } catch {
    return -1;
  }
}
