import { formatDuration, formatMegabytes, isoTime } from '../report/duration';
import { areKnown } from '../report/facts';
import type { GitCommit, Photograph, ProcessFacts, Trigger } from '../report/model';
import { boundedName, clip, escapeInline, escapeMessage } from '../escape';
import { firstLine, summarize } from '../report/summary/index';
import { guarded, type Line } from './layout';

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
export function renderPackage(photograph: Photograph): readonly string[] {
  const { facts, gitCommit } = photograph;
  if (!areKnown(facts)) return [escapeInline(notAvailable(facts.reason))];
  const { versions } = facts;
  const rows: [string, string][] = [
    ['product', facts.package.product],
    ['version', facts.package.version],
    ['vendor', facts.package.vendor ?? '(not given)'],
  ];
  rows.push(...Object.entries(facts.deployment));
  if (gitCommit !== null) rows.push(['git commit', describeCommit(gitCommit)]);
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

function describeCommit({ commit, branch }: GitCommit): string {
  return branch === null ? commit : `${commit} (${branch})`;
}

function describeUptime({ requestedAtMs }: Photograph, { startedAtMs }: ProcessFacts): string {
  return `${formatDuration(requestedAtMs - startedAtMs)} (since ${isoTime(startedAtMs)})`;
}
