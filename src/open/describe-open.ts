import { clip } from '../escape';
import {
  OPEN_KINDS,
  type NumberRange,
  type OpenFunction,
  type OpenGroup,
  type OpenThings,
} from '../report/open';
import type { Census, CensusGroup } from './base/census';
import { keepsAlive as isKeeping } from './base/handle';
import type { Described, OpenRow, Surroundings } from './base/open-row';
import { withoutInnerPorts } from './inner-ports';
import { withoutInnerSockets } from './inner-sockets';
import { withoutRaw } from './kinds/fastify';
import { OPEN_ROWS } from './kinds/all';

const MAX_TEXT = 300;
/** Groups of one thread that a report keeps: the largest. */
const MAX_GROUPS = 400;

type Group = Omit<OpenGroup, 'id'>;

/** What was found in a heap, in words. `nextId` numbers the groups of all threads. Never throws. */
export function describeOpen(census: Census, around: Surroundings, nextId: () => number): OpenThings {
  const merged = new Map<string, Group>();
  for (const group of withoutRaw(withoutInnerPorts(withoutInnerSockets(runningOnly(census))))) {
    const described = guarded(group, around);
    if (described === null) continue;
    const made = groupOf(described, group.count);
    const key = keyOf(made);
    const same = merged.get(key);
    merged.set(key, same === undefined ? made : joined(same, made));
  }
  const all = [...merged.values()].map((group) => withoutFreeWorker(group, census)).toSorted(compare);
  const shown = new Set(all.toSorted((a, b) => b.count - a.count).slice(0, MAX_GROUPS));
  const left = all.filter((group) => !shown.has(group));
  const { status, heapRead, changed, youngCollected, loop, partial, groupsLeftOut, objectsLeftOut } = census;
  return {
    status,
    heapRead,
    groups: all.filter((group) => shown.has(group)).map((group) => ({ id: nextId(), ...group })),
    groupsLeftOut: groupsLeftOut + left.length,
    thingsLeftOut: objectsLeftOut + left.reduce((sum, { count }) => sum + count, 0),
    changed,
    youngCollected,
    loop,
    partial,
  };
}

/**
 * All workers keep the loop alive by one handle, which has no object in JavaScript. Whether `unref()` was called for
 * one of them is known only if it was called for all: then no such handle is left besides those of ports.
 */
function withoutFreeWorker(group: Group, { groups, loop }: Census): Group {
  if (group.kind !== 'worker' || loop.status === 'unavailable') return group;
  const ports = groups.filter((each) => each.row === 'MessagePort' && isKeeping(each));
  const handles = loop.handlesByType['async']?.refed ?? 0;
  return handles > ports.reduce((sum, { count }) => sum + count, 0) ? group : { ...group, keepAlive: 0 };
}

/** Without the objects of requests that are done. They stay until their callbacks have returned, or are collected. */
function runningOnly({ groups, loop }: Census): readonly CensusGroup[] {
  const isDone = loop.status === 'known' && loop.activeRequests === 0;
  return isDone ? groups.filter(({ row }) => ROWS.get(row)?.isRequest !== true) : groups;
}

const ROWS: ReadonlyMap<string, OpenRow> = new Map(OPEN_ROWS.map((row) => [row.name, row]));

function guarded(group: CensusGroup, around: Surroundings): Described | null {
  try {
    return ROWS.get(group.row)?.describe(group, around) ?? null;
  } catch {
    return null;
  }
}

function groupOf(described: Described, count: number): Group {
  const { kind, text, details = {}, numbers = {}, functions = [], keepsAlive = false } = described;
  return {
    kind,
    count,
    keepAlive: keepsAlive ? count : 0,
    text: clip(text, MAX_TEXT),
    details,
    numbers,
    functions: functions.map(plainFunction),
  };
}

/** Only what the model has, in its order. */
function plainFunction(found: OpenFunction): OpenFunction {
  const { role, functionName, file, line, column, source, original, generated } = found;
  return { role, functionName, file, line, column, source, original, generated };
}

function keyOf({ kind, text, functions, keepAlive }: Group): string {
  const places = functions.map(({ role, functionName, file, line, column }) =>
    [role, functionName, file, line, column].join(':'),
  );
  return [kind, text, keepAlive > 0, ...places].join('\n');
}

/** Groups may differ in what is not shown, such as the query of a URL. */
function joined(a: Group, b: Group): Group {
  const numbers: Record<string, NumberRange> = { ...a.numbers };
  for (const [name, range] of Object.entries(b.numbers) as [string, NumberRange][]) {
    const other = numbers[name];
    numbers[name] =
      other === undefined
        ? range
        : {
            min: Math.min(other.min, range.min),
            max: Math.max(other.max, range.max),
            sum: other.sum + range.sum,
          };
  }
  return {
    ...a,
    count: a.count + b.count,
    keepAlive: a.keepAlive + b.keepAlive,
    numbers,
  };
}

function compare(a: Group, b: Group): number {
  return (
    OPEN_KINDS.indexOf(a.kind) - OPEN_KINDS.indexOf(b.kind) ||
    Number(isOfNode(a)) - Number(isOfNode(b)) ||
    b.count - a.count ||
    (b.numbers.queuedBytes?.sum ?? 0) - (a.numbers.queuedBytes?.sum ?? 0) ||
    Number(a.text > b.text) - Number(a.text < b.text)
  );
}

/** Things that Node keeps for itself, such as the timers of sockets. */
function isOfNode({ functions }: Group): boolean {
  return functions.length > 0 && functions.every(({ file }) => file?.startsWith('node:') === true);
}
