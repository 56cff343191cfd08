import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { STACK_READING, buildNativeAddon, fuzzRuns, isSanitized } from './support/native-addon';
import { fixturePath } from './support/paths';
import { HARD_LIMIT_MS, PATIENT } from './support/patience';

/** Fewer would mean that scenarios were left out. */
const LEAST_FRAMES = 1500;
const LEAST_CLASSES = 150;
const LEAST_EXCERPTS = 1000;

const folder = mkdtempSync(join(tmpdir(), 'gmr-jsframes-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Flags of V8 and Node that change how code is compiled or laid out. */
const WAYS: readonly (readonly string[])[] = [
  [],
  ['--jitless'],
  ['--no-opt'],
  ['--always-sparkplug'],
  ['--interpreted-frames-native-stack'],
  ['--no-short-builtin-calls'],
  ['--max-lazy'],
  ['--stress-lazy-source-positions'],
  ['--stack-size=3900'],
  ['--enable-source-maps'],
  ['--use-largepages=on'],
  ['--inspect=0'],
  ['--cpu-prof', `--cpu-prof-dir=${folder}`],
];

interface Program {
  readonly script: 'checks.cjs' | 'fuzz.cjs';
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What test/fixtures/jsframes/checks.cjs prints. */
interface Checks {
  readonly verdict: { readonly problem: string };
  readonly totals: {
    readonly frames: number;
    readonly inexact: number;
    /** Frames whose receiver has a class that V8 prints. */
    readonly classes: number;
    /** Frames whose source text was compared with the script's. */
    readonly excerpts: number;
  };
  readonly tiers: Readonly<Record<string, number>>;
  readonly problems: readonly unknown[];
}

/** What test/fixtures/jsframes/fuzz.cjs prints. */
interface Fuzzed {
  readonly problem: string;
  readonly firstSeed: number;
  readonly runs: number;
  readonly frames: number;
  readonly slowestMs: number;
}

let addon = '';

/** Runs one of the programs; hands back what it printed, and a line for the message of an assertion. */
function run({ script, flags = [], args = [], env = {} }: Program): { printed: unknown; context: string } {
  const path = join(fixturePath('jsframes'), script);
  const child = spawnSync(process.execPath, [...flags, path, addon, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: HARD_LIMIT_MS * 4,
  });
  const context = `${[...flags, script, ...args].join(' ')}: status ${child.status}, signal ${child.signal}, ${child.stderr}`;
  assert.match(child.stdout, /^\{/, context);
  assert.equal(child.status, 0, `${context}${child.stdout}`);
  return { printed: JSON.parse(child.stdout), context };
}

function assertExact(program: Omit<Program, 'script'>): Checks {
  const { printed, context } = run({ script: 'checks.cjs', ...program });
  const checks = printed as Checks;
  assert.equal(checks.verdict.problem, '', context);
  assert.deepEqual(checks.problems, [], context);
  assert.ok(checks.totals.frames >= LEAST_FRAMES, `${context}: ${checks.totals.frames} frames`);
  assert.equal(checks.totals.inexact, 0, context);
  assert.ok(checks.totals.classes >= LEAST_CLASSES, `${context}: ${checks.totals.classes} classes`);
  assert.ok(checks.totals.excerpts >= LEAST_EXCERPTS, `${context}: ${checks.totals.excerpts} excerpts`);
  return checks;
}

describe('a stack decoded from memory', { ...PATIENT, ...STACK_READING }, () => {
  before(() => {
    addon = buildNativeAddon('jsframes_fixture');
  });

  for (const flags of WAYS) {
    const moved = flags[0]?.startsWith('--use-largepages') === true && isSanitized('tsan');
    const skip = moved ? 'ThreadSanitizer dies when Node moves its own code' : false;
    test(`is the one that V8 reports, with ${flags[0] ?? 'no flags'}`, { skip }, () => {
      assertExact({ flags });
    });
  }

  test('is the one that V8 reports in a worker', () => {
    assertExact({ env: { CHECK_IN_WORKER: '1' } });
  });

  test('shows the functions that were inlined into optimised code', () => {
    // Compiling in the background would leave open which code runs at the probe.
    const { tiers } = assertExact({ flags: ['--single-threaded'] });
    assert.ok((tiers['turbofan+inlined'] ?? 0) > 0, JSON.stringify(tiers));
  });

  test('has unknown frames when the layout is wrong, and its decoder neither dies nor hangs', () => {
    const wanted = fuzzRuns(3000);
    const SCENARIOS = 10;
    // Another one each time; the message of a failure tells it.
    const seed = Date.now() % 1_000_000;
    const args = [String(Math.ceil(wanted / SCENARIOS)), String(seed)];
    const { printed, context } = run({ script: 'fuzz.cjs', args });
    const { problem, runs, frames } = printed as Fuzzed;
    assert.equal(problem, '', context);
    assert.ok(runs >= wanted, `${context}: ${runs} runs`);
    assert.ok(frames > 0, `${context}: the fuzzer reached nothing`);
  });
});
