import type { ProcessInfo } from '../../report/processes';
import { bytesText } from '../../report/open-text';
import { stateInWords } from '../../report/os-state';
import { textWithoutCredentials } from '../../explain/base/url-text';
import { clip } from '../../escape';
import type { CensusGroup } from '../base/census';
import { aliveWords, keepsAlive, OPEN } from '../base/handle';
import type { Described, OpenRow, Surroundings } from '../base/open-row';
import { known, numberOf, rangeOf, textOf } from '../base/read';

const MAX_COMMAND = 160;
const OUTPUTS = ['stdout', 'stderr'] as const;

/** `node converter.js`: the command as the operating system has it, else the file that was started. */
function commandOf(process: ProcessInfo | undefined, group: CensusGroup): string {
  if (process?.command.status === 'known') {
    const [program = '', ...rest] = process.command.arguments;
    return clip([baseName(program), ...rest].join(' '), MAX_COMMAND);
  }
  return baseName(textOf(group, 'owner.spawnfile') ?? 'unknown command');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function stateOf(process: ProcessInfo | undefined): string | null {
  if (process === undefined) return null;
  if (process.state === 'Z') return 'ended, not waited for yet';
  if (process.syscall === null) return stateInWords(process.state);
  return `in ${process.syscall}`;
}

/**
 * The primary of a cluster listens to internal messages of each worker by a function that has the worker in its scope. The
 * channel itself may have a listener before it.
 */
const CLUSTER_WORKERS = ['', '.0', '.1', '.2'].map((at) => `owner._events.internalMessage${at}.()worker.id`);

function clusterWorkerOf(group: CensusGroup): string | null {
  const ids = CLUSTER_WORKERS.map((path) => numberOf(group, path));
  const id = ids.find((each) => each !== null) ?? null;
  return id === null ? null : String(id);
}

function describeChild(group: CensusGroup, { processes }: Surroundings): Described | null {
  const pid = numberOf(group, '%pid') ?? numberOf(group, 'owner.pid');
  // Without one, it could not be started.
  if (pid === null || pid <= 0) return null;
  const process = processes.get(pid);
  const state = stateOf(process);
  const command = textWithoutCredentials(commandOf(process, group));
  const unread = OUTPUTS.flatMap((output) => {
    const range = rangeOf(group, `owner.${output}._readableState.length`);
    return range === null || range.max === 0 ? [] : [`${bytesText(range.max)} of its ${output} not read yet`];
  });
  const clusterWorker = clusterWorkerOf(group);
  const who = clusterWorker === null ? '' : ` (cluster worker ${clusterWorker})`;
  const parts = [`child process pid ${pid}${who} ${command}`, ...(state === null ? [] : [state]), ...unread];
  return {
    kind: 'child-process',
    text: parts.join(', '),
    details: known({ pid: String(pid), command, state, clusterWorker }),
    keepsAlive: keepsAlive(group),
  };
}

/** Child processes that run. */
export const CHILD_PROCESSES: readonly OpenRow[] = [
  {
    name: 'Process',
    words: [
      ...OPEN,
      '?owner.spawnfile',
      '%pid',
      'owner.pid',
      'owner.spawnfile',
      ...CLUSTER_WORKERS,
      ...aliveWords(),
      ...OUTPUTS.map((output) => `~owner.${output}._readableState.length`),
    ],
    describe: describeChild,
  },
];
