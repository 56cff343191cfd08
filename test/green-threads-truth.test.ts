import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { STACK_READING, isSanitized } from './support/native-addon';
import { PATIENT } from './support/patience';
import { REPOSITORY_ROOT } from './support/paths';

const SECONDS = Number(process.env['GMR_TRUTH_SECONDS'] ?? 3);
const SKIPPED = isSanitized() ? { skip: 'a sanitizer leaves too little time for it' } : STACK_READING;

interface Result {
  readonly name: string;
  readonly flag: string;
  readonly ended: string;
  readonly atRest: number;
  readonly running: number;
  readonly scavenged: number;
  readonly wrong: Readonly<Record<string, number>>;
  readonly verdicts: readonly { readonly evidence: readonly unknown[] }[];
}

/** What bench/unpaused-truth.mjs found. */
function compared(t: TestContext, args: readonly string[]): readonly Result[] {
  const script = join(REPOSITORY_ROOT, 'bench', 'unpaused-truth.mjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [script, '--json', `--seconds=${SECONDS}`, ...args],
    {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  );
  const lines = stdout.split('\n').filter((line) => line !== '');
  const results = lines.map((line) => JSON.parse(line) as Result);
  assert.notEqual(results.length, 0, stderr);
  for (const { name, flag, verdicts: _, ...counts } of results)
    t.diagnostic(`${name}, ${flag}: ${JSON.stringify(counts)}`);
  return results;
}

describe('what is shown of a thread that runs', { ...PATIENT, ...SKIPPED }, () => {
  for (const flag of ['none', 'semi-space', 'gc-interval']) {
    test(`is true of chains that come and go, and of what holds them (${flag})`, (t) => {
      const runs = flag === 'none' ? 'main,quick,workers' : 'main,workers';
      const results = compared(t, [`--runs=${runs}`, `--flags=${flag}`]);
      for (const { name, ended, wrong, verdicts } of results) {
        const evidence = verdicts.flatMap((verdict) => verdict.evidence.map((one) => JSON.stringify(one)));
        assert.equal(ended, '', name);
        assert.deepEqual(wrong, {}, `${name}\n${evidence.join('\n')}`);
      }
      const accepted = results.map(({ atRest, running, scavenged }) => atRest + running + scavenged);
      assert.ok(accepted.reduce((sum, count) => sum + count) > 0, 'nothing was read without a pause');
    });
  }

  test('is noticed to be false if it is not read again', (t) => {
    const results = compared(t, ['--runs=quick', '--flags=none', '--unproved']);
    assert.ok(results.some(({ wrong }) => Object.keys(wrong).length > 0));
  });
});
