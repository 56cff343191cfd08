import { InvalidArgumentError } from 'commander';
import { describeError } from '../../errors';
import { checkSignal } from '../../signals';

/** Parser of an option's value that must not be empty. */
export function nonEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('expected a path.');
  return value;
}

/** Number of a signal given as `USR2` or `SIGUSR2`. */
export function parseSignal(value: string): number {
  try {
    const choice = checkSignal(value.startsWith('SIG') ? value : `SIG${value}`);
    if (choice !== false) return choice.number;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : describeError(error));
  }
  throw new InvalidArgumentError('expected the name of a signal.');
}

const MAX_SECONDS = 3600;

/** A positive number of seconds, at most one hour. */
export function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (value.trim() !== '' && seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new InvalidArgumentError(`expected a number of seconds, at most ${MAX_SECONDS}.`);
}

const MAX_REPORTS = 60;

/** A number of reports to compare. */
export function parseCount(value: string): number {
  const count = Number(value);
  if (value.trim() !== '' && Number.isInteger(count) && count >= 2 && count <= MAX_REPORTS) return count;
  throw new InvalidArgumentError(`expected a number of reports from 2 to ${MAX_REPORTS}.`);
}
