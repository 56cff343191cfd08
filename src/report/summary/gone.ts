import type { IsolateThread } from '../model';
import { nameWithPosition, ownerOf, type Naming } from './place';

const MAX_NAMES = 2;

/**
 * The functions of the application that went on while the heap was read, so that it is not known where they are now:
 * `pages (sync.mjs:13) and syncAll (sync.mjs:21)`. Empty when there are none.
 */
export function describeGone(greenThreads: IsolateThread['greenThreads'], naming: Naming): string {
  if (greenThreads.status === 'unavailable') return '';
  const names = greenThreads.gone.flatMap(({ frames }) => {
    const own = frames.find((frame) => ownerOf(frame, naming).kind === 'application');
    return own === undefined ? [] : [nameWithPosition(own, naming)];
  });
  return [...new Set(names)].slice(0, MAX_NAMES).join(' and ');
}
