import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { STACK_READING, buildNativeAddon } from './support/native-addon';
import { fixturePath } from './support/paths';
import { HARD_LIMIT_MS, PATIENT } from './support/patience';

const STOPS = Number(process.env['GMR_STRESS_CAPTURES'] ?? 300);
/** The interpreter, in the forms that V8 has for it. */
const WAYS: readonly (readonly string[])[] = [
  ['--no-opt', '--no-sparkplug', '--no-maglev'],
  ['--jitless'],
  ['--no-opt', '--no-sparkplug', '--no-maglev', '--interpreted-frames-native-stack'],
  ['--no-opt', '--no-sparkplug', '--no-maglev', '--no-short-builtin-calls', '--max-lazy'],
];

interface Loop {
  /** First and last line. */
  readonly loop: readonly [number, number];
  /** "line quality", and how often. */
  readonly seen: Readonly<Record<string, number>>;
}

/** What test/fixtures/stress/interpreted.cjs prints. */
interface Stops {
  readonly problem: string;
  readonly withoutCalls: Loop;
  readonly withCalls: Loop;
}

/** Of some hundred stops: the note is given before the loop begins, and taken back behind it. */
const MOST_BESIDE = 2;

/** Lines of the loop that were seen, and how many stops were on another one. */
function linesOf({ loop: [first, last], seen }: Loop): { inside: Set<number>; outside: number } {
  const inside = new Set<number>();
  let outside = 0;
  for (const [key, count] of Object.entries(seen)) {
    const line = Number.parseInt(key, 10);
    if (line >= first && line <= last) inside.add(line);
    else outside += count;
  }
  return { inside, outside };
}

describe('a thread that is held in interpreted code', { ...PATIENT, ...STACK_READING }, () => {
  let addon = '';
  before(() => {
    addon = buildNativeAddon('stress_fixture');
  });

  for (const flags of WAYS) {
    test(`is shown on the line that it runs, not on that of its last call (${flags.join(' ')})`, (t) => {
      const script = join(fixturePath('stress'), 'interpreted.cjs');
      const child = spawnSync(process.execPath, [...flags, script, addon, String(STOPS)], {
        encoding: 'utf8',
        timeout: HARD_LIMIT_MS * 4,
      });
      assert.equal(child.status, 0, `signal ${child.signal}, ${child.stderr}${child.stdout}`);
      t.diagnostic(child.stdout.trim());
      const { problem, withoutCalls, withCalls } = JSON.parse(child.stdout) as Stops;
      assert.equal(problem, '');
      for (const found of [withoutCalls, withCalls]) {
        const { inside, outside } = linesOf(found);
        assert.ok(outside <= MOST_BESIDE, child.stdout);
        assert.ok(inside.size >= 4, `the lines of the loop take about the same time: ${child.stdout}`);
      }
      const inexact = Object.keys(withoutCalls.seen).filter((key) => !key.endsWith(' exact'));
      assert.deepEqual(inexact, [], child.stdout);
    });
  }
});
