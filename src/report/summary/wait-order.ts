import type { GreenThreadGroup } from '../model';
import type { WaitAnswer } from '../waits';

/** Libraries whose waits end in this process: queues, locks, events, and jobs of its own threads. */
const INSIDE: ReadonlySet<string> = new Set([
  'async-lock',
  'async-mutex',
  'generic-pool',
  'knex',
  'node:crypto',
  'node:events',
  'node:stream',
  'node:stream/web',
  'node:worker_threads',
  'node:zlib',
  'p-limit',
  'p-queue',
  'pg-pool',
  'piscina',
  'rxjs',
  'tarn',
]);
/** Who sleeps longer than this does not look for something again and again. */
const LONGEST_PAUSE_MS = 60_000;
const TIMER = /^(?:timer|interval) (\d+) ms/;

/** Whether something outside of this process ends the wait: a request, a query, a child process, a file. */
export function endsOutside({ waits }: GreenThreadGroup): boolean {
  return waits.answers.length > 0 && waits.answers.every((answer) => isOutside(answer));
}

function isOutside({ library, counts, holders }: WaitAnswer): boolean {
  if (library !== null) return counts === null && !INSIDE.has(library);
  const end = holders.find(({ kind }) => kind === 'request');
  return end !== undefined && end.className !== 'Worker' && end.className !== 'MessagePort';
}

/** Whether only a timer ends the wait, and soon: the pause of a loop, as a rule. */
export function isPause({ waits, waitsFor }: GreenThreadGroup): boolean {
  const [, ms] = TIMER.exec(waitsFor ?? '') ?? [];
  return waits.answers.length <= 1 && ms !== undefined && Number(ms) <= LONGEST_PAUSE_MS;
}
