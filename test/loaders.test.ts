import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { LOADERS_UNDER_TEST, makeProject, needsLoaders, reportUnder, type Loader } from './support/loaders';
import { markedFrame } from './support/marks';
import { PATIENT } from './support/patience';
import { contentOf, mainBlock, sectionOf } from './support/report-text';

const FIXTURE = 'loaders/service.ts';

/** Where the functions are, and the text at their position. */
const [LOOP, CALL, AWAIT] = (
  [
    ['loop', 'while ('],
    ['call', 'sumOfLines(cart)'],
    ['await', 'await '],
  ] as const
).map(([mark, text]) => {
  const { functionName, file, line } = markedFrame(FIXTURE, mark);
  const source = readFileSync(file, 'utf8').split('\n')[line - 1] ?? '';
  return { functionName, line, column: source.indexOf(text) + 1, source: source.trim() };
}) as [Place, Place, Place];

interface Place {
  readonly functionName: string;
  readonly line: number;
  readonly column: number;
  readonly source: string;
}

/** The frame of this function, and the line of source below it. */
function frameIn(text: string, name: string): readonly [frame: string, source: string] {
  const lines = text.split('\n').map((line) => line.trim());
  const index = lines.findIndex((line) => line.startsWith(`${name} (`));
  assert.notEqual(index, -1, `no ${name} in\n${text}`);
  return [lines[index] ?? '', lines[index + 1] ?? ''];
}

function assertOriginal(text: string, name: string, place: Place, columns: readonly number[]): void {
  const [frame, source] = frameIn(text, name);
  const position = /^[^(]+ \((?:\S*\/)?service\.ts:(\d+):(\d+)/.exec(frame);
  assert.equal(Number(position?.[1]), place.line, frame);
  assert.ok(columns.includes(Number(position?.[2])), `${frame}: none of the columns ${columns.join(', ')}`);
  assert.doesNotMatch(frame, /position in generated code/);
  // A map need not contain the text; then it is that of the code that runs, and marked.
  if (!source.startsWith('running: `')) assertSame(source, place.source);
}

/** Node removes types by putting blanks in their place. */
function assertSame(quoted: string, written: string): void {
  const running = quoted.slice(1, -1);
  const blanked = written.replace(/[^]/g, (character, index: number) =>
    running[index] === ' ' ? ' ' : character,
  );
  assert.equal(running, blanked);
  assert.match(running, /while|sumOfLines|await/);
}

/** V8 gives the loop's position at its condition or in its body. */
function columnsOfLoop(): readonly number[] {
  const end = LOOP.source.indexOf('//');
  return Array.from({ length: end }, (_, index) => LOOP.column + index);
}

function assertGenerated(text: string, name: string, project: string): void {
  const [frame, source] = frameIn(text, name);
  assert.match(frame, /, position in generated code: \S/, text);
  const line = Number(/:(\d+):\d+,/.exec(frame)?.[1]);
  const foreign = readFileSync(join(project, 'service.ts'), 'utf8').split('\n')[line - 1]?.trim();
  assert.notEqual(source, `\`${foreign}\``, 'a line of another place');
}

function threadsOf(report: string): string {
  return contentOf(mainBlock(report).body);
}

function testLoader(loader: Loader): void {
  const { withoutMaps } = loader;

  test('a thread that spins, and a suspended function, are where they were written', async (t) => {
    const report = await reportUnder(t, loader, makeProject(t, loader, true), { spins: true, maps: true });
    assertOriginal(threadsOf(report), LOOP.functionName, LOOP, columnsOfLoop());
    assertOriginal(threadsOf(report), CALL.functionName, CALL, [CALL.column]);
    const waiting = sectionOf(report, 'Green Threads');
    assertOriginal(waiting, `async ${AWAIT.functionName}`, AWAIT, [AWAIT.column]);
    const summary = sectionOf(report, 'Guru Meditation');
    assert.match(
      summary,
      new RegExp(`main thread: (?:running|blocked for .*) in sumOfLines \\(service\\.ts:${LOOP.line}\\)`),
    );
    assert.match(summary, new RegExp(`suspended in waitForStock \\(service\\.ts:${AWAIT.line}\\)`));
  });

  test('a suspended function is where it was written while its thread waits', async (t) => {
    const report = await reportUnder(t, loader, makeProject(t, loader, true), { spins: false, maps: true });
    const waiting = sectionOf(report, 'Green Threads');
    assertOriginal(waiting, `async ${AWAIT.functionName}`, AWAIT, [AWAIT.column]);
  });

  test(
    'without a source map, the position is one in generated code',
    { skip: withoutMaps === 'none' ? 'its code has the positions of the file' : false },
    async (t) => {
      const project = makeProject(t, loader, false);
      const report = await reportUnder(t, loader, project, { spins: true, maps: false });
      if (loader.name.includes('minified') || loader.name.includes('webpack')) {
        assert.match(
          threadsOf(report),
          /service\.js:1:\d+, position in generated code: its source map cannot be read/,
        );
        return;
      }
      assertGenerated(threadsOf(report), LOOP.functionName, project);
      assertGenerated(threadsOf(report), CALL.functionName, project);
      assertGenerated(sectionOf(report, 'Green Threads'), `async ${AWAIT.functionName}`, project);
      assert.match(
        sectionOf(report, 'Guru Meditation'),
        /in sumOfLines \(service\.\w+:\d+:\d+, generated code\)/,
      );
    },
  );
}

for (const loader of LOADERS_UNDER_TEST) {
  describe(
    `under ${loader.name}`,
    { ...PATIENT, skip: needsLoaders.skip === false ? loader.skip : needsLoaders.skip },
    () => testLoader(loader),
  );
}
