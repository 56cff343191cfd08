import type { CensusGroup } from '../base/census';
import { aliveWords, keepsAlive, OPEN } from '../base/handle';
import type { Described, OpenRow } from '../base/open-row';
import { known, textOf } from '../base/read';

function describeWatcher(group: CensusGroup, call: string): Described {
  const path = textOf(group, '%path');
  return {
    kind: 'watcher',
    text: `${call}${path === null ? '' : ` of ${path}`}`,
    details: known({ path }),
    keepsAlive: keepsAlive(group),
  };
}

/** Watched files. Node keeps their paths in libuv's handles only. */
export const WATCHERS: readonly OpenRow[] = [
  {
    name: 'FSEvent',
    words: ['=native', ...OPEN, '%path', ...aliveWords()],
    describe: (group) => describeWatcher(group, 'fs.watch'),
  },
  {
    name: 'StatWatcher',
    words: ['=native', ...OPEN, '%path', ...aliveWords()],
    describe: (group) => describeWatcher(group, 'fs.watchFile'),
  },
];
