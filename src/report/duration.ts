/**
 * A length of time as a tired person reads it: `0.42 ms`, `7.2 ms`, `250 ms`, `12.4 s`, `2 min 5 s`, `3 h 12 min`,
 * `5 d 3 h`. Anything that is not a number of at least zero becomes `unknown time`.
 */
export function formatDuration(ms: number): string {
  if (!(ms >= 0) || ms === Infinity) return 'unknown time';
  if (ms < 1) return `${trimZeros(ms.toFixed(2))} ms`;
  if (ms < 9.95) return `${trimZeros(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${trimZeros((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return twoUnits(seconds, 60, 'min', 's');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 24 * 60) return twoUnits(minutes, 60, 'h', 'min');
  return twoUnits(Math.floor(minutes / 60), 24, 'd', 'h');
}

/** CPU time: always in seconds below a minute, because the kernel counts in steps of 10 ms. */
export function formatCpuTime(ms: number): string {
  if (ms > 0 && ms < 95) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  return formatDuration(ms);
}

/** Bytes as megabytes (1024 * 1024) with one decimal, without decimals from 100 MB on. */
export function formatMegabytes(bytes: number): string {
  const megabytes = bytes / 1_048_576;
  return `${megabytes.toFixed(megabytes < 99.95 ? 1 : 0)} MB`;
}

function twoUnits(count: number, perUnit: number, unit: string, rest: string): string {
  const left = count % perUnit;
  const whole = `${Math.floor(count / perUnit)} ${unit}`;
  return left === 0 ? whole : `${whole} ${left} ${rest}`;
}

function trimZeros(decimal: string): string {
  let end = decimal.length;
  while (decimal[end - 1] === '0') end--;
  if (decimal[end - 1] === '.') end--;
  return decimal.slice(0, end);
}

/**
 * Formats a time like `toISOString`, which throws for times outside the calendar and, like other methods of `Date` (in
 * Node 26, all of them), reads the time zone file with system calls that a seccomp filter may forbid.
 */
export function isoTime(ms: number): string {
  if (!(Math.abs(ms) <= MAX_TIME_MS)) return 'unknown';
  const whole = Math.floor(ms);
  const days = Math.floor(whole / MS_PER_DAY);
  const inDay = whole - days * MS_PER_DAY;
  const parts = [
    Math.floor(inDay / 3_600_000),
    Math.floor(inDay / 60_000) % 60,
    Math.floor(inDay / 1000) % 60,
  ];
  const time = parts.map((part) => padded(part, 2)).join(':');
  return `${isoDay(days)}T${time}.${padded(inDay % 1000, 3)}Z`;
}

/** Converts days since 1970 to a Gregorian date, counting in eras of 400 years that begin with March. */
function isoDay(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

const MS_PER_DAY = 86_400_000;
/** The range of times that `Date` supports. */
const MAX_TIME_MS = 8.64e15;

function padded(part: number, digits: number): string {
  return String(part).padStart(digits, '0');
}
