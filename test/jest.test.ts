import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { scratchFolder } from './support/files';
import { REPOSITORY_ROOT } from './support/paths';
import { HARD_LIMIT_MS, PATIENT } from './support/patience';

const JEST = join(REPOSITORY_ROOT, 'tools', 'test-runners', 'node_modules', 'jest', 'bin', 'jest.js');

const installed = existsSync(JEST);
const skip =
  installed || process.env['GMR_TEST_RUNNERS_REQUIRED'] !== undefined
    ? false
    : 'run `npm ci --no-bin-links --ignore-scripts --prefix tools/test-runners` first';

const FILES = 4;

/** Runs Jest on some files of one line each. */
function jest(
  t: TestContext,
  line: string,
  flags: readonly string[],
): { status: number | null; text: string } {
  const project = scratchFolder(t);
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(REPOSITORY_ROOT, join(project, 'node_modules', 'gmr-native'), 'dir');
  const manifest = {
    name: 'jest-project',
    private: true,
    jest: { testEnvironment: 'node', watchman: false },
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  for (let index = 0; index < FILES; index++) {
    writeFileSync(join(project, `one-line-${index}.test.js`), `test('one line', ${line});\n`);
  }
  const env: NodeJS.ProcessEnv = { ...process.env, CI: '1' };
  delete env['NODE_TEST_CONTEXT'];
  delete env['NODE_ENV'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [JEST, ...flags], {
    cwd: project,
    encoding: 'utf8',
    env,
    timeout: HARD_LIMIT_MS * 4,
  });
  return { status, text: `${stdout}\n${stderr}` };
}

describe('Jest', { ...PATIENT, skip }, () => {
  for (const [what, flags] of [
    ['in one process', ['--runInBand']],
    ['in two processes', ['--maxWorkers=2']],
    ['in worker threads', ['--maxWorkers=2', '--workerThreads']],
  ] as const) {
    test(`runs test files that call setupAutorun, ${what}`, (t) => {
      const { status, text } = jest(t, `() => void require('gmr-native').setupAutorun()`, flags);
      assert.equal(status, 0, text);
      assert.match(text, new RegExp(`Tests: +${FILES} passed, ${FILES} total`));
      assert.doesNotMatch(text, /torn down|GMR_\w+|did not exit/);
    });
  }

  test('finds no open handle of ours', (t) => {
    const options = `{ conf: { a: 1 }, onFatalError: true, blockedEventLoop: { thresholdMs: 60000 } }`;
    const line = `() => void require('gmr-native').setupAutorun(${options})`;
    const { status, text } = jest(t, line, ['--runInBand', '--detectOpenHandles']);
    assert.equal(status, 0, text);
    assert.doesNotMatch(text, /open handle|gmr-native/i);
  });

  test('gets reports with sections from test files', (t) => {
    const line = `async () => {
      const gmr = require('gmr-native');
      gmr.registerSection('From Jest', () => new Map([['key', new Error('of the sandbox')]]));
      gmr.setupAutorun({ conf: { since: new Date(0), list: new Set([1]) } });
      // Jest may be busy for longer than a report waits for its event loop.
      let report = '';
      for (let tries = 0; tries < 50 && !report.includes('of the sandbox'); tries++) report = await gmr.generateReport();
      for (const part of ['Guru Meditation', 'of the sandbox', '1970-01-01']) expect(report).toContain(part);
      await expect(gmr.generateReport({ format: 'pdf' })).rejects.toBeInstanceOf(gmr.GmrError);
    }`;
    const { status, text } = jest(t, line, ['--runInBand']);
    assert.equal(status, 0, text);
  });
});
