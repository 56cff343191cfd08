import { CALLBACK_ROWS } from './callbacks';
import { OPEN_ROWS } from './kinds/all';

/**
 * What the native side lists of each heap, and what it reads of it, in its own format: one row per class and label. The
 * build puts it in front of the formatter's bundle, behind the values that explainers want.
 */
export function openRows(): string {
  const open = OPEN_ROWS.map(({ name, words }) => [name, ...new Set(words)]);
  return [...open, ...CALLBACK_ROWS].map((words) => `${words.join('\t')}\n`).join('');
}
