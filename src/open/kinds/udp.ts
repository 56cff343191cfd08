import { aliveWords, keepsAlive, OPEN } from '../base/handle';
import type { OpenRow } from '../base/open-row';
import { known, textOf } from '../base/read';

/** Sockets of node:dgram. */
export const UDP_SOCKETS: readonly OpenRow[] = [
  {
    name: 'UDP',
    words: [...OPEN, '%local', '%peer', ...aliveWords()],
    describe: (group) => {
      const local = textOf(group, '%local');
      const peer = textOf(group, '%peer');
      const to = peer === null ? '' : ` to ${peer}`;
      return {
        kind: 'udp-socket',
        text: `UDP${local === null ? ', not bound' : ` on ${local}`}${to}`,
        details: known({ local, peer }),
        keepsAlive: keepsAlive(group),
      };
    },
  },
];
