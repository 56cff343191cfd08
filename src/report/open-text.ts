import { counted } from './async-frames';
import { formatDuration, formatMegabytes } from './duration';
import type { NumberRange, OpenGroup } from './open';

/** `request 14`: what other parts of a report call a group of requests. */
export function requestLabel({ id }: Pick<OpenGroup, 'id'>): string {
  return `request ${id}`;
}

/** `no data received for 42 s`, `no data received for 3 s to 42 s`; of whoever sends requests. */
export function quietText({ numbers }: OpenGroup): string | null {
  const { quietMs } = numbers;
  return quietMs === undefined ? null : `no data received for ${durations(quietMs)}`;
}

/** `4.2 MB`, `812 bytes`. */
export function bytesText(bytes: number): string {
  return bytes < 100_000 ? counted(bytes, 'byte') : formatMegabytes(bytes);
}

/** The numbers of a group, in the order in which they matter. */
export function numberTexts(group: OpenGroup): readonly string[] {
  const { connections, queuedBytes, unreadBytes, timerMs, dueMs } = group.numbers;
  const texts: string[] = [];
  if (connections !== undefined) texts.push(counted(connections.sum, 'connection'));
  if (timerMs !== undefined) texts.push(`of ${durations(timerMs)}`);
  if (dueMs !== undefined) texts.push(dueText(dueMs));
  if (queuedBytes !== undefined && queuedBytes.sum > 0) texts.push(`${bytesText(queuedBytes.sum)} queued`);
  if (unreadBytes !== undefined && unreadBytes.sum > 0) {
    texts.push(`${bytesText(unreadBytes.sum)} came in, not read`);
  }
  const quiet = quietText(group);
  if (quiet !== null) texts.push(quiet);
  return texts;
}

function dueText({ min, max }: NumberRange): string {
  if (min < 0) return max < 0 ? `overdue for ${durations({ min: -max, max: -min })}` : 'some of them overdue';
  return `due in ${durations({ min, max })}`;
}

/** `10 min`, `3 s to 42 s`. */
export function durations({ min, max }: Pick<NumberRange, 'min' | 'max'>): string {
  const [from, to] = [formatDuration(Math.max(0, min)), formatDuration(Math.max(0, max))];
  return from === to ? from : `${from} to ${to}`;
}
