import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Photograph } from '../src/report/model';
import { requireLib } from './support/lib';
import {
  captured,
  facts,
  fileSystemHost,
  frame,
  mainThread,
  photograph,
  workerThread,
} from './support/photographs';
import { sectionOf } from './support/report-text';

const { format } = requireLib('formatter/format') as typeof import('../src/formatter/format');

function print(more: Partial<Photograph> = {}): string {
  return format(photograph(more), fileSystemHost);
}

/** A folder of source files for one test; what runs is said to have started an hour later. */
function sourceFolder(t: TestContext, files: { readonly [name: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'gmr view %-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function printSource(
  file: string,
  line: number,
  column: number,
  startedAtMs = Date.now() + 3_600_000,
): string {
  const stack = captured([frame('work', { file, line, column })]);
  return print({ facts: facts({ startedAtMs }), isolates: [mainThread({ state: 'running', stack })] });
}

describe('source lines', () => {
  test('stand under frames of user code, for paths and for file URLs', (t) => {
    const folder = sourceFolder(t, { 'a b.js': 'first\n\t  const x = 1\t// y\r\nthird' });
    const path = join(folder, 'a b.js');
    for (const file of [path, pathToFileURL(path).href, `${pathToFileURL(path).href}?v=1#x`]) {
      assert.match(printSource(file, 2, 3), /\n {6}`const x = 1\t\/\/ y`\n/, file);
      assert.match(printSource(file, 3, 1), /\n {6}`third`\n/, file);
    }
    assert.doesNotMatch(printSource(path, 4, 1), /^ {6}`/m);
    assert.doesNotMatch(printSource(join(folder, 'none.js'), 1, 1), /^ {6}`/m);
  });

  test('are never shown of a file that changed after the process started', (t) => {
    const path = join(sourceFolder(t, { 'a.js': 'newer' }), 'a.js');
    const text = printSource(path, 1, 1, Date.now() - 3_600_000);
    assert.doesNotMatch(text, /newer/);
    assert.ok(text.includes(`(source of ${path} changed since the process started)`));
  });

  test('are not shown for the code of Node itself', (t) => {
    const path = join(sourceFolder(t, { 'a.js': 'secret sauce' }), 'a.js');
    const stack = captured([frame('f', { file: path, line: 1, isUserCode: false })]);
    assert.doesNotMatch(print({ isolates: [mainThread({ stack })] }), /secret sauce/);
  });

  test('of minified code are cut around the column', (t) => {
    const line = `${'a'.repeat(5000)}HERE${'b'.repeat(5000)}`;
    const path = join(sourceFolder(t, { 'min.js': line }), 'min.js');
    const shown = /^ {6}`(.*)`$/m.exec(printSource(path, 1, 5001))?.[1] ?? '';
    assert.match(shown, /^\.\.\.a+HEREb+\.\.\.$/);
    assert.equal(shown.length, 160 + 6);
    assert.match(printSource(path, 1, 1), /^ {6}`a{160}\.\.\.`$/m);
    assert.match(printSource(path, 1, 10_004), /^ {6}`\.\.\.b{160}`$/m);
  });

  test('are read once per file, whatever the number of frames', (t) => {
    const path = join(sourceFolder(t, { 'a.js': 'x\n'.repeat(100) }), 'a.js');
    let reads = 0;
    const host: typeof fileSystemHost = {
      ...fileSystemHost,
      readTextFile: (file, maxBytes) => {
        if (file === path) reads++;
        return fileSystemHost.readTextFile(file, maxBytes);
      },
    };
    const frames = Array.from({ length: 100 }, (_, n) => frame('f', { file: path, line: n + 1 }));
    const sample = photograph({
      facts: facts({ startedAtMs: Date.now() + 1000 }),
      isolates: [mainThread({ stack: captured(frames) }), workerThread(1, { stack: captured(frames) })],
    });
    assert.equal(format(sample, host).match(/^ {6}`x`$/gm)?.length, 200);
    assert.equal(reads, 1);
  });

  test('shows escapes in source lines', (t) => {
    const path = join(sourceFolder(t, { 'a.js': 'log("\u001b[31m")' }), 'a.js');
    assert.ok(printSource(path, 1, 1).includes('`log("\\x1b[31m")`'));
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
