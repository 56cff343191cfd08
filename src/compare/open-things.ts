import { OPEN_KINDS, type OpenGroup, type OpenThings } from '../report/open';
import { countedKind } from '../report/kept-alive';
import type { Naming } from '../report/summary/place';
import { functionInBrackets } from '../report/summary/open-function';
import { alikeKey } from './alike';
import { comparedFrame } from './frames';
import type { ComparedOpen, NotCompared, Reading } from './model';
import { changeOf, UNKNOWN } from './series';
import { missingPart, type ThreadOverTime } from './scene';

/** What one thread has open, over all reports. */
export interface OpenOverTime {
  readonly rows: readonly ComparedOpen[];
  readonly notCompared: readonly NotCompared[];
}

/** The kinds first, each with its groups behind it. */
export function compareOpen(thread: ThreadOverTime, naming: Naming): OpenOverTime {
  const { label, isolates } = thread;
  const known = isolates.map((isolate) => (isolate?.open.status === 'known' ? isolate.open : null));
  const kinds = new Set(known.flatMap((open) => open?.groups.map(({ kind }) => kind) ?? []));
  const rows = [...kinds].flatMap((kind) => {
    const ofKind = known.map((open) => open?.groups.filter((group) => group.kind === kind) ?? []);
    const counts = known.map((open, index) => countOf(open, ofKind[index] ?? []));
    const all: ComparedOpen = {
      thread: label,
      kind,
      text: null,
      description: null,
      functions: [],
      counts,
      change: changeOf(counts),
    };
    return [all, ...groupRows(label, known, ofKind, naming)];
  });
  return {
    rows,
    notCompared: missingPart(
      thread,
      (name) => `what ${name} has open`,
      ({ open }) => open,
    ),
  };
}

function groupRows(
  thread: string,
  known: readonly (OpenThings | null)[],
  ofKind: readonly (readonly OpenGroup[])[],
  naming: Naming,
): readonly ComparedOpen[] {
  const rows = new Map<string, OpenGroup[][]>();
  for (const [index, groups] of ofKind.entries()) {
    for (const group of groups) {
      const key = groupKey(group);
      const row = rows.get(key) ?? known.map(() => []);
      row[index]?.push(group);
      rows.set(key, row);
    }
  }
  return [...rows.values()].flatMap((row) => {
    const [sample] = row.findLast((groups) => groups.length > 0) ?? [];
    if (sample === undefined) return [];
    const counts = known.map((open, index) => countOf(open, row[index] ?? []));
    const { kind, text, functions } = sample;
    return [
      {
        thread,
        kind,
        text,
        description: describe(sample, naming),
        functions: functions.map(comparedFrame),
        counts,
        change: changeOf(counts),
      },
    ];
  });
}

/** `interval of 10 s (refresh, cache.js:12)` */
function describe({ text, functions }: OpenGroup, naming: Naming): string {
  const named = functions.map((each) => functionInBrackets(each, naming));
  return named.length === 0 ? text : `${text} (${named.join(' and ')})`;
}

function groupKey({ text, functions }: OpenGroup): string {
  const places = functions.map(
    ({ functionName, file, line }) => `${functionName} ${file ?? ''}:${line ?? ''}`,
  );
  return [alikeKey(text), ...places].join('\0');
}

function countOf(open: OpenThings | null, groups: readonly OpenGroup[]): Reading {
  if (open === null) return UNKNOWN;
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const isWhole = open.partial === null && open.groupsLeftOut === 0;
  return count === 0 && !isWhole ? UNKNOWN : { count, atLeast: !isWhole };
}

/** `server requests`: the kind for more than one. */
export function kindName({ kind }: ComparedOpen): string {
  const known = OPEN_KINDS.find((each) => each === kind);
  return known === undefined ? kind : countedKind(known, 2).slice('2 '.length);
}
