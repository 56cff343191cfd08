import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { markedFrame } from './support/marks';
import { copyPackage } from './support/package-copy';
import { PATIENT, TIME_SCALE } from './support/patience';
import { startService } from './support/service';

interface Breakage {
  readonly title: string;
  /** Text of the bundle; null: the file is missing. */
  readonly bundle: string | null;
  /** Reason that the report must give. */
  readonly reason: RegExp;
}

const BREAKAGES: readonly Breakage[] = [
  {
    title: 'throws',
    bundle: "globalThis.gmrFormat = () => { throw new Error('broken on purpose'); };",
    reason: /broken on purpose/,
  },
  {
    title: 'throws when it is loaded',
    bundle: "throw new Error('broken at load');",
    reason: /broken at load/,
  },
  {
    title: 'never returns',
    bundle: 'globalThis.gmrFormat = () => { for (;;); };',
    reason: /formatter did not run.*time/,
  },
  { title: 'never ends to load', bundle: 'for (;;);', reason: /formatter did not run.*time/ },
  {
    // Plain objects: V8 of Node 24 and later does not end a loop around Array.prototype.fill on request.
    title: 'eats memory without end',
    bundle: 'globalThis.gmrFormat = () => { const kept = []; for (;;) kept.push({ index: kept.length }); };',
    reason: /formatter did not run.*memory/,
  },
  { title: 'is not JavaScript', bundle: 'this is not JavaScript', reason: /SyntaxError/ },
  { title: 'defines nothing', bundle: '', reason: /formatter did not run/ },
  {
    title: 'returns no text',
    bundle: 'globalThis.gmrFormat = () => 42;',
    reason: /formatter did not run.*array/,
  },
  {
    title: 'returns texts that are none',
    bundle: "globalThis.gmrFormat = () => ['', 42];",
    reason: /formatter did not run.*converted/,
  },
  {
    title: 'recurses for ever',
    bundle: 'globalThis.gmrFormat = function f() { return f() + 1; };',
    reason: /RangeError/,
  },
  { title: 'is missing', bundle: null, reason: /formatter did not run.*read/ },
];

describe('a formatter that', PATIENT, () => {
  for (const { title, bundle, reason } of BREAKAGES) {
    test(`${title} costs the layout, not the report`, async (t) => {
      const fixtures = copyPackage(t, { binary: 'linked', formatterBundle: bundle });
      const service = startService(t, {
        script: join(fixtures, 'blocked-service.cjs'),
        args: ['busy-loop', 'regex'],
        // An endless formatter is ended when the report's time is over: that need not take long here.
        env: { GMR_REPORT_TIMEOUT_MS: String(1500 * TIME_SCALE) },
      });
      await service.ready();
      for (let round = 0; round < 2; round += 1) {
        const report = await service.reportOnSignal();
        assert.match(report, reason);
        for (const state of ['busy-loop', 'regex']) {
          const { functionName, line } = markedFrame('states.cjs', state);
          assert.match(report, new RegExp(`${functionName} .*states\\.cjs:${line}\\b`));
        }
      }
      assert.ok(service.alive);
    });
  }

  test('never returns, and begins when its time is over, costs the layout, not the report', async (t) => {
    const bundle = 'globalThis.gmrFormat = () => { for (;;); };';
    const service = startService(t, {
      script: join(copyPackage(t, { binary: 'linked', formatterBundle: bundle }), 'blocked-service.cjs'),
      args: ['busy-loop'],
      env: { GMR_REPORT_TIMEOUT_MS: '100' },
    });
    await service.ready();
    for (let round = 0; round < 3; round += 1) {
      assert.match(await service.reportOnSignal(), /formatter did not run.*time/);
    }
  });
});

test(
  'the formatter runs again after V8 got other flags, which what it compiled before does not match',
  PATIENT,
  async (t) => {
    const service = startService(t, { script: 'flags-service.cjs' });
    await service.ready();
    for (let round = 0; round < 4; round += 1) {
      const report = await service.reportOnSignal();
      assert.match(report, /^==== +Threads +====$/m);
      assert.doesNotMatch(report, /formatter did not run/);
      service.write('change\n');
      await service.line('changed');
    }
  },
);
