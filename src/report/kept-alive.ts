import { counted } from './async-frames';
import type { OpenGroup, OpenKind, OpenThings } from './open';

/** One of each kind, in a sentence. */
const NOUNS: Readonly<Record<OpenKind, string>> = {
  'server-request': 'server request',
  'outgoing-request': 'outgoing request',
  server: 'server',
  'closed-server': 'closed server',
  'standard-stream': 'standard stream',
  connection: 'connection',
  pipe: 'pipe',
  'udp-socket': 'UDP socket',
  'child-process': 'child process',
  worker: 'worker',
  timer: 'timer',
  immediate: 'immediate',
  operation: 'operation in flight',
  watcher: 'file watcher',
  'broadcast-channel': 'BroadcastChannel',
  'message-port': 'MessagePort',
  other: 'other thing',
};

const PLURALS: Readonly<Partial<Record<OpenKind, string>>> = {
  'child-process': 'child processes',
  operation: 'operations in flight',
  other: 'other things',
};

/** `1 server request`, `3 child processes` */
export function countedKind(kind: OpenKind, count: number): string {
  if (count === 1) return `1 ${NOUNS[kind]}`;
  const plural = PLURALS[kind];
  return plural === undefined ? counted(count, NOUNS[kind]) : `${count} ${plural}`;
}

/** Handles that Node has no objects for: what addons wait for, and signals. */
const OTHER_TYPES: Readonly<Record<string, (count: number) => string>> = {
  poll: (count) => `${counted(count, 'descriptor')} that native code polls`,
  signal: (count) => counted(count, 'signal handler'),
};

/** Handles that Node has for all objects of a kind. The objects change too fast to be read, or are made anew. */
const COMMON_TYPES: Readonly<Record<string, string>> = {
  timer: 'timers that are not listed',
  idle: 'immediates that are not listed',
};

/**
 * `1 server on 127.0.0.1:8080, 3 connections, 2 timers`: what is active and referenced. Empty when nothing keeps the event
 * loop alive; null when that is not known.
 */
export function keptAliveBy({ groups, loop, partial, groupsLeftOut }: OpenThings): string | null {
  const counts = new Map<OpenKind, number>();
  for (const { kind, keepAlive } of groups) {
    if (keepAlive > 0) counts.set(kind, (counts.get(kind) ?? 0) + keepAlive);
  }
  const parts = [...counts].map(([kind, count]) =>
    kind === 'worker' && count > 1
      ? `at least 1 of ${countedKind(kind, count)}`
      : countedKind(kind, count) + addressOf(kind, groups),
  );
  parts.push(...othersOf(loop));
  if (parts.length === 0) parts.push(...commonOf(loop));
  if (parts.length > 0) return parts.join(', ');
  const isCertain =
    loop.status === 'known' && loop.refedHandles === 0 && loop.activeRequests === 0 && partial === null;
  return isCertain && groupsLeftOut === 0 ? '' : null;
}

/** `timers that are not listed`: what keeps the loop alive if nothing else is known to. */
export function commonOf(loop: OpenThings['loop']): readonly string[] {
  if (loop.status === 'unavailable') return [];
  return Object.entries(COMMON_TYPES).flatMap(([type, words]) =>
    (loop.handlesByType[type]?.refed ?? 0) > 0 ? [words] : [],
  );
}

/** The address of the only server. */
function addressOf(kind: OpenKind, groups: readonly OpenGroup[]): string {
  const alike = groups.filter((group) => group.kind === kind && group.keepAlive > 0);
  const [only] = alike;
  if (kind !== 'server' || only === undefined || alike.length > 1 || only.count > 1) return '';
  const { local } = only.details;
  return local === undefined ? '' : ` on ${local}`;
}

/** `2 signal handlers`: handles that have no object in JavaScript. */
export function othersOf(loop: OpenThings['loop']): readonly string[] {
  if (loop.status === 'unavailable') return [];
  return Object.entries(OTHER_TYPES).flatMap(([type, words]) => {
    const count = loop.handlesByType[type]?.refed ?? 0;
    return count > 0 ? [words(count)] : [];
  });
}
