import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createContext, runInContext, type Context } from 'node:vm';
import type { BundleHost } from '../src/formatter/host';
import type { RawPhotograph } from '../src/formatter/mask-photograph';
import { libPath, requireLib } from './support/lib';
import { captured, fileSystemHost, frame, mainThread, photograph, workerThread } from './support/photographs';

type GmrFormat = (photographJson: string, host: BundleHost) => string[];

const { format } = requireLib('formatter/format') as typeof import('../src/formatter/format');

/** A context with the language only: no Node, no timers, no URL. */
function loadBundle(): { readonly context: Context; readonly gmrFormat: GmrFormat } {
  const context = createContext({});
  runInContext(readFileSync(libPath('formatter.bundle.js'), 'utf8'), context);
  return { context, gmrFormat: runInContext('gmrFormat', context) as GmrFormat };
}

function richPhotograph(): RawPhotograph {
  const source = { text: '"use strict";', column: 1, cut: false };
  const here = frame('here', { file: `file://${__filename}`, line: 1, column: 1, source });
  return photograph({
    requestedAtMs: Date.now() + 10_000,
    isolates: [
      mainThread({ state: 'blocked', loopStalledMs: 12_400, stack: captured([here, here]) }),
      workerThread(1, { name: 'resizer', state: 'not-answering' }),
    ],
    sections: [{ title: 'Queue', result: { status: 'ok', value: { depth: 3, list: ['a'] }, tookMs: 1 } }],
  });
}

describe('the formatter bundle', () => {
  test('runs without any Node API and prints what the formatter prints inside Node', () => {
    const { context, gmrFormat } = loadBundle();
    for (const name of ['process', 'require', 'Buffer', 'URL', 'setTimeout', 'TextDecoder', 'module']) {
      assert.equal(runInContext(`typeof ${name}`, context), 'undefined', name);
    }
    const sample = richPhotograph();
    const expected = format(sample, fileSystemHost);
    assert.match(expected, /^ {6}`"use strict";`$/m);
    assert.deepEqual([...gmrFormat(JSON.stringify(sample), fileSystemHost)], ['', expected]);
  });

  test('defines two globals and nothing else', () => {
    const { context } = loadBundle();
    assert.deepEqual(Object.keys(context), ['gmrFormat', 'gmrResolve']);
  });

  test('is not what code inside Node loads: that defines no global', () => {
    assert.ok(!('gmrFormat' in globalThis));
  });

  test('prints a report when every call to its host throws', () => {
    const fail = (): never => {
      throw new Error('host is gone');
    };
    const [, report = ''] = loadBundle().gmrFormat(JSON.stringify(richPhotograph()), {
      readTextFile: fail,
      readBytes: fail,
      modifiedAtMs: fail,
      fileSize: fail,
      nowMs: fail,
      cpuMs: fail,
      noMaps: null,
      inlineMap: fail,
    });
    assert.match(report, /here \(file:.*formatter-bundle\.test\.js:1:1\)/);
    assert.match(report, /\n==== End of report .* ====\n$/);
  });

  test('throws on a photograph that is no JSON, so that its host can fall back', () => {
    assert.throws(() => loadBundle().gmrFormat('{"reportId":', fileSystemHost), { name: 'SyntaxError' });
  });

  test('takes a large photograph in linear time', () => {
    const { gmrFormat } = loadBundle();
    const sized = (count: number): string =>
      JSON.stringify(
        photograph({
          isolates: [
            mainThread({
              stack: captured(Array.from({ length: count }, (_, n) => frame(`f${n}`, { line: n }))),
            }),
          ],
        }),
      );
    const run = (json: string): number => {
      const start = process.cpuUsage();
      gmrFormat(json, fileSystemHost);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    const [small, large] = [sized(9_000), sized(90_000)];
    run(small);
    const baseline = Math.min(run(small), run(small), run(small));
    const tenTimes = Math.min(run(large), run(large), run(large));
    // Quadratic would be a hundred times; thirty leaves room for a noisy machine and the garbage collector.
    assert.ok(tenTimes < baseline * 30 + 20_000, `${baseline} us became ${tenTimes} us`);
  });
});
