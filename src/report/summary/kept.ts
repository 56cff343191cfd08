import { shortCommand } from './commands';
import { commonOf, countedKind, othersOf } from '../kept-alive';
import type { IsolateThread } from '../model';
import { OPEN_KINDS, type OpenGroup, type OpenKind, type OpenThings } from '../open';
import { durations } from '../open-text';
import { functionInBrackets, isOfApplication } from './open-function';
import type { Naming } from './place';
import { grouped } from './spin';

const MAX_KINDS = 3;
/** Groups of one kind that are named. */
const MAX_NAMED = 2;

/** Things of one kind that keep a thread alive, the most telling group first. */
interface Keeper {
  readonly kind: OpenKind;
  readonly groups: readonly OpenGroup[];
  /** Smaller for what answers the question better. */
  readonly rank: number;
}

/**
 * `http server on 0.0.0.0:3000 and 1 interval of 10 min (refresh, cache.js:12)`: why an idle thread does not end. Null when
 * nothing is known to keep it alive, and when what is listed may be over, since the thread ran while its heap was read.
 */
export function describeKeepers({ open }: IsolateThread, naming: Naming): string | null {
  if (open.status === 'unavailable' || !isCertain(open)) return null;
  const keepers = keepersOf(open, naming);
  const all = [...keepers.map((keeper) => describeKeeper(keeper, naming)), ...othersOf(open.loop)];
  if (all.length === 0) all.push(...commonOf(open.loop));
  if (all.length === 0) return null;
  const shown = all.slice(0, MAX_KINDS);
  const more = all.length - shown.length;
  if (more > 0) shown.push(`${more} more ${more === 1 ? 'kind' : 'kinds'} of things`);
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** Kinds of which each has a handle of libuv of its own. */
const WITH_HANDLE: ReadonlySet<OpenKind> = new Set([
  'server',
  'standard-stream',
  'connection',
  'pipe',
  'udp-socket',
  'child-process',
  'watcher',
  'broadcast-channel',
  'message-port',
]);

/** The loop counts what is active itself. What was closed meanwhile would make the list longer than that. */
function isCertain({ groups, heapRead, loop }: OpenThings): boolean {
  if (heapRead !== 'running') return true;
  if (loop.status === 'unavailable') return false;
  const alive = (isCounted: (kind: OpenKind) => boolean): number =>
    groups.reduce((sum, { kind, keepAlive }) => sum + (isCounted(kind) ? keepAlive : 0), 0);
  // All timers share one handle, and so do all immediates.
  const shared = ['timer', 'immediate'].filter((kind) => alive((each) => each === kind) > 0).length;
  const isRequested = alive((kind) => kind === 'operation') <= loop.activeRequests;
  return isRequested && alive((kind) => WITH_HANDLE.has(kind)) + shared <= loop.refedHandles;
}

function keepersOf({ groups }: OpenThings, naming: Naming): readonly Keeper[] {
  const listens = groups.some(({ kind, keepAlive }) => kind === 'server' && keepAlive > 0);
  // The connections of a server that listens add nothing to it.
  const keeping = groups.filter(
    ({ keepAlive, details }) => keepAlive > 0 && !(listens && details['side'] === 'accepted'),
  );
  return OPEN_KINDS.flatMap((kind) => {
    const alike = keeping
      .filter((group) => group.kind === kind)
      .toSorted((a, b) => Number(isOwn(b, naming)) - Number(isOwn(a, naming)) || b.keepAlive - a.keepAlive);
    const [first] = alike;
    if (first === undefined) return [];
    return [{ kind, groups: alike, rank: kind === 'server' ? 0 : isOwn(first, naming) ? 1 : 2 }];
  }).toSorted((a, b) => a.rank - b.rank);
}

function isOwn({ functions }: OpenGroup, naming: Naming): boolean {
  return functions.some((each) => isOfApplication(each, naming));
}

function describeKeeper({ kind, groups }: Keeper, naming: Naming): string {
  const count = groups.reduce((sum, { keepAlive }) => sum + keepAlive, 0);
  const [group] = groups;
  if (kind === 'worker' && count > 1) return `at least 1 of ${countedKind(kind, count)}`;
  if (group !== undefined && groups.length === 1) return describeGroup(group, naming);
  const named = groups.slice(0, MAX_NAMED).map((each) => timesOf(each) + shortText(each, naming));
  if (groups.length > named.length) named.push('...');
  return `${countedKind(kind, count)} (${named.join('; ')})`;
}

function timesOf({ keepAlive }: OpenGroup): string {
  return keepAlive === 1 ? '' : `${keepAlive} x `;
}

/** All things of a group, whether they keep the thread alive or not: `199,993 timers of 10 min (expire, app.js:11)`. */
export function describeAll(group: OpenGroup, naming: Naming): string {
  return describeGroup({ ...group, keepAlive: group.count }, naming);
}

/** `1 interval of 10 min (refresh, cache.js:12)`, `2 TCP connections to 127.0.0.1:6379` */
function describeGroup(group: OpenGroup, naming: Naming): string {
  const { kind, keepAlive, details } = group;
  const plural = keepAlive === 1 ? '' : 's';
  if (kind === 'timer') {
    const noun = details['repeats'] === 'yes' ? 'interval' : 'timer';
    const { timerMs } = group.numbers;
    const length = timerMs === undefined ? '' : ` of ${durations(timerMs)}`;
    return `${grouped(keepAlive)} ${noun}${plural}${length}${inBrackets(functionsText(group, naming))}`;
  }
  if (kind === 'connection') {
    return `${grouped(keepAlive)} ${protocolOf(group)} connection${plural}${direction(group)}`;
  }
  if (kind === 'server' || kind === 'standard-stream') return timesOf(group) + shortText(group, naming);
  if (kind === 'broadcast-channel' && keepAlive === 1) return group.text;
  // Without the file that it runs.
  if (kind === 'worker' && keepAlive === 1)
    return /^worker \d+(?: "[^"]*")?/.exec(group.text)?.[0] ?? group.text;
  if (kind === 'child-process' && keepAlive === 1) return `child process ${shortText(group, naming)}`;
  const text = shortText(group, naming);
  if (kind === 'pipe') return timesOf(group) + group.text;
  // `1 UDP socket on 0.0.0.0:53`
  return countedKind(kind, keepAlive) + (kind === 'udp-socket' ? ` ${text}` : inBrackets(text));
}

/** What a thing is, where its kind is named already. */
function shortText(group: OpenGroup, naming: Naming): string {
  const { kind, text } = group;
  switch (kind) {
    case 'timer':
    case 'immediate':
      return functionsText(group, naming) || text;
    case 'connection':
      return protocolOf(group) + direction(group);
    case 'child-process':
      return childText(group);
    case 'standard-stream':
      return text.replace(/ (?:->|<-) (.*)$/, ' ($1)');
    case 'operation':
      return [text, functionsText(group, naming)].filter((part) => part !== '').join(', ');
    case 'udp-socket':
      return text.replace(/^UDP,? /, '');
    // Their names say no more than their kind.
    case 'message-port':
      return '';
    default:
      return text.replace(/^(?:BroadcastChannel|worker|pipe or local socket) ?/, '');
  }
}

function childText({ text, details: { pid = '', command = text, clusterWorker } }: OpenGroup): string {
  if (clusterWorker !== undefined) return `${pid} (cluster worker ${clusterWorker})`;
  return `${pid} (${shortCommand(command.split(' '))})`.trim();
}

function functionsText({ functions }: OpenGroup, naming: Naming): string {
  return functions.map((each) => functionInBrackets(each, naming)).join(' and ');
}

function inBrackets(text: string): string {
  return text === '' ? '' : ` (${text})`;
}

function protocolOf({ text }: OpenGroup): string {
  return text.startsWith('TLS') ? 'TLS' : 'TCP';
}

/** ` to 127.0.0.1:6379`, ` from 10.0.0.9`; empty where the peer is not known. */
function direction({ details: { side, peer, host } }: OpenGroup): string {
  if (peer === undefined) return host === undefined ? '' : ` to ${host}`;
  return side === 'accepted' ? ` from ${peer}` : ` to ${peer}`;
}
