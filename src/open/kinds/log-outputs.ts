import type { CensusGroup } from '../base/census';
import type { Described, OpenRow } from '../base/open-row';
import { isTrue, known, numberOf, rangeOf, textOf } from '../base/read';

/** `fd 24 -> /var/log/app.log`, without the number of an inode, which says nothing to a person. */
function targetOf(group: CensusGroup, fd: number): string {
  const target = textOf(group, 'fd.%target')?.replace(/^(pipe|socket):\[\d+\]$/, '$1');
  return target === undefined ? `fd ${fd}` : `fd ${fd} -> ${target}`;
}

function describeSonicBoom(group: CensusGroup): Described | null {
  const fd = numberOf(group, 'fd');
  const queued = rangeOf(group, '_len');
  // One that has nothing to write is no more than an open file.
  if (fd === null || fd < 0 || queued === null || queued.max === 0) return null;
  const target = targetOf(group, fd);
  const sync = isTrue(group, 'sync') ? 'synchronous ' : '';
  return {
    kind: 'other',
    text: `${sync}output of sonic-boom to ${target}`,
    details: known({ output: 'sonic-boom', target, fd: String(fd) }),
    numbers: { queuedBytes: queued },
  };
}

/** Outputs of loggers that write to descriptors themselves, with what they have not written yet: that of pino. */
export const LOG_OUTPUTS: readonly OpenRow[] = [
  {
    name: 'SonicBoom',
    words: ['=script', '?fd', '?_len', '?_bufs', 'fd', 'fd.%target', 'sync', '~_len'],
    describe: describeSonicBoom,
  },
];
