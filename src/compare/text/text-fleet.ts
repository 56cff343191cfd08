import { clip, escapeInline } from '../../escape';
import { counted } from '../../report/async-frames';
import { printed } from '../../views/layout';
import type { Aspect, CountRange, Fleet, FleetClass, FleetMember } from '../fleet/model';

const MAX_SENTENCE = 1000;
const MAX_LISTED = 5;

/** One line for each class, those with fewest processes first, with a file to look at below it. */
export function renderFleet(fleet: Fleet): string {
  const { processes, reports, classes, skipped } = fleet;
  const of =
    reports === processes ? '' : ` (${counted(reports, 'report')}; of each process, the latest counts)`;
  const order = classes.length > 1 ? ', outliers first' : '';
  const lines = [`${countedProcesses(processes)}${of}: ${countedClasses(classes.length, processes)}${order}`];
  for (const each of classes) lines.push('', ...classLines(each, processes));
  if (skipped.length > 0) {
    lines.push('', 'Not read:');
    for (const { origin, reason } of skipped) {
      lines.push(line(reason.includes(origin) ? reason : `${origin}: ${reason}`));
    }
  }
  return `${lines.join('\n')}\n`;
}

function countedProcesses(count: number): string {
  return count === 1 ? '1 process' : `${count} processes`;
}

function countedClasses(count: number, processes: number): string {
  if (processes === 1) return 'nothing to compare it with';
  return count === 1 ? 'all look alike' : `${count} classes of processes that look alike`;
}

function classLines(found: FleetClass, of: number): readonly string[] {
  const sentence = `${found.processes} of ${countedProcesses(of)}: ${found.aspects.map((aspect) => aspectText(aspect, found)).join('; ')}`;
  return [
    escapeInline(clip(sentence, MAX_SENTENCE)),
    line(`look at: ${memberText(found.representative)}`),
    ...(found.processes > 1 ? [line(`also: ${others(found)}`)] : []),
  ];
}

function aspectText({ kind, text, count }: Aspect, found: FleetClass): string {
  if (kind === 'main' && found.mainIdle + found.mainRunning > 0) return freeMain(text, found);
  if (count === null) return text;
  const numbered = `${range(count)} ${count.most === 1 ? singular(text) : text}`;
  switch (kind) {
    case 'pool':
      return withWaiting(text, count);
    case 'deadlock':
      return `DEADLOCK: ${numbered}`;
    default:
      return numbered;
  }
}

/** `pg Pool exhausted, 12 to 90 waiting; most wait in ...`, `async-mutex Mutex locked, 3 waiting` */
function withWaiting(text: string, count: CountRange): string {
  return text.replace(
    /( exhausted| locked)(;|$)/,
    (_, word: string, end: string) => `${word}, ${range(count)} waiting${end}`,
  );
}

function singular(text: string): string {
  return text
    .replace(/^async functions/, 'async function')
    .replace(/^callbacks wait/, 'callback waits')
    .replace(/^workers/, 'worker');
}

/** `main thread idle`, `main thread not blocked (25 idle, 6 running)`; a thread that spins has other words. */
function freeMain(text: string, { mainIdle, mainRunning }: FleetClass): string {
  if (!text.endsWith('not blocked')) return text;
  if (mainRunning === 0) return 'main thread idle';
  return mainIdle === 0 ? 'main thread running' : `${text} (${mainIdle} idle, ${mainRunning} running)`;
}

function range({ least, most }: CountRange): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

function memberText({ origin, process: { pid, host, serviceName } }: FleetMember): string {
  const who = serviceName === null ? '' : `${serviceName}, `;
  return `${origin} (${who}pid ${pid}${host === null ? '' : ` on ${host}`})`;
}

function others({ members, membersLeftOut }: FleetClass): string {
  const shown = members.slice(1, 1 + MAX_LISTED).map(({ origin }) => clip(origin, 200));
  const more = members.length - 1 - shown.length + membersLeftOut;
  return shown.join(', ') + (more > 0 ? `, and ${more} more` : '');
}

function line(text: string): string {
  return printed(escapeInline(clip(text, MAX_SENTENCE)));
}
