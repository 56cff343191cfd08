import { boundedName } from '../../escape';
import type { CensusGroup } from '../base/census';
import { aliveWords, keepsAlive, OPEN } from '../base/handle';
import type { Described, OpenRow, Surroundings } from '../base/open-row';
import { known, numberOf, textOf } from '../base/read';

function describeWorker(group: CensusGroup, { threads }: Surroundings): Described | null {
  const threadId = numberOf(group, '@kHandle.threadId');
  if (threadId === null) return null;
  const thread = threads.get(threadId);
  const name = thread === undefined || thread.name === '' ? '' : ` "${boundedName(thread.name)}"`;
  const entry = thread?.entry ?? null;
  return {
    kind: 'worker',
    text: `worker ${threadId}${name}${entry === null ? '' : `, ${entry}`}`,
    details: known({ threadId: String(threadId) }),
    // Whether unref() was called is not in JavaScript: the loop only shows whether any of them keeps it alive.
    keepsAlive: true,
  };
}

/** The name is shown as names of workers are: the program chose it. */
function describeChannel(group: CensusGroup): Described {
  const name = textOf(group, '@kName');
  const isAlive = keepsAlive(group, '@kHandle.');
  const shown = name === null ? '' : ` "${boundedName(name)}"`;
  return {
    kind: 'broadcast-channel',
    text: `BroadcastChannel${shown}${isAlive ? '' : ', unreferenced'}`,
    details: known({ name }),
    keepsAlive: isAlive,
  };
}

/** Workers that this thread started, and that have not ended. */
export const WORKERS: readonly OpenRow[] = [
  {
    name: 'Worker',
    words: ['?@kHandle', '?@kPublicPort', '@kHandle.threadId'],
    describe: describeWorker,
  },
  // Its port is a MessagePort, which inner-ports.ts leaves out.
  {
    name: 'BroadcastChannel',
    words: ['=file:node:', '?@kHandle', '@kName', ...aliveWords('@kHandle.')],
    describe: describeChannel,
  },
  {
    name: 'MessagePort',
    words: ['=native', ...OPEN, ...aliveWords()],
    describe: (group) => {
      const isAlive = keepsAlive(group);
      return {
        kind: 'message-port',
        text: `MessagePort${isAlive ? '' : ', unreferenced'}`,
        keepsAlive: isAlive,
      };
    },
  },
];
