import { formatCpuTime, formatDuration, formatMegabytes } from '../report/duration';
import type { Unavailable } from '../report/model';
import { stateInWords } from '../report/os-state';
import { type ProcessInfo, type ProcessList, type ProcessNode, toProcessTree } from '../report/processes';
import { clip, escapeInline, escapeMessage } from '../escape';
import { describeArguments, notAvailable } from './text-overview';

const MAX_COMMAND_LENGTH = 1000;
/** Deeper processes stand at this level; a program that starts itself for ever must not fill the report with blanks. */
const MAX_INDENTED_LEVELS = 16;

/** Processes: this one and its descendants, each below its parent. */
export function renderProcesses(list: ProcessList | Unavailable): readonly string[] {
  if (list.status === 'unavailable') return escapeMessage(notAvailable(list.reason));
  const lines: string[] = [];
  // A stack of its own: a chain of processes may be longer than the formatter's stack is deep.
  const pending: PendingProcess[] = [];
  push(pending, toProcessTree(list.processes), 0);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    addProcess(lines, next.node.process, '    '.repeat(Math.min(next.level, MAX_INDENTED_LEVELS)));
    push(pending, next.node.children, next.level + 1);
  }
  if (list.leftOut > 0) lines.push(`(${list.leftOut} more below this process, not described)`);
  if (list.incomplete)
    lines.push('(not every process of the system was looked at in time; some may be missing)');
  return lines;
}

interface PendingProcess {
  readonly node: ProcessNode;
  readonly level: number;
}

/** In reverse, so that the first is taken off first. */
function push(pending: PendingProcess[], nodes: readonly ProcessNode[], level: number): void {
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index];
    if (node !== undefined) pending.push({ node, level });
  }
}

function addProcess(lines: string[], process: ProcessInfo, indent: string): void {
  const { pid, ppid, state, ageMs, cpuUserMs, cpuSystemMs, rssBytes } = process;
  const call = process.syscall === null ? '' : ` in ${process.syscall}`;
  const by = `run by: ${describeUser(process)}, state: ${state} ${stateInWords(state)}${call}`;
  const cpu = `cpu ${formatCpuTime(cpuUserMs)} user ${formatCpuTime(cpuSystemMs)} sys`;
  lines.push(`${indent}Process ${pid} (under ${ppid}) [ ${escapeInline(by)} ]`);
  lines.push(`${indent}  age ${formatDuration(ageMs)}; ${cpu}; resident memory ${formatMegabytes(rssBytes)}`);
  lines.push(`${indent}  ${escapeInline(describeCommand(process))}`);
}

function describeUser({ user, uid }: ProcessInfo): string {
  if (uid === null) return 'not readable';
  return user === null ? String(uid) : `${user} (${uid})`;
}

/** In brackets, as ps prints it, is the kernel's name of a process whose arguments are not known. */
function describeCommand({ command, name }: ProcessInfo): string {
  if (command.status === 'unavailable') return `[${name}] (command ${notAvailable(command.reason)})`;
  const text = clip(describeArguments(command.arguments), MAX_COMMAND_LENGTH);
  return command.cut ? `${text} ...` : text;
}
