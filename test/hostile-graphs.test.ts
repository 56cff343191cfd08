import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Explainer } from '../src/explain/base/explainer';
import { greenThreadsOf, type PrintedGroup } from './support/green-threads';
import { requireLib } from './support/lib';
import { STACK_READING } from './support/native-addon';
import { HARD_LIMIT_MS, PATIENT } from './support/patience';
import { assertOurMargin } from './support/report-margin';
import { startService } from './support/service';

const { EXPLAINERS } = requireLib('explain/explainers') as { readonly EXPLAINERS: readonly Explainer[] };

/** A report that takes longer hangs. */
const LIMIT_MS = HARD_LIMIT_MS * 4;
/** Characters that must never be in a report. */
const TRICKS = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b\ufeff\u{e0000}-\u{e007f}]/u;
const MAX_LINE = 70_000;

/** What is read, by the name of the class or function. */
function known(): Readonly<Record<string, readonly string[]>> {
  const paths: Record<string, string[]> = {};
  for (const { classes } of EXPLAINERS) {
    for (const [name, { read }] of Object.entries(classes)) (paths[name] ??= []).push(...read);
  }
  return paths;
}

const SCENES: Readonly<Record<string, string>> = {
  getters: 'getters that throw or never return, in place of what is read',
  innerGetters: 'getters on prototypes, classes and inner objects',
  proxies: 'proxies of objects, queues and prototypes',
  values: 'counts that are negative or not numbers, and texts in their place',
  names: 'classes and properties with names that forge lines, frozen objects and objects without a prototype',
  cycles: 'cycles',
  large: 'lists, holes and maps with a million elements',
  strings: 'texts of 10 MB',
  tokens: 'a function that has 1,000 things of a pool',
};

describe('objects that are made to mislead a report', { ...PATIENT, ...STACK_READING }, () => {
  for (const [scene, title] of Object.entries(SCENES)) {
    test(`do no harm: ${title}`, async (t) => {
      const args = [scene, JSON.stringify(known())];
      const service = startService(t, { script: 'hostile-graphs.cjs', args, limitMs: LIMIT_MS });
      await service.ready();

      const report = await service.reportOnSignal();

      const { groups, text } = greenThreadsOf(report);
      assertNothingForged(report);
      assert.equal(await callsIn(service), 'calls 0');
      assert.doesNotMatch(countsIn(groups), /\bNaN\b|undefined|Infinity|-\d/, text);
      assert.match(waitOf(groups, 'honest'), /^pg Pool: 1 of 1 client in use, 1 waiting/, text);
      if (scene === 'getters') assert.match(text, / waiting for BoundPool\._queue in Array "keep"/);
      // Only the first few hundred variables of a function are looked at.
      // It gives them back in a loop over a list, where it is not clear which of them are meant: nothing is said.
      if (scene === 'tokens') assert.match(text, /1000 of 1000 clients in use, 1 waiting(?![^]*held by)/);
      await service.reportOnSignal();
    });
  }
});

async function callsIn(service: {
  readonly write: (text: string) => void;
  readonly line: (prefix: string) => Promise<string>;
}): Promise<string> {
  service.write('\n');
  return service.line('calls');
}

function waitOf(groups: readonly PrintedGroup[], name: string): string {
  const group = groups.find(({ frames }) => frames.some((frame) => frame.name === name));
  return group?.waitsFor ?? '';
}

/** What is said with numbers of the resources, without names. */
function countsIn(groups: readonly PrintedGroup[]): string {
  const waits = groups.map(({ waitsFor }) => (waitsFor ?? '').replaceAll(/"[^"]*"|\([^)]*\)/g, ''));
  return waits.filter((wait) => / (?:in use|waiting|free)\b/.test(wait)).join('\n');
}

function assertNothingForged(report: string): void {
  assertOurMargin(report);
  assert.doesNotMatch(report, /^\s*forged/m);
  assert.doesNotMatch(report, TRICKS);
  const longest = Math.max(...report.split('\n').map((line) => line.length));
  assert.ok(longest < MAX_LINE, `a line of ${longest} characters`);
}
