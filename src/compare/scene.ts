import { areKnown } from '../report/facts';
import type { IsolateThread, Photograph, Unavailable } from '../report/model';
import { FileNames } from '../report/summary/file-names';
import type { Naming } from '../report/summary/place';
import { isolateLabel } from '../report/summary/states';
import { identityOf, isSameProcess, threadKey } from './identity';
import type { NotCompared } from './model';

/** A report, and where it came from. */
export interface NamedReport {
  /** Name of its file, or another name that a reader knows it by. */
  readonly origin: string;
  readonly photograph: Photograph;
}

/** The reports in the order of their requests, and what names in the comparison depend on. */
export interface Scene {
  readonly reports: readonly NamedReport[];
  readonly naming: Naming;
}

/** One JavaScript thread over all reports. */
export interface ThreadOverTime {
  readonly label: string;
  /** Per report; null where the report does not have it. */
  readonly isolates: readonly (IsolateThread | null)[];
}

/** Puts the reports into the order of their requests. */
export function makeScene(reports: readonly NamedReport[]): Scene {
  const timeOf = clockOf(reports);
  const sorted = reports.toSorted((a, b) => timeOf(a) - timeOf(b));
  const roots = sorted.map(({ photograph: { facts } }) => (areKnown(facts) ? facts.package.root : null));
  return { reports: sorted, naming: { files: new FileNames(), root: roots.at(-1) ?? null } };
}

/** Whether all reports are of the same process. */
export function areOfOneProcess(reports: readonly NamedReport[]): boolean {
  const identities = reports.map(({ photograph }) => identityOf(photograph));
  const [first] = identities;
  return first !== undefined && identities.every((identity) => isSameProcess(first, identity));
}

/**
 * When a report was requested, in ms. Of one process, the monotonic clock decides: somebody may have set the other one
 * between two reports. Different processes have only that one in common, and a damaged report may lack the first.
 */
export function clockOf(reports: readonly NamedReport[]): (report: NamedReport) => number {
  const isMonotonic =
    areOfOneProcess(reports) &&
    reports.every(({ photograph }) => Number.isFinite(photograph.requestedAtMonotonicMs));
  return ({ photograph }) => (isMonotonic ? photograph.requestedAtMonotonicMs : photograph.requestedAtMs);
}

/** The threads of all reports: main first, then workers by number. */
export function threadsOf({ reports }: Scene): readonly ThreadOverTime[] {
  const threads = new Map<string, (IsolateThread | null)[]>();
  for (const [index, { photograph }] of reports.entries()) {
    for (const isolate of photograph.isolates) {
      const key = threadKey(isolate);
      const found = threads.get(key) ?? reports.map(() => null);
      found[index] = isolate;
      threads.set(key, found);
    }
  }
  return [...threads.values()]
    .toSorted((a, b) => orderOf(a) - orderOf(b))
    .map((isolates) => ({ label: labelOf(isolates), isolates }));
}

function orderOf(isolates: readonly (IsolateThread | null)[]): number {
  const known = lastOf(isolates);
  return known === null || known.kind === 'main' ? -1 : known.threadId;
}

function labelOf(isolates: readonly (IsolateThread | null)[]): string {
  const known = lastOf(isolates);
  return known === null ? '' : isolateLabel(known);
}

/** The last that is known; null when none is. */
export function lastOf<T>(values: readonly (T | null)[]): T | null {
  return values.findLast((value) => value !== null) ?? null;
}

/** A report that a fatal error caused: its main thread waits for the report, and is not stuck. */
export function isFatal({ photograph: { trigger } }: NamedReport): boolean {
  return trigger.kind === 'fatal';
}

/** `the main thread`, `worker 3` */
function theThread(label: string): string {
  return label === 'main thread' ? 'the main thread' : label;
}

/** A part that some reports do not have of a thread, with their reasons; empty when all have it. */
export function missingPart(
  { isolates, label }: ThreadOverTime,
  what: (thread: string) => string,
  part: (isolate: IsolateThread) => Unavailable | { readonly status: 'known' },
): readonly NotCompared[] {
  const byReason = new Map<string, string[]>();
  for (const [index, isolate] of isolates.entries()) {
    const found = isolate === null ? null : part(isolate);
    if (found?.status !== 'unavailable') continue;
    byReason.set(found.reason, [...(byReason.get(found.reason) ?? []), String(index + 1)]);
  }
  if (byReason.size === 0) return [];
  const reasons = [...byReason].map(([reason, numbers]) => {
    if (numbers.length === isolates.length) return reason;
    return `${numbers.length === 1 ? 'report' : 'reports'} ${numbers.join(', ')}: ${reason}`;
  });
  return [{ what: what(theThread(label)), reason: reasons.join('; ') }];
}
