import { clip } from '../../escape';
import { shortCommand } from './commands';
import { formatCpuTime, formatDuration } from '../duration';
import type { IsolateThread, Photograph } from '../model';
import { stateInWords } from '../os-state';
import type { ProcessInfo } from '../processes';
import { shownName } from '../positions';

const MAX_NAMED = 2;
const MAX_COMMAND = 100;
/** Part of a CPU that a process used in all its life, from which on it does nothing but compute. */
const MUCH_CPU = 0.5;
/** Clocks of processes have ticks of 10 ms. */
const TICK_MS = 10;

/** The processes that this one started. */
function childrenOf({ processes }: Photograph): readonly ProcessInfo[] {
  if (processes.status === 'unavailable') return [];
  const [own, ...others] = processes.processes;
  return others.filter(({ ppid }) => ppid === own?.pid);
}

/**
 * `child process 812 (node resizer.js) is running, and used 1.0 s of CPU in 1.3 s`: children that were running when they
 * were looked at, those apart that have computed for most of their lives.
 */
export function describeRunningChildren(photograph: Photograph): {
  readonly busy: readonly string[];
  readonly others: readonly string[];
} {
  const running = childrenOf(photograph).filter(({ state }) => state === 'R');
  const shareOf = (child: ProcessInfo): number => cpuMs(child) / Math.max(child.ageMs, 1);
  const byShare = running.toSorted((a, b) => shareOf(b) - shareOf(a));
  const sentences = (children: readonly ProcessInfo[]): readonly string[] => {
    const named = children.slice(0, MAX_NAMED).map((child) => {
      const used = `used ${formatCpuTime(cpuMs(child))} of CPU in ${formatDuration(child.ageMs)}`;
      return `${nameOf(child, photograph)} is running, and ${used}.`;
    });
    const more = children.length - named.length;
    return more > 0
      ? [...named, `${more} more of its child processes ${more === 1 ? 'is' : 'are'} running.`]
      : named;
  };
  return {
    busy: sentences(byShare.filter((child) => shareOf(child) >= MUCH_CPU)),
    others: sentences(byShare.filter((child) => shareOf(child) < MUCH_CPU)),
  };
}

function cpuMs({ cpuUserMs, cpuSystemMs }: ProcessInfo): number {
  return cpuUserMs + cpuSystemMs;
}

/**
 * `child process 812 (node convert.js), sleeping in read(fd 0 -> pipe)`, for which a thread waits in `execSync` and the
 * like; null when it does not, or when several processes could be the one.
 */
export function describeAwaitedChild(isolate: IsolateThread, photograph: Photograph): string | null {
  const { loopStalledMs } = isolate;
  if (loopStalledMs === null || !isInSpawnSync(isolate)) return null;
  // A thread that waits starts no other process. The list was made after the time was taken.
  const mostMs = loopStalledMs + photograph.completeAfterMs + TICK_MS;
  const [child, another] = childrenOf(photograph).filter(
    ({ ageMs, state }) => ageMs <= mostMs && state !== 'Z',
  );
  if (child === undefined || another !== undefined) return null;
  return `${nameOf(child, photograph)}, ${stateOf(child)}${describeChain(child, photograph)}`;
}

function isInSpawnSync({ stack }: IsolateThread): boolean {
  if (stack.status !== 'captured') return false;
  const innermost = stack.frames.find(({ kind }) => kind === 'js');
  return innermost?.file === 'node:internal/child_process' && shownName(innermost) === 'spawnSync';
}

function stateOf({ state, syscall }: ProcessInfo): string {
  const words = stateInWords(state);
  return syscall === null ? words : `${words} in ${syscall}`;
}

/** What the only child of a process does that waits for it, such as a shell. */
function describeChain({ pid, syscall }: ProcessInfo, { processes }: Photograph): string {
  if (processes.status === 'unavailable' || !/^wait(?:4|id|pid)\b/.test(syscall ?? '')) return '';
  const [child, another] = processes.processes.filter(({ ppid }) => ppid === pid);
  if (child === undefined || another !== undefined) return '';
  return ` for process ${child.pid} (${commandOf(child)}), ${stateOf(child)}`;
}

function nameOf(child: ProcessInfo, { isolates }: Photograph): string {
  const worker = isolates.map((isolate) => clusterWorker(isolate, child.pid)).find((id) => id !== undefined);
  const text = `child process ${child.pid} (${commandOf(child)})`;
  return worker === undefined ? text : `cluster worker ${worker}, ${text},`;
}

function clusterWorker({ open }: IsolateThread, pid: number): string | undefined {
  if (open.status === 'unavailable') return undefined;
  const group = open.groups.find(
    ({ kind, details }) => kind === 'child-process' && details['pid'] === String(pid),
  );
  return group?.details['clusterWorker'];
}

/** The command; the name of the process where it is not known. */
function commandOf({ command, name }: ProcessInfo): string {
  return command.status === 'unavailable' ? name : clip(shortCommand(command.arguments), MAX_COMMAND);
}
