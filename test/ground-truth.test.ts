import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Where, assertTruth, totals } from './support/ground-truth-run';
import {
  PLAIN,
  SCENARIOS as ALL_SCENARIOS,
  type Scenario,
  type Variant,
  variantsWithFlags,
} from './support/ground-truth-scenarios';
import { PASSIVE_READING, buildNativeAddon } from './support/native-addon';
import { PATIENT } from './support/patience';

/** Those that can be read here. */
const SCENARIOS = ALL_SCENARIOS.filter(({ waits }) => !waits || PASSIVE_READING.skip === false);
/** `all`: every scenario under every flag, in main and in a worker. */
const EVERYTHING = process.env['GMR_GROUND_TRUTH'] === 'all';
/** Services at once: few, because half of them burn CPU. */
const ABREAST = { ...PATIENT, concurrency: 3 };
const LEAST_EXACT = 0.999;

const folder = mkdtempSync(join(tmpdir(), 'gmr-profiles-'));
after(() => rmSync(folder, { recursive: true, force: true }));
before(() => buildNativeAddon('gmr_fixture'));

function runs(scenarios: readonly Scenario[], where: Where, variant: Variant): void {
  for (const scenario of scenarios) {
    if (scenario.needsWasm === true && !variant.hasWasm) continue;
    test(scenario.title, PATIENT, (t) => assertTruth(t, scenario, where, variant));
  }
}

for (const where of ['main', 'worker'] as const) {
  const thread = where === 'main' ? 'a main thread' : 'a worker';
  describe(`the report has every frame, at its line and column, of ${thread} in`, ABREAST, () =>
    runs(SCENARIOS, where, PLAIN),
  );
}

// Without being asked for more, each scenario runs under one of the flags, and each flag gets main and workers.
variantsWithFlags(folder).forEach((variant, index, { length }) => {
  const isOurs = (_: Scenario, at: number): boolean => EVERYTHING || at % length === index;
  const title = `with ${variant.name} the report has every frame, at its line and column, of`;
  const scenarios = SCENARIOS.filter(isOurs);
  for (const where of ['main', 'worker'] as const) {
    const half = scenarios.filter((_, at) => EVERYTHING || at % 2 === (where === 'main' ? 0 : 1));
    describe(`${title} ${where === 'main' ? 'a main thread' : 'a worker'} in`, ABREAST, () =>
      runs(half, where, variant),
    );
  }
});

test('at least 99.9 % of all positions are exact', (t) => {
  const methods = [...totals.methods].map(([method, stacks]) => `${stacks} ${method}`).join(', ');
  t.diagnostic(`${totals.exact} of ${totals.frames} positions exact in ${totals.stacks} stacks: ${methods}`);
  assert.ok(totals.stacks > SCENARIOS.length, 'too few scenarios ran');
  assert.ok(totals.exact >= LEAST_EXACT * totals.frames, `${totals.exact} of ${totals.frames}`);
});
