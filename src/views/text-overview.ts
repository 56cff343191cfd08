import { formatDuration, formatMegabytes } from '../report/duration';
import { areKnown } from '../report/facts';
import type { Photograph, ProcessFacts, Trigger } from '../report/model';
import { boundedName, clip, escapeInline, escapeMessage } from '../escape';
import { firstLine, summarize } from '../report/summary/index';
import { guarded, type Line } from './layout';
import type { Surroundings } from './surroundings';

const MAX_ARGUMENT_LENGTH = 1000;
const MAX_SENTENCE_LENGTH = 1000;

/** Under the first banner: what is going on, then which report of which process this is. */
export function renderOverview(photograph: Photograph): readonly Line[] {
  const { facts } = photograph;
  const rss = photograph.rssBytes === null ? 'unknown' : formatMegabytes(photograph.rssBytes);
  const rows: readonly (readonly [string, string])[] = [
    ['report', photograph.reportId],
    ['time', isoTime(photograph.requestedAtMs)],
    ['trigger', describeTrigger(photograph.trigger)],
    ['duration', describeDuration(photograph)],
    ['service', areKnown(facts) ? boundedName(facts.serviceName) : notAvailable(facts.reason)],
    ['host', areKnown(facts) ? facts.host : notAvailable(facts.reason)],
    ['process', `pid ${photograph.pid}, parent ${photograph.ppid}, resident memory ${rss}`],
  ];
  return [
    ...guarded(() => renderSummary(photograph)),
    '',
    ...rows.map(([name, text]) => `${`${name}:`.padEnd(10)}${escapeInline(text)}`),
    ...renderError(photograph.trigger),
  ];
}

function renderSummary(photograph: Photograph): readonly string[] {
  return summarize(photograph).map((sentence) => escapeInline(clip(sentence, MAX_SENTENCE_LENGTH)));
}

/** A fatal error whole, as Node prints it. */
function renderError(trigger: Trigger): readonly string[] {
  if (trigger.kind !== 'fatal' || !trigger.error.includes('\n')) return [];
  return ['', ...escapeMessage(trigger.error)];
}

/** Package: what exactly is running here. */
export function renderPackage(photograph: Photograph, around: Surroundings): readonly string[] {
  const { facts } = photograph;
  if (!areKnown(facts)) return [escapeInline(notAvailable(facts.reason))];
  const { versions } = facts;
  const rows: [string, string][] = [
    ['product', facts.package.product],
    ['version', facts.package.version],
    ['vendor', facts.package.vendor ?? '(not given)'],
  ];
  rows.push(...Object.entries(facts.deployment));
  if (around.gitCommit !== null) rows.push(['git commit', describeCommit(around.gitCommit)]);
  rows.push(
    ['node', `${versions['node'] ?? '?'} (modules ${versions['modules'] ?? '?'})`],
    ['v8', versions['v8'] ?? '?'],
    ['uv', versions['uv'] ?? '?'],
    ['gmr-native', facts.gmrVersion],
    ['platform', `${facts.platform} ${facts.arch}`],
    ['executable', facts.execPath],
    ['argv', describeArguments(facts.argv)],
    ['main script', facts.mainScript ?? '(none)'],
    ['cwd', facts.cwd],
    ['uptime', describeUptime(photograph, facts)],
  );
  return rows.map(([name, text]) => `${escapeInline(name)} = ${escapeInline(text)}`);
}

/** Command-line arguments on one line; those with blanks or quotes in JSON's quotes. Empty: `(none)`. */
export function describeArguments(args: readonly string[]): string {
  if (args.length === 0) return '(none)';
  return args
    .map((argument) => clip(argument, MAX_ARGUMENT_LENGTH))
    .map((argument) => (needsQuotes(argument) ? JSON.stringify(argument) : argument))
    .join(' ');
}

/** The one wording for everything that could not be found out. */
export function notAvailable(reason: string): string {
  // Some reasons say it themselves.
  return reason.startsWith('not available') ? reason : `not available: ${reason}`;
}

function needsQuotes(argument: string): boolean {
  return argument === '' || argument.includes(' ') || argument.includes('"');
}

function describeTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'api':
      return 'api';
    case 'file':
      return `file ${trigger.path}`;
    case 'fatal':
      return `fatal error: ${firstLine(trigger.error)}`;
    case 'watchdog':
      return `watchdog: the event loop of ${describeWatched(trigger)} has not turned for ${formatDuration(trigger.blockedMs)}`;
    case 'signal': {
      const unseen = ' (the kernel, or a process outside this pid namespace)';
      const sender = `pid ${trigger.senderPid}${trigger.senderPid === 0 ? unseen : ''} uid ${trigger.senderUid}`;
      const more = trigger.coalesced > 1 ? `; this report answers ${trigger.coalesced} signals` : '';
      const command = trigger.fromGmrTrigger ? 'gmr trigger, ' : '';
      return `${trigger.signal} from ${command}${sender}${more}`;
    }
  }
}

function describeWatched({ threadId, threadName }: Extract<Trigger, { readonly kind: 'watchdog' }>): string {
  if (threadId === 0) return 'the main thread';
  return threadName === '' ? `worker ${threadId}` : `worker ${threadId} (${boundedName(threadName)})`;
}

function describeDuration({ stacksAfterMs, completeAfterMs }: Photograph): string {
  return `stacks after ${formatDuration(stacksAfterMs)}, all data after ${formatDuration(completeAfterMs)}`;
}

function describeCommit({ commit, branch }: { commit: string; branch: string | null }): string {
  return branch === null ? commit : `${commit} (${branch})`;
}

function describeUptime({ requestedAtMs }: Photograph, { startedAtMs }: ProcessFacts): string {
  return `${formatDuration(requestedAtMs - startedAtMs)} (since ${isoTime(startedAtMs)})`;
}

/**
 * Formats a time like `toISOString`, which throws for times outside the calendar and, like other methods of `Date` (in
 * Node 26, all of them), reads the time zone file with system calls that a seccomp filter may forbid.
 */
function isoTime(ms: number): string {
  if (!(Math.abs(ms) <= MAX_TIME_MS)) return 'unknown';
  const whole = Math.floor(ms);
  const days = Math.floor(whole / MS_PER_DAY);
  const inDay = whole - days * MS_PER_DAY;
  const parts = [
    Math.floor(inDay / 3_600_000),
    Math.floor(inDay / 60_000) % 60,
    Math.floor(inDay / 1000) % 60,
  ];
  const time = parts.map((part) => padded(part, 2)).join(':');
  return `${isoDay(days)}T${time}.${padded(inDay % 1000, 3)}Z`;
}

/** Converts days since 1970 to a Gregorian date, counting in eras of 400 years that begin with March. */
function isoDay(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

const MS_PER_DAY = 86_400_000;
/** The range of times that `Date` supports. */
const MAX_TIME_MS = 8.64e15;

function padded(part: number, digits: number): string {
  return String(part).padStart(digits, '0');
}
