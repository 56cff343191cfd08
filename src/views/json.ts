import type {
  Frame,
  GreenThreadGroup,
  IsolateThread,
  Photograph,
  SectionOutcome,
  Stack,
} from '../report/model';
import { escapeJson } from '../escape';

/**
 * The report as one JSON document on one line, as `docs/report-format.md` describes it. What is too long loses parts,
 * the least telling ones first, and says so in their places; it stays a document with the same shape.
 */
export function renderJson(photograph: Photograph, maxBytes: number): string {
  let smaller = photograph;
  let text = toLine(smaller);
  for (const reduce of REDUCTIONS) {
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
const LEFT_OUT = { status: 'unavailable', reason: REASON } as const;

/** From what is missed least. The last one leaves a report of any process with some thousand bytes for each thread. */
const REDUCTIONS: readonly ((photograph: Photograph) => Photograph)[] = [
  (all) => ({ ...all, otherThreads: all.otherThreads.map((thread) => ({ ...thread, stack: LEFT_OUT })) }),
  (all) => ({ ...all, sections: all.sections.map(withoutValue) }),
  (all) => ({
    ...all,
    isolates: all.isolates.map((each) => ({
      ...each,
      stack: withFewFrames(each.stack),
      greenThreads: withFewGroups(each.greenThreads),
    })),
  }),
  (all) => ({
    ...all,
    configuration: LEFT_OUT,
    processes: LEFT_OUT,
    otherThreads: [],
    isolates: all.isolates.map((each) => ({ ...each, greenThreads: withoutGroups(each.greenThreads) })),
  }),
];

function withoutValue({ title, result }: SectionOutcome): SectionOutcome {
  return { title, result: result.status === 'ok' ? LEFT_OUT : result };
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

function withoutGroups(green: Green): Green {
  return green.status === 'unavailable' ? green : LEFT_OUT;
}

function withFewFunctions(group: GreenThreadGroup): GreenThreadGroup {
  const { frames, cut } = group;
  if (frames.length <= FEW_FRAMES) return group;
  const count = frames.length - FEW_FRAMES + (cut?.count ?? 0);
  return { ...group, frames: frames.slice(0, FEW_FRAMES), cut: { afterIndex: FEW_FRAMES - 1, count } };
}

/** In UTF-8. The formatter's isolate has no encoder. */
function byteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    // Two halves of a pair are four bytes.
    if (code >= 0x80) bytes += code >= 0x800 && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
