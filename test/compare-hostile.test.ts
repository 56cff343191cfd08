import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compare } from './support/compared';
import { requireLib } from './support/lib';
import { richReport } from './support/rich';
import type { Photograph } from '../src/report/model';

const { escapeJson } = requireLib('escape') as typeof import('../src/escape');
const { renderComparison } = requireLib(
  'compare/text/text-comparison',
) as typeof import('../src/compare/text/text-comparison');
const { renderFleet } = requireLib(
  'compare/text/text-fleet',
) as typeof import('../src/compare/text/text-fleet');
const { FleetMerger } = requireLib('compare/fleet/merge') as typeof import('../src/compare/fleet/merge');

const PLANTED = '\n3 of 3 reports: FORGED\r\n==== FORGED\u001b[31m\u202e\u2028\u0007$&';

/** Strings by which data is told apart: another one makes it other data, or none. */
const STRUCTURE: ReadonlySet<string> = new Set([
  'status',
  'kind',
  'state',
  'method',
  'quality',
  'role',
  'heapRead',
]);

/** The same data with something planted in each string; with `all` also in those that say what it is. */
function planted(value: unknown, all: boolean, key = ''): unknown {
  if (typeof value === 'string') return !all && STRUCTURE.has(key) ? value : `${value}${PLANTED}`;
  if (Array.isArray(value)) return value.map((item) => planted(item, all, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, planted(inner, all, name)]));
}

function assertSafe(text: string): void {
  // oxlint-disable-next-line no-control-regex -- finding them is its purpose
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f\u202e\u2028]/);
  for (const line of text.split('\n')) assert.doesNotMatch(line, /^ *(3 of 3 reports: FORGED|==== FORGED)/);
}

function reports(all: boolean, ...order: readonly number[]): Photograph[] {
  return order.map((index) => planted(richReport(index), all) as Photograph);
}

describe('text from reports', () => {
  for (const all of [false, true]) {
    const title = all ? 'every string of a report' : 'every string that a program chooses';

    test(`planted in ${title} is text in a comparison`, () => {
      for (const photographs of [
        reports(all, 0, 1),
        reports(all, 0, 1, 2),
        [...reports(all, 0), richReport(1)],
      ]) {
        const comparison = compare(photographs);
        assertSafe(renderComparison(comparison));
        assertSafe(escapeJson(JSON.stringify(comparison, null, 2)));
      }
    });

    test(`planted in ${title} is text in a merge`, () => {
      const merger = new FleetMerger();
      for (const photograph of reports(all, 0, 1, 2)) merger.add(`file${PLANTED}`, photograph);
      merger.skip(`bad${PLANTED}`, `reason${PLANTED}`);
      const fleet = merger.result();
      assertSafe(renderFleet(fleet));
      assertSafe(escapeJson(JSON.stringify(fleet, null, 2)));
    });
  }

  test('is found in the outputs, so that the tests above look at something', () => {
    const comparison = compare(reports(false, 0, 1));
    const text = renderComparison(comparison);
    for (const kind of [
      'stuck',
      'exhausted',
      'deadlock',
      'growing',
      'open-growing',
      'heap-growing',
      'thread-changes',
    ]) {
      assert.ok(
        comparison.verdict.some((finding) => finding.kind === kind && finding.text.includes('FORGED')),
        `${kind}\n${text}`,
      );
    }
    assert.ok(text.split('FORGED').length > 40, text);
  });

  test('of any length takes time in proportion to it', () => {
    const long = `${'1 2 '.repeat(50_000)}${'('.repeat(100_000)}`;
    const photograph = richReport(0);
    const [main] = photograph.isolates;
    assert.ok(main?.greenThreads.status === 'known');
    const groups = main.greenThreads.groups.map((group) => ({ ...group, waitsFor: long }));
    const isolates = [{ ...main, greenThreads: { ...main.greenThreads, groups } }];
    const began = performance.now();
    compare([
      { ...photograph, isolates },
      { ...richReport(1), isolates },
    ]);
    assert.ok(performance.now() - began < 20_000);
  });
});
