import { clip, escapeInline } from '../../escape';
import { formatDuration, formatMegabytes, isoTime } from '../../report/duration';
import { isOwnThread } from '../../report/thread-roles';
import { head, printed, type Line } from '../../views/layout';
import type { Change, Comparison, ComparedThread } from '../model';
import { asReadings } from '../series';
import { limited, limitedTable, seriesCell, table } from './table';

const MAX_SENTENCE = 1000;
const MAX_VERDICT = 30;

/** The verdict first, one line each, then what it follows from. */
export function renderComparison(comparison: Comparison): string {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['Reports', reportLines(comparison)],
    ['Threads', threadLines(comparison)],
    ['Where they were', placeLines(comparison)],
    ['Threads without JavaScript', otherThreadLines(comparison)],
    ['Suspended functions', suspendedLines(comparison)],
    ['Pools and locks', resourceLines(comparison)],
    ['What is open', openLines(comparison)],
    ['Heap by class', classLines(comparison)],
  ];
  const lines = [...verdictLines(comparison)];
  for (const [title, content] of parts) {
    if (content.length === 0) continue;
    lines.push('', printed(head(title)));
    for (const line of content) lines.push(printed(line satisfies Line));
  }
  return `${lines.join('\n')}\n`;
}

function verdictLines({ verdict }: Comparison): readonly string[] {
  return limited(
    verdict.map(({ text }) => escapeInline(clip(text, MAX_SENTENCE))),
    MAX_VERDICT,
  );
}

function reportLines({ reports, sameProcess }: Comparison): readonly string[] {
  const [process] = reports;
  const rows = reports.map(({ requestedAtMs, afterMs, trigger, origin, process: { pid, host } }, index) => [
    String(index + 1),
    isoTime(requestedAtMs),
    `+${formatDuration(afterMs)}`,
    trigger,
    ...(sameProcess ? [] : [`${pid} on ${host ?? '?'}`]),
    origin,
  ]);
  const titles = ['#', 'time', 'after', 'trigger', ...(sameProcess ? [] : ['process']), 'report'];
  if (!sameProcess || process === undefined) return table(titles, rows);
  const { pid, host, serviceName, startedAtMs } = process.process;
  const started = startedAtMs === null ? '' : `, started ${isoTime(startedAtMs)}`;
  const who = `${serviceName ?? 'unknown service'}, pid ${pid}${host === null ? '' : ` on ${host}`}${started}`;
  return [escapeInline(clip(who, MAX_SENTENCE)), ...table(titles, rows)];
}

const FINDING_WORDS: Readonly<Record<ComparedThread['finding'], string>> = {
  stuck: 'stuck',
  'was-stuck': 'was stuck',
  'same-stack': 'same stack',
  spinning: 'spinning',
  busy: 'busy, moved',
  working: 'moved',
  idle: 'idle',
  waiting: 'Atomics.wait',
  unknown: 'unknown',
};

/** Between two reports: columns have one kind of thing, so CPU and event loop have a table each. */
function threadLines({ threads, reports }: Comparison): readonly string[] {
  if (threads.length === 0) return [];
  const between = reports.slice(1).map((_, index) => `${index + 1} to ${index + 2}`);
  const cpu = threads.map(({ label, finding, cpuPercent }) => [
    label,
    FINDING_WORDS[finding] ?? 'unknown',
    ...cpuPercent.map((percent) => (percent === null ? '?' : `${percent} %`)),
  ]);
  const loop = threads.map((thread) => [thread.label, ...thread.loop.map((word) => word.replace('-', ' '))]);
  return [
    ...limitedTable(['thread', 'finding', ...between.map((interval) => `CPU ${interval}`)], cpu),
    '',
    ...limitedTable(['thread', ...between.map((interval) => `event loop ${interval}`)], loop),
  ];
}

const MAX_PLACES = 30;

function placeLines({ threads }: Comparison): readonly string[] {
  const lines = threads
    .filter(({ finding }) => finding !== 'idle' && finding !== 'waiting')
    .flatMap(({ label, descriptions }) =>
      descriptions.flatMap((text, index) =>
        text === null ? [] : [escapeInline(clip(`${label}, report ${index + 1}: ${text}`, MAX_SENTENCE))],
      ),
    );
  return limited(lines, MAX_PLACES);
}

