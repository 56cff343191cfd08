import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import type { AsyncFrame, Photograph } from '../src/report/model';
import type { CaptureMethod, Frame } from '../src/report/stack';
import { scratchFolder, untilReportFiles } from './support/files';
import { PASSIVE_READING, STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { startService } from './support/service';

/** A script as V8 got it; see `fixtures/code/service.cjs`. */
interface Script {
  /** Null for evaluated code. */
  readonly file: string | null;
  readonly text: string;
  /** Of its first line in the file, and of the first character in that. */
  readonly line: number;
  readonly column: number;
}

type Way = 'spin' | 'wait' | 'derive';
type Where = 'main' | 'worker';

/** Keys of `fixtures/code/kinds.cjs`. */
const KINDS = [
  'plain',
  'carriage-returns',
  'old-line-ends',
  'separators',
  'two-byte',
  'latin1',
  'astral',
  'minified',
  'indented',
  'deleted',
  'replaced',
  'module',
  'eval',
  'new-function',
  'vm-offsets',
  'vm-first-line',
  'compiled-function',
  'joined',
  'renamed',
] as const;

const METHODS: Readonly<Record<Way, readonly CaptureMethod[]>> = {
  spin: ['interrupt'],
  // V8 looks for interrupts while it waits.
  wait: ['passive', 'interrupt'],
  derive: ['parked'],
};

/** A report may come before the call that blocks, or run out of time for texts on a busy machine. */
const MOST_REPORTS = 6;
/** Most code units of a line in a report. */
const MOST_UNITS = 200;
const LINE_END = /\r\n|[\n\r\u2028\u2029]/;
/** Half of a surrogate pair. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

async function reportOf(
  t: TestContext,
  kind: string,
  way: Way,
  where: Where,
): Promise<{ readonly report: Photograph; readonly scripts: readonly Script[] }> {
  const folder = scratchFolder(t);
  const logDir = scratchFolder(t);
  const service = startService(t, {
    script: 'code/service.cjs',
    args: [kind, way, where, folder],
    env: { GMR_FORMAT: 'json', GMR_LOG_DIR: logDir },
  });
  await service.ready();
  let report: Photograph;
  let count = 0;
  do {
    service.signal();
    const names = await untilReportFiles(logDir, ++count);
    report = JSON.parse(readFileSync(join(logDir, names.at(-1) ?? ''), 'utf8')) as Photograph;
    // The call that blocks comes just after the line `ready`.
  } while (
    count < MOST_REPORTS &&
    (!METHODS[way].includes(methodOf(report, where)) || lacksText(report, where))
  );
  await service.stop();
  return {
    report,
    scripts: JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Script[],
  };
}

function methodOf(report: Photograph, where: Where): CaptureMethod {
  const stack = report.isolates.find((one) => one.kind === where)?.stack;
  assert.ok(stack?.status === 'captured', JSON.stringify(stack));
  return stack.method;
}

/** The time for reading text, while a thread is stopped, is limited. */
function lacksText(report: Photograph, where: Where): boolean {
  const stack = report.isolates.find((one) => one.kind === where)?.stack;
  assert.ok(stack?.status === 'captured', JSON.stringify(stack));
  return userFrames(stack.frames).some(({ source }) => source === null);
}

function userFrames(frames: readonly Frame[]): Frame[] {
  return frames.filter((frame) => frame.kind === 'js' && frame.isUserCode);
}

type Placed = Pick<Frame | AsyncFrame, 'file' | 'line' | 'column' | 'source' | 'functionName'>;

/** Null when the frame's text is part of the line that runs, around its position. */
function problemOf(frame: Placed, scripts: readonly Script[]): string | null {
  const { file, source } = frame;
  const line = frame.line ?? 0;
  const script = scripts.find((one) => one.file === file);
  if (script === undefined) return 'a script that is not known';
  if (source === null) return 'no source';
  const text = script.text.split(LINE_END)[line - 1 - script.line] ?? '';
  const first = line - 1 === script.line ? 1 + script.column : 1;
  const at = source.column - first;
  if (at < 0 || text.slice(at, at + source.text.length) !== source.text) return 'the text of another place';
  const distance = (frame.column ?? 0) - source.column;
  if (distance < 0 || distance > source.text.length) return 'text that is not around the position';
  if (source.text.length > MOST_UNITS || LONE.test(source.text)) return 'too much, or half of a character';
  if (text.length <= MOST_UNITS && source.text !== text) return 'less than the line';
  return source.cut === at + source.text.length < text.length ? null : 'cut is wrong';
}

function assertTexts(frames: readonly Placed[], scripts: readonly Script[], names: readonly string[]): void {
  for (const frame of frames) {
    assert.equal(problemOf(frame, scripts), null, JSON.stringify({ frame, scripts }).slice(0, 3000));
  }
  assert.deepEqual(
    names.filter((name) => !frames.some((frame) => frame.functionName === name)),
    [],
    frames.map((frame) => frame.functionName).join(', '),
  );
}

async function assertKind(t: TestContext, kind: string, way: Way, where: Where): Promise<void> {
  const { report, scripts } = await reportOf(t, kind, way, where);
  const isolate = report.isolates.find((one) => one.kind === where);
  assert.ok(isolate !== undefined && isolate.stack.status === 'captured', JSON.stringify(isolate));
  assert.ok(METHODS[way].includes(isolate.stack.method), isolate.stack.method);
  const frames = userFrames(isolate.stack.frames);
  assertTexts(frames, scripts, ['block', 'open']);
  const open = frames.find((frame) => frame.functionName === 'open');
  assert.equal(open?.className, 'Shop');
  assert.ok(
    isolate.stack.frames.every((frame) => frame.isUserCode || frame.source === null),
    'no text of Node itself',
  );
  assert.ok(isolate.greenThreads.status === 'known', JSON.stringify(isolate.greenThreads));
  const groups = isolate.greenThreads.groups.flatMap((group) => group.frames);
  assertTexts(
    groups.filter((frame) => frame.file === null || !frame.file.startsWith('node:')),
    scripts,
    ['held'],
  );
}

describe('the text of an async caller', { ...PATIENT, ...STACK_READING }, () => {
  test('is that of the code that runs', PATIENT, async (t) => {
    const { report, scripts } = await reportOf(t, 'async-callers', 'spin', 'main');
    const stack = report.isolates[0]?.stack;
    assert.ok(stack?.status === 'captured', JSON.stringify(stack));
    assertTexts(stack.asyncFrames, scripts, ['Shop.outer', 'Shop.open']);
  });
});

describe('the text of a frame is that of the code that runs, in', { ...PATIENT, ...STACK_READING }, () => {
  for (const kind of KINDS) {
    test(`code of the kind ${kind}, when the thread runs`, PATIENT, (t) =>
      assertKind(t, kind, 'spin', 'main'),
    );
    test(`code of the kind ${kind}, when the thread waits`, { ...PATIENT, ...PASSIVE_READING }, (t) =>
      assertKind(t, kind, 'wait', 'main'),
    );
  }
  for (const kind of ['plain', 'minified', 'vm-first-line']) {
    test(`code of the kind ${kind}, when the thread is in native code`, PATIENT, (t) =>
      assertKind(t, kind, 'derive', 'main'),
    );
    test(`code of the kind ${kind} in a worker`, PATIENT, (t) => assertKind(t, kind, 'spin', 'worker'));
  }
});
