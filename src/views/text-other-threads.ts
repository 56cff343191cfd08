import { formatCpuTime } from '../report/duration';
import type { OtherThread, Photograph } from '../report/model';
import { describeOsState } from '../report/os-state';
import { groupOsThreads, type OsThreadGroup } from '../report/thread-groups';
import { describeThreadRole, isIdleHelper } from '../report/thread-roles';
import { escapeInline } from '../escape';
import { guarded, head, type Line } from './layout';
import { renderStack } from './text-frames';

const MAX_LISTED_TIDS = 24;
const NAME_WIDTH = 16;
/** Lines of a stack: where a thread of a pool waits is known after a few. With JavaScript all of them are shown. */
const MAX_NATIVE_LINES = 8;

/** The threads of the process that are no isolate's, those that are alike together. */
export function renderOtherThreads(photograph: Photograph): readonly Line[] {
  const { otherThreads, view } = photograph;
  const count = otherThreads.length;
  const lines: Line[] = [head(count === 1 ? '1 other thread' : `${count} other threads`)];
  const isFolded = (thread: OtherThread): boolean => view.frames !== 'all' && isIdleHelper(thread);
  for (const group of groupOsThreads(otherThreads.filter((thread) => !isFolded(thread)))) {
    for (const line of guarded(() => renderGroup(group, photograph))) lines.push(line);
  }
  const helpers = otherThreads.filter(isFolded);
  if (helpers.length > 0) lines.push(...guarded(() => [describeHelpers(helpers)]));
  return lines;
}

/** `6 helpers of Node and gmr-native, waiting for work: 4 x V8 platform worker, ...` */
function describeHelpers(helpers: readonly OtherThread[]): string {
  const counts = new Map<string, number>();
  for (const thread of helpers) {
    const role = describeThreadRole(thread);
    counts.set(role, (counts.get(role) ?? 0) + 1);
  }
  const roles = [...counts].map(([role, count]) => escapeInline(count === 1 ? role : `${count} x ${role}`));
  const cpuMs = helpers.reduce((sum, { cpuUserMs, cpuSystemMs }) => sum + cpuUserMs + cpuSystemMs, 0);
  const who = `${helpers.length} ${helpers.length === 1 ? 'helper' : 'helpers'} of Node and gmr-native`;
  const ids = listTids(helpers.map(({ tid }) => tid));
  return `${who}, without work of the application: ${roles.join(', ')}  ${ids}  cpu ${formatCpuTime(cpuMs)}`;
}

function listTids(tids: readonly number[]): string {
  const listed = tids.slice(0, MAX_LISTED_TIDS).join(' ');
  const more = tids.length > MAX_LISTED_TIDS ? ` and ${tids.length - MAX_LISTED_TIDS} more` : '';
  return `${tids.length === 1 ? 'tid' : 'tids'} ${listed}${more}`;
}

function renderGroup({ sample, tids, cpuMs }: OsThreadGroup, photograph: Photograph): readonly string[] {
  const name = escapeInline(sample.name === '' ? '(no name)' : sample.name).padEnd(NAME_WIDTH);
  const state = escapeInline(describeOsState(sample));
  const title = `${String(tids.length).padStart(2)} x ${name}  ${state}  ${listTids(tids)}  cpu ${formatCpuTime(cpuMs)}`;
  const { stack } = sample;
  if (stack.status === 'unavailable') return [title];
  const hasJavaScript = stack.frames.some((frame) => frame.kind !== 'native');
  const all = renderStack(stack, photograph.view);
  const shown = hasJavaScript ? all : all.slice(0, MAX_NATIVE_LINES);
  const rest = all.length > shown.length ? [`... ${all.length - shown.length} more ...`] : [];
  return [title, ...[...shown, ...rest].map((line) => `      ${line}`)];
}
