import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { REPOSITORY_ROOT } from './support/paths';
import { read } from './support/sources';

describe('docs/explainers.md', () => {
  test('is what scripts/explainers-doc.mjs makes', () => {
    const script = join(REPOSITORY_ROOT, 'scripts/explainers-doc.mjs');
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });

  test('shows what tests expect, word for word', () => {
    const page = read('docs/explainers.md');
    assert.ok(page.includes('| `p-limit: 2 of 2 slots in use, 5 waiting`'));
    assert.ok(page.includes('| `async-lock AsyncLock: key "user:?" locked, 4 waiting`'));
  });
});
