import type {
  Frame,
  GreenThreadGroup,
  IsolateThread,
  Photograph,
  SectionOutcome,
  Stack,
  Unavailable,
} from '../report/model';
import { escapeJson } from '../escape';
import { byteLength } from './utf8';

/**
 * The report as one JSON document on one line, as `docs/report-format.md` describes it. What is too long loses parts,
 * the least telling ones first, and says so in their places; it stays a document with the same shape.
 */
export function renderJson(photograph: Photograph, maxBytes: number, reason: string = REASON): string {
  let smaller = photograph;
  let text = toLine(smaller);
  for (const reduce of reductions({ status: 'unavailable', reason })) {
    if (byteLength(text) <= maxBytes) break;
    smaller = reduce(smaller);
    text = toLine(smaller);
  }
  return text;
}

function toLine(photograph: Photograph): string {
  return `${escapeJson(JSON.stringify(photograph))}\n`;
}

const REASON = 'omitted: the report is larger than maxReportBytes';

/** From what is missed least. The last one leaves a report of any process with some thousand bytes for each thread. */
const reductions = (leftOut: Unavailable): readonly ((photograph: Photograph) => Photograph)[] => [
  (all) => ({ ...all, otherThreads: all.otherThreads.map((thread) => ({ ...thread, stack: leftOut })) }),
  (all) => ({ ...all, sections: all.sections.map((section) => withoutValue(section, leftOut)) }),
  (all) => ({
    ...all,
    isolates: all.isolates.map((each) => ({
      ...each,
      stack: withFewFrames(each.stack),
      greenThreads: withFewGroups(each.greenThreads),
      open: withFewThings(each.open),
    })),
  }),
  (all) => ({
    ...all,
    configuration: leftOut,
    processes: leftOut,
    otherThreads: [],
    isolates: all.isolates.map((each) => ({
      ...each,
      greenThreads: withoutGroups(each.greenThreads, leftOut),
      open: each.open.status === 'unavailable' ? each.open : leftOut,
      heapClasses: each.heapClasses.status === 'unavailable' ? each.heapClasses : leftOut,
    })),
  }),
];

function withoutValue({ title, result }: SectionOutcome, leftOut: Unavailable): SectionOutcome {
  return { title, result: result.status === 'ok' ? leftOut : result };
}

const FEW_FRAMES = 10;
const FEW_GROUPS = 10;

function withFewFrames(stack: Stack): Stack {
  if (stack.status !== 'captured') return stack;
  const { frames, cut } = stack;
  if (frames.length <= FEW_FRAMES) return { ...stack, asyncFrames: few(stack.asyncFrames) };
  const count = frames.length - FEW_FRAMES + (cut?.count ?? 0);
  return {
    ...stack,
    frames: few(frames),
    cut: { afterIndex: FEW_FRAMES - 1, count, atLeast: cut?.atLeast ?? false },
    asyncFrames: few(stack.asyncFrames),
  };
}

function few(frames: readonly Frame[]): readonly Frame[] {
  return frames.slice(0, FEW_FRAMES);
}

type Green = IsolateThread['greenThreads'];

function withFewGroups(green: Green): Green {
  if (green.status === 'unavailable') return green;
  const left = green.groups.slice(FEW_GROUPS);
  return {
    ...green,
    groups: green.groups.slice(0, FEW_GROUPS).map(withFewFunctions),
    groupsLeftOut: green.groupsLeftOut + left.length,
    threadsLeftOut: green.threadsLeftOut + left.reduce((sum, { count }) => sum + count, 0),
  };
}

function withFewThings(open: IsolateThread['open']): IsolateThread['open'] {
  if (open.status === 'unavailable') return open;
  const left = open.groups.slice(FEW_GROUPS);
  return {
    ...open,
    groups: open.groups.slice(0, FEW_GROUPS),
    groupsLeftOut: open.groupsLeftOut + left.length,
    thingsLeftOut: open.thingsLeftOut + left.reduce((sum, { count }) => sum + count, 0),
  };
}

function withoutGroups(green: Green, leftOut: Unavailable): Green {
  return green.status === 'unavailable' ? green : leftOut;
}

function withFewFunctions(group: GreenThreadGroup): GreenThreadGroup {
  const { frames, cut } = group;
  if (frames.length <= FEW_FRAMES) return group;
  const count = frames.length - FEW_FRAMES + (cut?.count ?? 0);
  return { ...group, frames: frames.slice(0, FEW_FRAMES), cut: { afterIndex: FEW_FRAMES - 1, count } };
}
