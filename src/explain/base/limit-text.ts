/** `timer 5000 ms (4200 ms left)` as a limit: `given up after 5 s (4.2 s left)`; null: it is no such timer. */
export function limitText(timer: string): string | null {
  const [, kind, after, left] = /^(timer|interval) (\d+) ms(?: \((\d+) ms left\))?$/.exec(timer) ?? [];
  if (after === undefined) return null;
  if (kind === 'interval') {
    const next = left === undefined ? '' : ` (the next in ${durationText(Number(left))})`;
    return `given up by a check every ${durationText(Number(after))}${next}`;
  }
  const remaining = left === undefined ? '' : ` (${durationText(Number(left))} left)`;
  return limitAfter(Number(after)) + remaining;
}

/** `given up after 5 s`; null: it is not known after what time. */
export function limitAfter(ms: number | null): string {
  return `given up after ${ms === null ? 'a time' : durationText(ms)}`;
}

/** 600 s, 1.5 s, 250 ms, as the native side has it. */
function durationText(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  const tenths = Math.trunc(ms / 100);
  return tenths % 10 === 0 || tenths >= 1000 ? `${Math.round(tenths / 10)} s` : `${tenths / 10} s`;
}
