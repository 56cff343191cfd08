import { counted } from '../report/async-frames';
import { isoTime } from '../report/duration';
import { compareClasses } from './heap';
import { identityOf, isSameProcess } from './identity';
import type { ComparedReport, Comparison, Finding, NotCompared } from './model';
import { compareOpen } from './open-things';
import { compareOtherThreads } from './other-threads';
import { comparePools } from './pools';
import {
  areOfOneProcess,
  clockOf,
  isFatal,
  makeScene,
  threadsOf,
  type NamedReport,
  type Scene,
  type ThreadOverTime,
} from './scene';
import { compareSuspended } from './suspended';
import { compareThread } from './threads';
import {
  busyFindings,
  calmMain,
  fatalFindings,
  heapFindings,
  otherThreadFindings,
  sameStackFindings,
  spinningFindings,
  stuckFindings,
  threadChanges,
  wasStuckFindings,
} from './verdict';
import { deadlockFindings, exhaustedFindings, growingFindings, openFindings } from './waiting-findings';

export type { NamedReport } from './scene';

/**
 * Compares two or more reports, in whatever order they are given. Reports of different processes are compared as far as
 * that makes sense: nothing is then said about threads, or about time.
 */
export function compareReports(reports: readonly NamedReport[]): Comparison {
  const scene = makeScene(reports);
  // The first time notes which files are named, so that the second time can tell files of the same name apart.
  compose(scene);
  return compose(scene);
}

function compose(scene: Scene): Comparison {
  const reports = describeReports(scene);
  const sameProcess = areOfOneProcess(scene.reports);
  const threads = threadsOf(scene);
  const compared = sameProcess ? threads.map((thread) => compareThread(thread, scene)) : [];
  // Of different processes, only the main threads have something in common.
  const comparable = sameProcess
    ? threads
    : threads.filter(({ isolates }) => isolates.some((each) => each?.kind === 'main'));
  const parts = compareParts(comparable, scene);
  const all = { scene, threads, sameProcess, reports, compared, parts };
  return {
    comparisonVersion: 1,
    reports,
    sameProcess,
    verdict: sameProcess ? judge(all) : judgeDifferent(all),
    threads: compared,
    otherThreads: parts.otherThreads,
    suspended: parts.suspended.flatMap(({ chains }) => chains.map(withoutInner)),
    resources: parts.resources,
    open: parts.open.flatMap(({ rows }) => rows),
    heapClasses: parts.classes.flatMap(({ rows }) => rows),
    notCompared: parts.notCompared,
  };
}

function describeReports({ reports }: Scene): readonly ComparedReport[] {
  const timeOf = clockOf(reports);
  const [first] = reports;
  const start = first === undefined ? 0 : timeOf(first);
  return reports.map((report) => {
    const { reportId, requestedAtMs, trigger } = report.photograph;
    return {
      origin: report.origin,
      reportId,
      requestedAtMs,
      afterMs: timeOf(report) - start,
      trigger: trigger.kind,
      process: identityOf(report.photograph),
    };
  });
}

type Row = ReturnType<typeof compareSuspended>['chains'][number];

function withoutInner({ isOwn: _own, group: _group, ...row }: Row): Comparison['suspended'][number] {
  return row;
}

interface Parts {
  readonly otherThreads: Comparison['otherThreads'];
  readonly suspended: readonly ReturnType<typeof compareSuspended>[];
  readonly resources: Comparison['resources'];
  readonly open: readonly ReturnType<typeof compareOpen>[];
  readonly classes: readonly ReturnType<typeof compareClasses>[];
  readonly notCompared: readonly NotCompared[];
}

function compareParts(threads: readonly ThreadOverTime[], scene: Scene): Parts {
  // A thread that is in one report only has nothing to be compared with.
  const lasting = threads.filter(({ isolates }) => isolates.filter((isolate) => isolate !== null).length > 1);
  const suspended = lasting.map((thread) => compareSuspended(thread, scene.naming));
  const open = lasting.map((thread) => compareOpen(thread, scene.naming));
  const classes = lasting.map(compareClasses);
  return {
    otherThreads: compareOtherThreads(scene),
    suspended,
    resources: lasting.flatMap((thread) => comparePools(thread, scene.naming)),
    open,
    classes,
    notCompared: [...suspended, ...open, ...classes].flatMap(({ notCompared }) => notCompared),
  };
}

