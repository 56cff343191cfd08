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
