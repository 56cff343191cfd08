import { counted } from '../async-frames';
import type { IsolateThread } from '../model';
import type { OpenGroup } from '../open';
import { bytesText } from '../open-text';
import { describeAll } from './kept';
import type { Naming } from './place';
import { isolateLabel } from './states';

/** More than a pipe holds. */
const MUCH_QUEUED = 65_536;

/** So many things that are alike are rarely meant. */
const MANY = 10_000;

/** Output that nobody takes, servers that cannot end, and piles: facts that explain why a process does not go on. */
export function describeStuckThings(isolate: IsolateThread, naming: Naming): readonly string[] {
  const { open } = isolate;
  if (open.status === 'unavailable') return [];
  const label = isolateLabel(isolate);
  return open.groups.flatMap((group) => {
    const text = describeQueue(group) ?? describeClosedServer(group) ?? describePile(group, naming);
    return text === null ? [] : [`${label}: ${text}.`];
  });
}

function describeQueue({ kind, details, numbers }: OpenGroup): string | null {
  const queued = numbers.queuedBytes?.sum ?? 0;
  const { output, target } = details;
  const isOutput = kind === 'standard-stream' || output !== undefined;
  if (!isOutput || queued < MUCH_QUEUED) return null;
  if (output !== undefined)
    return `${output} has ${bytesText(queued)} not yet written to ${target ?? 'its file'}`;
  return `${details['stream'] ?? 'a standard stream'} has ${bytesText(queued)} of output queued, not yet read`;
}

function describeClosedServer({ kind, count, details, numbers }: OpenGroup): string | null {
  const connections = numbers.connections?.sum ?? 0;
  if (kind !== 'closed-server' || connections === 0) return null;
  const { server = 'server', local } = details;
  const who =
    count === 1 ? `the ${server}${local === undefined ? '' : ` on ${local}`}` : counted(count, server);
  const has = count === 1 ? 'was closed, but still has' : 'were closed, but still have';
  return `${who} ${has} ${counted(connections, 'connection')}`;
}

/** `199,993 timers of 10 min (expire, app.js:11) are scheduled`. Open server requests have a sentence of their own. */
function describePile(group: OpenGroup, naming: Naming): string | null {
  if (group.count < MANY || group.kind === 'server-request') return null;
  const isScheduled = group.kind === 'timer' || group.kind === 'immediate';
  return `${describeAll(group, naming)} are ${isScheduled ? 'scheduled' : 'open'}`;
}
