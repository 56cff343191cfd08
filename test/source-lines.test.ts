import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { AsyncFrame, Frame, Photograph, SourceExcerpt } from '../src/report/model';
import { requireLib } from './support/lib';
import {
  asyncFrame,
  captured,
  facts,
  fileSystemHost,
  frame,
  greenGroup,
  greenThreads,
  mainThread,
  photograph,
} from './support/photographs';
import { sectionOf } from './support/report-text';

const { format } = requireLib('formatter/format') as typeof import('../src/formatter/format');

function print(more: Partial<Photograph> = {}): string {
  return format(photograph(more), fileSystemHost);
}

/** A folder of files for one test. */
function sourceFolder(t: TestContext, files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'gmr view %-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function printFrame(more: Partial<Frame>): string {
  const stack = captured([frame('work', more)]);
  const waiting = greenThreads([greenGroup([asyncFrame('wait', asyncPart(more))])]);
  return print({ isolates: [mainThread({ state: 'running', stack, greenThreads: waiting })] });
}

/** What the two kinds of frames have in common. */
function asyncPart({ file, line, column, source, original, generated }: Partial<Frame>): Partial<AsyncFrame> {
  const given = { file, line, column, source, original, generated };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const whole = (text: string): SourceExcerpt => ({ text, column: 1, cut: false });

describe('source lines', () => {
  test('are what V8 runs, under frames of stacks and of green threads', () => {
    const text = printFrame({ source: whole('\t  const x = 1\t// y') });
    assert.match(text, /^ *work \(.*\)\n {6}`const x = 1\t\/\/ y`$/m);
    assert.match(text, /^ *async wait \(.*\)\n {8}`const x = 1\t\/\/ y`$/m);
  });

  test('are never read from a file', (t) => {
    const path = join(sourceFolder(t, { 'a.js': 'foreign' }), 'a.js');
    assert.doesNotMatch(printFrame({ file: path, line: 1, column: 1 }), /foreign|^ {6}`/m);
  });

  test('are not shown for the code of Node itself', () => {
    const stack = captured([frame('f', { source: whole('secret sauce'), isUserCode: false })]);
    assert.doesNotMatch(print({ isolates: [mainThread({ stack })] }), /secret sauce/);
  });

  test('of which there is only a part are marked so', () => {
    const part = printFrame({ source: { text: 'a=1;b=2', column: 5000, cut: true } });
    assert.match(part, /^ {6}`\.\.\.a=1;b=2\.\.\.`$/m);
    const long = printFrame({ source: whole('x'.repeat(5000)) });
    assert.match(long, /^ {6}`x{200}\.\.\.`$/m);
    assert.doesNotMatch(printFrame({ source: whole('  \t') }), /^ {6}`/m);
  });

  test('show escapes', () => {
    assert.ok(printFrame({ source: whole('log("\u001b[31m")') }).includes('`log("\\x1b[31m")`'));
  });

  test('of the original file are preferred, and are not mixed up with those of the code that runs', () => {
    const original = { file: '/srv/src/cart.ts', line: 16, column: 7, functionName: 'total' };
    const place = { file: '/srv/dist/cart.js', line: 2, column: 950, source: whole('t+=e.c') };
    const text = printFrame({ ...place, original: { ...original, source: whole('sum += one.cents;') } });
    assert.match(
      text,
      /^ *total \(\/srv\/src\/cart\.ts:16:7, running as cart\.js:2:950\)\n {6}`sum \+= one\.cents;`$/m,
    );
    assert.match(text, /^ *async total \(\/srv\/src\/cart\.ts:16:7, running as cart\.js:2:950\)$/m);
    assert.doesNotMatch(text, /t\+=e\.c/);
    assert.match(text, /main thread: running in total \(cart\.ts:16\)/);
    const without = printFrame({ ...place, original: { ...original, source: null } });
    assert.match(without, /^ {6}running: `t\+=e\.c`$/m);
  });

  test('of generated code are marked as such in the frame, and the position in the summary', () => {
    const text = printFrame({
      file: '/srv/job.ts',
      line: 2,
      column: 15,
      source: whole('for(;;)if(e.id<0)break'),
      generated: 'its source map cannot be read',
    });
    const position =
      '\\(\\/srv\\/job\\.ts:2:15, position in generated code: its source map cannot be read\\)';
    assert.match(text, new RegExp(`^ *work ${position}\\n {6}\`for\\(;;\\)if`, 'm'));
    assert.match(text, new RegExp(`^ *async wait ${position}$`, 'm'));
    assert.match(text, /main thread: running in work \(job\.ts:2:15, generated code\)/);
  });

  test('of a loader, which keeps the name of the file, say that the position is one in generated code', () => {
    const original = { file: '/srv/cart.ts', line: 16, column: 7, functionName: null, source: null };
    const text = printFrame({ file: 'file:///srv/cart.ts', line: 2, column: 950, original });
    assert.match(text, /^ *work \(\/srv\/cart\.ts:16:7, running as cart\.ts:2:950 in generated code\)$/m);
  });

  test('do not repeat a position that is the same in both', () => {
    const place = { file: '/srv/job.js', line: 3, column: 5 };
    const text = printFrame({ ...place, original: { ...place, functionName: null, source: null } });
    assert.match(text, /^ *work \(\/srv\/job\.js:3:5\)$/m);
  });
});

describe('the git commit in Package', () => {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const printRoot = (root: string): string =>
    sectionOf(
      print({ facts: facts({ package: { product: 'p', vendor: null, version: '1', root } }) }),
      'Package',
    );

  test('is found through the branch, packed or not, and when detached', (t) => {
    const loose = sourceFolder(t, {
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/refs/heads/main': `${commit}\n`,
    });
    assert.ok(printRoot(loose).includes(`git commit = ${commit} (main)`));
    const packed = sourceFolder(t, {
      '.git/HEAD': 'ref: refs/heads/a/b\n',
      '.git/packed-refs': `# pack-refs\n${'f'.repeat(40)} refs/heads/a\n${commit} refs/heads/a/b\n`,
    });
    assert.ok(printRoot(packed).includes(`git commit = ${commit} (a/b)`));
    assert.ok(printRoot(sourceFolder(t, { '.git/HEAD': commit })).includes(`git commit = ${commit}\n`));
  });

  test('is left out when there is none, and never read from outside the checkout', (t) => {
    assert.doesNotMatch(printRoot(sourceFolder(t, {})), /git commit/);
    const outside = sourceFolder(t, { '.git/HEAD': 'ref: refs/../../outside\n', outside: commit });
    assert.doesNotMatch(printRoot(outside), /git commit/);
  });
});
