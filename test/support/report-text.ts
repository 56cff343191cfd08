import assert from 'node:assert/strict';
import { assertOurMargin } from './report-margin';

/** One thread's part of the Threads section. */
export interface ThreadBlock {
  /** Text of the head line without its dashes. */
  readonly head: string;
  /** Everything below the head line. */
  readonly body: string;
}

/** A frame that a report must show. */
export interface ExpectedFrame {
  readonly functionName: string;
  readonly file: string;
  readonly line: number;
}

const RULE = '='.repeat(72);
const BLOCK_HEAD = /^-{6}\s+(.*?)\s+-{6}$/;

/** Cuts a report at its banners: title to the text below it. */
export function sectionsOf(report: string): Map<string, string> {
  assertOurMargin(report);
  const sections = new Map<string, string>();
  const lines = report.split('\n');
  let title = '';
  let body: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const inner = bannerTitle(lines, at);
    if (inner === undefined) {
      body.push(lines[at] ?? '');
      continue;
    }
    if (title !== '') sections.set(title, body.join('\n'));
    title = inner;
    body = [];
    at += 2;
  }
  sections.set(title, body.join('\n'));
  return sections;
}

/** Text of one section; fails with the titles that are there. */
export function sectionOf(report: string, title: string): string {
  const sections = sectionsOf(report);
  const text = sections.get(title);
  assert.ok(text !== undefined, `no section '${title}' among ${[...sections.keys()].join(', ')}\n${report}`);
  return text;
}

/** Text of a section without the indentation that all of it has. */
export function contentOf(section: string): string {
  return section.replace(/^ {2}/gm, '');
}

/** The blocks of the Threads section in printed order. */
export function threadBlocks(report: string): ThreadBlock[] {
  const blocks: { head: string; body: string[] }[] = [];
  for (const line of sectionOf(report, 'Threads').split('\n')) {
    const head = BLOCK_HEAD.exec(line)?.[1];
    if (head === undefined) blocks.at(-1)?.body.push(line);
    else blocks.push({ head, body: [] });
  }
  return blocks.map(({ head, body }) => ({ head, body: body.join('\n') }));
}

/** The main thread's block. */
export function mainBlock(report: string): ThreadBlock {
  return onlyBlock(report, /\bmain\b/);
}

/** The block of the worker with this name. */
export function workerBlock(report: string, name: string): ThreadBlock {
  return onlyBlock(report, new RegExp(`worker \\d+ "${name}"`));
}

/** Asserts that a block shows the frame, with the right file and line. */
export function assertFrame(block: ThreadBlock, expected: ExpectedFrame): void {
  const wanted = `${expected.functionName} (${expected.file}:${expected.line}:`;
  // The class of the receiver may precede the name, as `Timeout` does for the callback of a timer.
  const found = block.body.split('\n').some(
    (line) =>
      line
        .trimStart()
        .replace(/^\w+\.(?=\w)/, '')
        .startsWith(wanted) || line.trimStart().startsWith(wanted),
  );
  assert.ok(found, `no frame '${wanted}' in\n${block.head}\n${block.body}`);
}

function bannerTitle(lines: readonly string[], at: number): string | undefined {
  if (lines[at] !== RULE || lines[at + 2] !== RULE) return undefined;
  const middle = lines[at + 1] ?? '';
  return middle.startsWith('====') && middle.endsWith('====') ? middle.slice(4, -4).trim() : undefined;
}

function onlyBlock(report: string, head: RegExp): ThreadBlock {
  const matching = threadBlocks(report).filter((block) => head.test(block.head));
  const [block] = matching;
  assert.ok(
    block !== undefined && matching.length === 1,
    `${matching.length} blocks match ${head} in\n${report}`,
  );
  return block;
}
