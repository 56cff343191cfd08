export { urlWithoutValues } from './url-text';
export { sqlWithoutValues } from './sql-text';

/** `1 client`, `4 clients`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * `4 of 4 clients in use, 6 waiting`. Unknown numbers are omitted; empty when none is known.
 */
export function usage(
  inUse: number | null,
  limit: number | null,
  noun: string,
  waiting: number | null,
): string {
  const parts: string[] = [];
  if (isCount(inUse) && isCount(limit)) parts.push(`${inUse} of ${counted(limit, noun)} in use`);
  else if (isCount(inUse)) parts.push(`${counted(inUse, noun)} in use`);
  if (isCount(waiting)) parts.push(`${waiting} waiting`);
  return parts.join(', ');
}

/** `ffmpeg` for `/usr/bin/ffmpeg`: the file of a child process. */
export function programName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

/** False if it is unknown, cannot be a number of things, or is a limit that was not set. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
