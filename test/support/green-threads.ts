import assert from 'node:assert/strict';
import { sectionOf } from './report-text';

/** One function of a printed chain. */
export interface PrintedFrame {
  /** As printed, without `async` or `callback`: `Server.handler`, `in createOrder`; empty when anonymous. */
  readonly name: string;
  readonly isCallback: boolean;
  /** `file:line:column` */
  readonly place: string;
  /** How the next one waits for it; null: through await. */
  readonly via: string | null;
  readonly otherCallers: number;
  readonly inCycle: boolean;
}

export interface PrintedGroup {
  readonly count: number;
  /** Whether it is printed as `3 callbacks` instead of `3 green threads`. */
  readonly isCallback: boolean;
  readonly deadlock: boolean;
  readonly waitsFor: string | null;
  /** The holders of what it waits for: `held by transfer (/srv/app.js:9:3), which waits for ...`; null: none are named. */
  readonly heldBy: string | null;
  /** What an AsyncLocalStorage held; null when nothing is told of it. */
  readonly context: string | null;
  readonly frames: readonly PrintedFrame[];
  readonly cutCount: number;
}

/** The Green Threads of one thread, as a reader of the report has them. */
export interface PrintedGreenThreads {
  readonly suspended: number;
  readonly callbacks: number;
  readonly threads: number;
  readonly groupCount: number;
  /** As `heapRead` of the model. */
  readonly heapRead: 'at-rest' | 'running' | 'paused';
  readonly costMs: number;
  readonly groups: readonly PrintedGroup[];
  /** All of its text. */
  readonly text: string;
}

const COUNTS =
  /^ {2}(?:at least )?(\d+) suspended async functions?, (?:(\d+) waiting callbacks?, )?(\d+) green threads?, (\d+) groups?$/m;
const GROUP =
  /^ {2}(DEADLOCK: )?(\d+) (green threads?|callbacks?)(?: waiting for (.*?)(?: \(seen in (?:one|\d+) of them\))?|: functions wait .*)?$/;
const FRAME =
  /^ {4}(async\*?|callback) (.+) \((.+:\d+:\d+|\[eval\]|<no file>)(?:, start of the function)?(?:, position in generated code: [^)]+)?\)(?: \[eval\])?( <- in the cycle)?$/;

/** Text of one thread's part of the section; `label` as in its head, for example `main`. */
export function greenText(report: string, label: string): string {
  const section = sectionOf(report, 'Green Threads');
  const parts = section.split(/^------ +(.*?) +------$/m);
  const at = parts.indexOf(label);
  assert.ok(at > 0, `no part '${label}' in\n${section}`);
  return parts[at + 1] ?? '';
}

export function greenThreadsOf(report: string, label = 'main'): PrintedGreenThreads {
  const text = greenText(report, label);
  const counts = COUNTS.exec(text);
  assert.ok(counts !== null, `no counts in\n${text}`);
  const cost = /read from [\d.]+ MB of heap in ([\d.]+) (ms|s)/.exec(text);
  assert.ok(cost !== null, `no cost in\n${text}`);
  return {
    suspended: Number(counts[1]),
    callbacks: Number(counts[2] ?? 0),
    threads: Number(counts[3]),
    groupCount: Number(counts[4]),
    heapRead: text.includes(', without pausing the thread)')
      ? 'at-rest'
      : text.includes(' while the thread ran: ')
        ? 'running'
        : 'paused',
    costMs: Number(cost[1]) * (cost[2] === 's' ? 1000 : 1),
    groups: readGroups(text),
    text,
  };
}

interface OpenGroup {
  count: number;
  isCallback: boolean;
  deadlock: boolean;
  waitsFor: string | null;
  heldBy: string | null;
  context: string | null;
  frames: {
    name: string;
    isCallback: boolean;
    place: string;
    via: string | null;
    otherCallers: number;
    inCycle: boolean;
  }[];
  cutCount: number;
}

function readGroups(text: string): PrintedGroup[] {
  const groups: OpenGroup[] = [];
  for (const line of text.split('\n')) {
    const group = GROUP.exec(line);
    if (group !== null) {
      const [, deadlock, count, noun = '', waitsFor = null] = group;
      groups.push({
        count: Number(count),
        isCallback: noun.startsWith('callback'),
        deadlock: deadlock !== undefined,
        waitsFor,
        heldBy: null,
        context: null,
        frames: [],
        cutCount: 0,
      });
      continue;
    }
    const open = groups.at(-1);
    if (open !== undefined) readInto(open, line);
  }
  return groups;
}

function readInto(group: OpenGroup, line: string): void {
  const found = FRAME.exec(line);
  if (found !== null) {
    const [, kind, printed = '', place = '', cycle] = found;
    const name = printed.replace(/\(anonymous\)(?: in \S+)?/, '');
    const isCallback = kind === 'callback';
    group.frames.push({ name, isCallback, place, via: null, otherCallers: 0, inCycle: cycle !== undefined });
    return;
  }
  group.heldBy ??=
    /^ {4}((?:both |all \d+ |\d+ of \d+ )?(?:probably )?held(?: by |: ).*)$/.exec(line)?.[1] ?? null;
  group.context ??= /^ {4}context: (.*)$/.exec(line)?.[1] ?? null;
  const frame = group.frames.at(-1);
  const via = /^ {6}via (.*)$/.exec(line)?.[1];
  if (frame !== undefined && via !== undefined) {
    frame.via = via.replace('a promise that was resolved with this one', 'resolve');
  }
  const others = /^ {8}\((\d+) other functions? waits? for it too\)$/.exec(line)?.[1];
  if (frame !== undefined && others !== undefined) frame.otherCallers = Number(others);
  group.cutCount += Number(/^ {4}\.\.\. (\d+) functions? omitted \.\.\.$/.exec(line)?.[1] ?? 0);
}
