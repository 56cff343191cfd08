import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';

/** One line of the program, and what it says of a failure. */
interface Result {
  readonly name: string;
  readonly passed: boolean;
  readonly why: string;
}

/** Without the sanitizer's runtime: it would watch the compiler, too, and the program is built without it. */
function runScript(args: readonly string[]): { readonly output: string; readonly status: number | null } {
  const inherited = Object.entries(process.env).filter(([name]) => name !== 'LD_PRELOAD');
  const script = join(REPOSITORY_ROOT, 'scripts', 'plain-tests.mjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: Object.fromEntries(inherited),
  });
  return { output: status === null || !args.includes('--build') ? stdout : stdout + stderr, status };
}

function parse(output: string): Result[] {
  const results: Result[] = [];
  for (const line of output.split('\n')) {
    const found = /^(not ok|ok) (.+)$/.exec(line);
    if (found !== null) {
      results.push({ name: found[2] ?? '', passed: found[1] === 'ok', why: '' });
    } else if (line.startsWith('# ')) {
      const last = results.pop();
      if (last !== undefined) results.push({ ...last, why: line.slice(2) });
    }
  }
  return results;
}

function reasonToSkip(): string | false {
  if (process.platform !== 'linux') return 'the decoder is for Linux';
  return process.env['GMR_TEST_ADDONS'] === 'made' && 'there is no compiler for the Node that runs';
}

describe('the decoder, without Node and on recorded memory', { ...PATIENT, skip: reasonToSkip() }, () => {
  test('compiles and links without the headers of V8 and Node', () => {
    const { output, status } = runScript(['--build']);
    assert.equal(status, 0, output);
  });

  test('passes its tests', async (context) => {
    const { output, status } = runScript([]);
    const results = parse(output);
    for (const { name, passed, why } of results) {
      await context.test(name, () => {
        assert.ok(passed, why);
      });
    }
    assert.ok(results.length > 300, `only ${results.length} tests ran`);
    assert.equal(status, 0, 'the program ended otherwise than its tests tell');
  });

  test('fails where no test has the given name', () => {
    assert.equal(runScript(['no test is called this']).status, 1);
  });
});