interface Found {
  readonly scene: Scene;
  readonly threads: readonly ThreadOverTime[];
  readonly reports: readonly ComparedReport[];
  readonly compared: Comparison['threads'];
  readonly parts: Parts;
}

/** What matters most first. */
function judge({ scene, threads, compared, parts }: Found): readonly Finding[] {
  const of = scene.reports.length;
  const places = parts.suspended.flatMap((each) => each.places);
  const last = scene.reports.at(-1);
  const findings = [
    ...fatalFindings(scene),
    ...stuckFindings(compared, of),
    ...deadlockFindings(places, of),
    ...exhaustedFindings(parts.resources, of),
    ...growingFindings(places, parts.resources),
    ...spinningFindings(threads, compared, scene),
    ...busyFindings(compared),
    ...wasStuckFindings(compared, of),
    ...sameStackFindings(compared, of),
    ...otherThreadFindings(parts.otherThreads, of),
    ...heapFindings(
      last === undefined || isFatal(last) ? [] : last.photograph.isolates,
      compared,
      parts.classes.flatMap(({ rows }) => rows),
    ),
    ...openFindings(parts.open.flatMap(({ rows }) => rows)),
    ...threadChanges(threads),
  ];
  return [
    ...findings.filter(({ kind }) => kind !== 'thread-changes'),
    ...nothing(findings, parts.notCompared),
    ...calmMain(compared, of),
    ...findings.filter(({ kind }) => kind === 'thread-changes'),
    ...notComparedFindings(parts.notCompared),
  ];
}

const PROBLEMS: ReadonlySet<Finding['kind']> = new Set([
  'fatal',
  'stuck',
  'was-stuck',
  'same-stack',
  'deadlock',
  'exhausted',
  'growing',
  'spinning',
  'full-heap',
  'heap-growing',
  'open-growing',
]);

function nothing(findings: readonly Finding[], notCompared: readonly NotCompared[]): readonly Finding[] {
  if (findings.some(({ kind }) => PROBLEMS.has(kind))) return [];
  const text =
    notCompared.length === 0
      ? 'nothing stuck, nothing growing'
      : 'nothing stuck, nothing growing in what could be compared';
  return [{ kind: 'nothing', reports: null, text }];
}

const MAX_NOT_COMPARED = 6;

function notComparedFindings(notCompared: readonly NotCompared[]): readonly Finding[] {
  const shown = notCompared.slice(0, MAX_NOT_COMPARED).map(({ what, reason }) => `${what} (${reason})`);
  const more = notCompared.length - shown.length;
  if (more > 0) shown.push(`${counted(more, 'more part')}; --json lists them`);
  return shown.map((text) => ({ kind: 'not-compared', reports: null, text: `not compared: ${text}` }));
}

function judgeDifferent({ reports, parts }: Found): readonly Finding[] {
  const distinct = reports.filter(
    ({ process }, index) => !reports.slice(0, index).some((other) => isSameProcess(other.process, process)),
  );
  const names = distinct.map(processName);
  const text = `These are reports of ${names.length} different processes: ${names.slice(0, 4).join('; ')}${names.length > 4 ? '; ...' : ''}.`;
  const advice =
    'Their contents are listed side by side; threads and timing are not compared. For many processes, use gmr merge.';
  return [
    { kind: 'different-processes', reports: null, text },
    { kind: 'different-processes', reports: null, text: advice },
    ...notComparedFindings(parts.notCompared),
  ];
}

/** `pid 7 on web-3, started 2026-...` */
function processName({ process: { pid, host, startedAtMs, startTicks } }: ComparedReport): string {
  const on = host === null ? '' : ` on ${host}`;
  const start =
    startedAtMs === null
      ? startTicks === null
        ? ''
        : `, start ${startTicks}`
      : `, started ${isoTime(startedAtMs)}`;
  return `pid ${pid}${on}${start}`;
}