function otherThreadLines({ otherThreads, reports, sameProcess }: Comparison): readonly string[] {
  const notable = otherThreads.filter(
    ({ cpuPercent, sameCall, role }) =>
      !isOwnThread({ name: role }) &&
      (cpuPercent.some((percent) => percent !== null && percent > 0) ||
        (sameCall && role === 'libuv worker')),
  );
  if (!sameProcess || notable.length === 0) return [];
  const rows = notable.map(({ tid, role, cpuPercent, call }) => [
    String(tid),
    role,
    ...cpuPercent.map((percent) => (percent === null ? '?' : `${percent} %`)),
    call ?? '',
  ]);
  const between = reports.slice(1).map((_, index) => `CPU ${index + 1} to ${index + 2}`);
  return limitedTable(['thread', 'role', ...between, 'last system call'], rows);
}

/** What changed first. */
const ORDER: readonly Change[] = ['growing', 'new', 'varying', 'shrinking', 'gone', 'same', 'unknown'];

function byChange(a: { readonly change: Change }, b: { readonly change: Change }): number {
  return ORDER.indexOf(a.change) - ORDER.indexOf(b.change);
}

/** Between reports of different processes, nothing grows. */
function changeWord(change: Change, { sameProcess }: Comparison): string {
  if (sameProcess || change === 'same' || change === 'unknown') return change;
  return 'differs';
}

function suspendedLines(comparison: Comparison): readonly string[] {
  const all = comparison.suspended.toSorted(byChange);
  if (all.length === 0) return [];
  const isTimeKnown = all.some(({ waitedAtLeastMs }) => waitedAtLeastMs !== null);
  const rows = all.map(({ change, counts, thread, text, kind, waitedAtLeastMs }) => [
    changeWord(change, comparison),
    seriesCell(counts),
    ...(isTimeKnown ? [waitedAtLeastMs === null ? 'not known' : formatDuration(waitedAtLeastMs)] : []),
    thread,
    kind === 'callback' ? `callback ${text}` : text,
  ]);
  const time = isTimeKnown ? ['waited at least'] : [];
  return limitedTable(['change', 'number', ...time, 'thread', 'where'], rows);
}

function resourceLines(comparison: Comparison): readonly string[] {
  const { resources } = comparison;
  if (resources.length === 0) return [];
  const rows = resources.map(({ name, inUse, limit, waiting, thread }) => [
    name,
    seriesCell(asReadings(inUse)),
    seriesCell(asReadings(limit)),
    seriesCell(asReadings(waiting)),
    thread,
  ]);
  const held = resources
    .filter(({ heldBy }) => heldBy !== '')
    .map(({ name, heldBy }) => escapeInline(clip(`${name}: ${heldBy}`, MAX_SENTENCE)));
  return [...limitedTable(['name', 'in use', 'limit', 'waiting', 'thread'], rows), ...held];
}

function openLines(comparison: Comparison): readonly string[] {
  const changed = comparison.open.filter(({ change }) => change !== 'same').toSorted(byChange);
  if (changed.length === 0) return [];
  const rows = changed.map(({ change, counts, thread, kind, description }) => [
    changeWord(change, comparison),
    seriesCell(counts),
    thread,
    kind,
    description ?? '(all of this kind)',
  ]);
  return limitedTable(['change', 'number', 'thread', 'kind', 'what'], rows);
}

function classLines(comparison: Comparison): readonly string[] {
  const changed = comparison.heapClasses.filter(({ change }) => change === 'growing');
  if (changed.length === 0) return [];
  const rows = changed.map(({ objects, bytes, thread, name, file }) => [
    seriesCell(asReadings(bytes), formatMegabytes),
    seriesCell(asReadings(objects)),
    thread,
    file === '' ? name : `${name} (${file})`,
  ]);
  return limitedTable(['bytes', 'objects', 'thread', 'class'], rows);
}
