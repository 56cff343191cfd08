import type { Surroundings } from '../open/base/open-row';
import { describeOpen } from '../open/describe-open';
import type { IsolateThread, Unavailable } from '../report/model';
import type { ProcessList } from '../report/processes';
import type { MaskedIsolate } from './mask-threads';

/** The threads with words for what they have open. The groups of all threads are numbered in one sequence. */
export function describeIsolates(
  isolates: readonly MaskedIsolate[],
  processes: ProcessList | Unavailable,
): readonly IsolateThread[] {
  const around: Surroundings = {
    processes: new Map(
      processes.status === 'unavailable' ? [] : processes.processes.map((each) => [each.pid, each]),
    ),
    threads: new Map(isolates.map((each) => [each.threadId, each])),
  };
  let last = 0;
  const nextId = (): number => ++last;
  return isolates.map((isolate) => ({
    ...isolate,
    open: isolate.open.status === 'unavailable' ? isolate.open : describeOpen(isolate.open, around, nextId),
  }));
}
