import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { REPOSITORY_ROOT } from './support/paths';

const DOCS = join(REPOSITORY_ROOT, 'docs');

/** The last cells of the table's rows: `file`: beginning of the name of a test. */
function testCells(): string[] {
  const rows = readFileSync(join(DOCS, 'oslo-parity.md'), 'utf8').split('\n');
  return rows.filter((row) => /^\| [^-]/.test(row)).map((row) => row.split('|').at(-2)?.trim() ?? '');
}

/** Every file in docs/. */
function pages(): string[] {
  return readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
}

describe('docs/oslo-parity.md', () => {
  test('names tests that exist', () => {
    const cells = testCells().filter((cell) => cell !== '' && cell !== 'test');
    assert.ok(cells.length > 30, `only ${cells.length} tests are named`);
    const wrong = cells.filter((cell) => {
      const [, file = '', name = ''] = /^`([\w-]+)`: (.+)$/.exec(cell) ?? [];
      const path = join(REPOSITORY_ROOT, 'test', `${file}.test.ts`);
      if (!existsSync(path)) return true;
      // The beginning of a name, up to what a loop, or a function for many tests, puts into it.
      const named = new RegExp(`(?:test\\(|nameOf: \\(\\w+\\) =>)\\s*['"\`]${quote(name)}`);
      return !named.test(readFileSync(path, 'utf8'));
    });
    assert.deepEqual(wrong, []);
  });

  test('names one for each row', () => {
    const rows = readFileSync(join(DOCS, 'oslo-parity.md'), 'utf8').split('\n');
    const open = rows.filter((row) => /^\| [^-].*\|\s+\|$/.test(row)).map((row) => row.split('|')[1]?.trim());
    assert.deepEqual(open, []);
  });
});

describe('the guides', () => {
  test('link to pages that exist', () => {
    const wrong = pages().flatMap((page) => {
      const text = readFileSync(join(DOCS, page), 'utf8');
      const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '');
      return targets
        .filter((target) => !existsSync(join(DOCS, dirname(page), target)))
        .map((target) => `${page}: ${target}`);
    });
    assert.deepEqual(wrong, []);
  });

  test('are all linked from the README', () => {
    const readme = readFileSync(join(REPOSITORY_ROOT, 'README.md'), 'utf8');
    assert.deepEqual(
      pages().filter((page) => page.startsWith('guides') && !readme.includes(`docs/${page}`)),
      [],
    );
  });
});

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
