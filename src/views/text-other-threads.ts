import { formatCpuTime } from '../report/duration';
import type { Photograph } from '../report/model';
import { describeOsState } from '../report/os-state';
import { groupOsThreads, type OsThreadGroup } from '../report/thread-groups';
import { escapeInline } from './escape';
import { guarded, head } from './layout';
import type { SourceLookup } from './source-lookup';
import { renderStack } from './text-frames';

const MAX_LISTED_TIDS = 24;
const NAME_WIDTH = 16;
/** Lines of a stack: where a thread of a pool waits is known after a few. With JavaScript all of them are shown. */
const MAX_NATIVE_LINES = 8;

/** The threads of the process that are no isolate's, those that are alike together. */
export function renderOtherThreads(photograph: Photograph, sources: SourceLookup): readonly string[] {
  const count = photograph.otherThreads.length;
  const lines = [head(count === 1 ? '1 other thread' : `${count} other threads`)];
  for (const group of groupOsThreads(photograph.otherThreads)) {
    for (const line of guarded(() => renderGroup(group, photograph, sources))) lines.push(line);
  }
  return lines;
}

function renderGroup(
  { sample, tids, cpuMs }: OsThreadGroup,
  photograph: Photograph,
  sources: SourceLookup,
): readonly string[] {
  const listed = tids.slice(0, MAX_LISTED_TIDS).join(' ');
  const more = tids.length > MAX_LISTED_TIDS ? ` and ${tids.length - MAX_LISTED_TIDS} more` : '';
  const name = escapeInline(sample.name === '' ? '(no name)' : sample.name).padEnd(NAME_WIDTH);
  const state = escapeInline(describeOsState(sample));
  const ids = `${tids.length === 1 ? 'tid' : 'tids'} ${listed}${more}`;
  const title = `  ${String(tids.length).padStart(2)} x ${name}  ${state}  ${ids}  cpu ${formatCpuTime(cpuMs)}`;
  const { stack } = sample;
  if (stack.status === 'unavailable') return [title];
  const hasJavaScript = stack.frames.some((frame) => frame.kind !== 'native');
  const all = renderStack(stack, photograph.view, sources);
  const shown = hasJavaScript ? all : all.slice(0, MAX_NATIVE_LINES);
  const rest = all.length > shown.length ? [`  ... ${all.length - shown.length} more ...`] : [];
  return [title, ...[...shown, ...rest].map((line) => `      ${line}`)];
}
