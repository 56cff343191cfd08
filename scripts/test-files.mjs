// Which tests there are, and how they are run.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tryRun } from './process.mjs';

/** The compiled test files whose name contains one of `parts`; all when none is given. */
export function testFiles(parts = []) {
  // From the sources: a test that was deleted or renamed may still have its output in build/test.
  return readdirSync(join(ROOT, 'test'))
    .filter((name) => name.endsWith('.test.ts'))
    .filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)))
    .sort()
    .map((name) => join('build', 'test', name.replace(/\.ts$/, '.js')));
}

/**
 * Runs them with the Node that runs this script; hands back the exit status.
 *
 * The files are named one by one: `node --test <folder>` and quoted globs differ between Node 20, 22 and 24.
 * One file at a time: the tests watch threads, signals and times of real processes.
 */
export function runTests(files, { env = process.env, flags = [] } = {}) {
  const options = ['--test', '--test-reporter=spec', '--test-concurrency=1', ...flags];
  return tryRun(process.execPath, [...options, ...files], { env });
}
