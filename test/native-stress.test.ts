import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LIBC_HAS_TABLES, PASSIVE_READING, STACK_READING, buildNativeAddon } from './support/native-addon';
import { fixturePath } from './support/paths';
import { PATIENT, TIME_SCALE } from './support/patience';

/** Of both scenarios together; thousands are asked for by hand. */
const CAPTURES = Number(process.env['GMR_STRESS_CAPTURES'] ?? 300);
const SCENARIOS = ['worker', 'main'] as const;
/** Some ten times what one takes on a machine that does nothing else. */
const LIMIT_MS = (30_000 + CAPTURES * 100) * TIME_SCALE;

/** What test/fixtures/stress/stress.cjs prints. */
interface Stressed {
  readonly problem: string;
  readonly totals: Readonly<Record<string, number>>;
  readonly tiers: Readonly<Record<string, number>>;
  /** Why a capture was not taken, and how often. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly problems: readonly unknown[];
  readonly otherWorkers: number;
}

/** Parts of all captures that may be so. Measured: a tenth of it or less. */
const FEW = 0.05;
/** Wrong only in innermost frames that are marked as not exact. Where a function has no tables, its caller is guessed. */
const FEW_DOUBTS = LIBC_HAS_TABLES ? 0.005 : FEW;
/** Those at the entry or exit of a function: until V8 inlines it, a leaf without an entry is often one. */
const FEW_ENTRIES = 0.3;

const folder = mkdtempSync(join(tmpdir(), 'gmr-stress-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let addon = '';

function run(where: string): { stressed: Stressed; context: string } {
  const fifo = join(folder, where);
  execFileSync('mkfifo', [fifo]);
  const wanted = String(Math.ceil(CAPTURES / SCENARIOS.length));
  const script = fixturePath(join('stress', 'stress.cjs'));
  const child = spawnSync(process.execPath, [script, addon, where, wanted, fifo], {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 26,
  });
  const context = `status ${child.status}, signal ${child.signal}, ${child.stderr}${child.stdout}`;
  assert.equal(child.status, 0, context);
  return { stressed: JSON.parse(child.stdout) as Stressed, context };
}

describe(
  'stacks of a thread that never rests',
  { ...PATIENT, ...STACK_READING, timeout: LIMIT_MS * 3 },
  () => {
    before(() => {
      addon = buildNativeAddon('stress_fixture');
    });

    for (const where of SCENARIOS) {
      test(`(${where}) are the ones that it says itself, function by function and line by line`, (t) => {
        const { stressed, context } = run(where);
        const { totals, tiers, problem, problems } = stressed;
        const count = (name: string): number => totals[name] ?? Number.NaN;
        assert.equal(problem, '', context);
        t.diagnostic(JSON.stringify(stressed));

        assert.deepEqual(problems, [], context);
        for (const wrong of ['wrongSequences', 'wrongLines', 'wrongInnermostLines', 'withoutShadow']) {
          assert.equal(count(wrong), 0, `${wrong}: ${context}`);
        }
        // OpenSSL's assembler has no unwind tables for arm64: above JavaScript, a gap is told.
        const gap = process.arch === 'arm64' || !LIBC_HAS_TABLES ? [] : ['withGap'];
        // A thread's first function is one of the C library.
        const start = LIBC_HAS_TABLES ? ['incomplete'] : [];
        for (const rare of ['notTaken', ...start, ...gap]) {
          assert.ok(count(rare) <= Math.max(3, count('captures') * FEW), `${rare}: ${context}`);
        }
        assert.ok(count('doubtfulTops') <= Math.max(3, count('captures') * FEW_DOUBTS), context);
        assert.ok(count('entryOrExit') <= count('captures') * FEW_ENTRIES, context);
        assert.ok(count('inexactFrames') <= Math.max(3, count('frames') * FEW), context);

        // The comparison saw what it is meant to see.
        // Where computing is slow, hardly any moment is one of waiting.
        const waits = PASSIVE_READING.skip === false && TIME_SCALE === 1;
        const ways = waits ? ['parked', 'passive'] : ['parked'];
        for (const seen of [...ways, 'innermostLinesChecked', 'nativeFrames']) {
          assert.ok(count(seen) > 0, `${seen}: ${context}`);
        }
        assert.ok(count('linesChecked') > count('captures'), context);
        assert.ok((tiers['interpreter'] ?? 0) > 0 && stressed.otherWorkers > 0, context);
        // V8 may have been started without its compilers.
        const isOptimised = (tiers['maglev'] ?? 0) + (tiers['turbofan'] ?? 0) > 0;
        assert.ok(isOptimised || /jitless|no-opt/.test(process.execArgv.join()), context);
      });
    }
  },
);
