import { requireLib } from './lib';
import {
  REQUESTED_AT_MS,
  captured,
  frame,
  greenThreads,
  mainThread,
  nodeFrame,
  osThread,
  photograph,
} from './photographs';
import type { OpenGroup, OpenThings } from '../../src/report/open';
import type { Frame, IsolateThread, Photograph } from '../../src/report/model';
import type { Comparison } from '../../src/compare/model';

const { compareReports } = requireLib('compare/compare') as typeof import('../../src/compare/compare');

/** Between the reports that these builders make. */
export const INTERVAL_MS = 10_000;

/** A report that was requested `index` intervals after the first one. */
export function reportAt(index: number, more: Partial<Omit<Photograph, 'gitCommit'>> = {}): Photograph {
  const raw = photograph({
    reportId: `14423-${index}`,
    requestedAtMs: REQUESTED_AT_MS + index * INTERVAL_MS,
    stacksAfterMs: 1,
    completeAfterMs: 8,
    ...more,
  });
  const view = { frameOrder: 'innermost-first', frames: 'folded' };
  return { ...raw, gitCommit: null, view } as unknown as Photograph;
}

/** Nothing is suspended or open, and it is known. */
export const EMPTY: Pick<IsolateThread, 'greenThreads' | 'open' | 'heapClasses'> = {
  greenThreads: greenThreads([]),
  open: openThings([]),
  heapClasses: {
    status: 'known',
    classes: [],
    otherClasses: 0,
    otherBytes: 0,
    totalObjects: 0,
    approximate: false,
  },
};

export function openThings(groups: readonly OpenGroup[]): OpenThings {
  return {
    status: 'known',
    heapRead: 'at-rest',
    groups,
    groupsLeftOut: 0,
    thingsLeftOut: 0,
    changed: 0,
    youngCollected: false,
    loop: { status: 'unavailable', reason: 'not asked for' },
    partial: null,
  };
}

/** The reports of a process whose main thread is as `main` says, by the number of the report. */
export function reportsOf(count: number, main: (index: number) => Partial<IsolateThread>): Photograph[] {
  return Array.from({ length: count }, (_, index) =>
    reportAt(index, { isolates: [mainThread({ ...EMPTY, ...main(index) })] }),
  );
}

/** A thread that has been blocked since before the first report, with so much CPU in each interval. */
export function blockedMain(
  index: number,
  frames: readonly Frame[],
  cpuPercent: number,
): Partial<IsolateThread> {
  const cpuUserMs = 500 + (index * INTERVAL_MS * cpuPercent) / 100;
  return {
    state: 'blocked',
    loopStalledMs: 2000 + index * INTERVAL_MS,
    os: osThread(14423, { cpuUserMs, state: cpuPercent > 50 ? 'R' : 'S' }),
    stack: captured([...frames, nodeFrame('processTimers', 'node:internal/timers')]),
  };
}

/** A function of the service at a line. */
export function at(functionName: string, line: number, file = '/srv/app/app.js'): Frame {
  return frame(functionName, { file, line });
}

export function compare(photographs: readonly Photograph[]): Comparison {
  return compareReports(photographs.map((one, index) => ({ origin: `${index + 1}.json`, photograph: one })));
}

/** The lines of the verdict. */
export function verdictOf(photographs: readonly Photograph[]): readonly string[] {
  return compare(photographs).verdict.map(({ text }) => text);
}
