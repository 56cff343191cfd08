import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { STACK_READING } from './support/native-addon';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';

const EXPRESS = join(REPOSITORY_ROOT, 'tools/services/node_modules/express-4');
const MISSING = existsSync(EXPRESS) ? {} : { skip: 'needs `npm ci --prefix tools/services`' };

test('docs/whats-open.md shows what reports say', { ...PATIENT, ...STACK_READING, ...MISSING }, () => {
  const script = join(REPOSITORY_ROOT, 'scripts/whats-open-doc.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});
