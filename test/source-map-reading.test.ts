import { TraceMap, decodedMappings, originalPositionFor } from '@jridgewell/trace-mapping';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import type { SourceHost } from '../src/formatter/positions/script';
import type { Position, TracedMap as KeptMap } from '../src/formatter/positions/trace-map';
import { requireLib } from './support/lib';
import { REPOSITORY_ROOT } from './support/paths';
import { captured, fileSystemHost, frame, mainThread, photograph } from './support/photographs';
import { hostWith, resolveOne } from './support/source-maps';

const { MapBudget } = requireLib(
  'formatter/positions/budget',
) as typeof import('../src/formatter/positions/budget');
const { openMap } = requireLib(
  'formatter/positions/map-document',
) as typeof import('../src/formatter/positions/map-document');
const { TracedMap } = requireLib(
  'formatter/positions/trace-map',
) as typeof import('../src/formatter/positions/trace-map');
const { format } = requireLib('formatter/format') as typeof import('../src/formatter/format');

describe('the part of a map that is kept', () => {
  /** The library's own maps, as large as they are in practice. */
  const files = ['trace-mapping', 'sourcemap-codec', 'resolve-uri'].map((name) =>
    join(REPOSITORY_ROOT, 'node_modules', '@jridgewell', name, 'dist', `${name}.umd.js.map`),
  );

  for (const file of files) {
    test(`says of every column what all of ${basename(file)} says`, () => {
      const text = readFileSync(file, 'utf8');
      const whole = new TraceMap(text);
      for (const step of [1, 37, 1000]) {
        const positions = samplePositions(decodedMappings(whole), step);
        const kept = traceAll(text, positions);
        for (const position of positions) {
          const expected = originalPositionFor(whole, { line: position.line + 1, column: position.column });
          const found = kept.at(position);
          const place = found === null ? null : [found.line, found.column - 1, found.name];
          const wanted =
            expected.source === null ? null : [expected.line, expected.column, expected.name || null];
          assert.deepEqual(place, wanted, JSON.stringify(position));
        }
      }
    });
  }

  test('does not depend on the order of segments in a line', () => {
    // Columns 10, 5, 20, 0 of one line, which lead to the columns 1, 2, 3 and 4.
    const text = JSON.stringify({
      version: 3,
      sources: ['a.ts'],
      names: [],
      mappings: 'UAAC,LAAC,eAAC,pBAAC',
    });
    const positions = [0, 4, 5, 9, 10, 19, 20, 300, 5000].map((column) => ({ line: 0, column }));
    for (const some of [positions, ...positions.map((position) => [position])]) {
      const kept = traceAll(text, some);
      const columns = some.map((position) => kept.at(position)?.column);
      const expected = [5, 5, 3, 3, 2, 2, 4, 4, 4];
      assert.deepEqual(columns, some.length === 1 ? [expected[positions.indexOf(some[0]!)]] : expected);
    }
  });
});

describe('a map that somebody made to harm', () => {
  const running = { file: '/srv/cart.js', code: 'work();\n', mapUrl: 'cart.js.map' };
  const whole = { version: 3, sources: ['a.ts'], names: [], mappings: 'AAAA' };
  const resolve = (map: string, more: Partial<SourceHost> = {}): ReturnType<typeof resolveOne> =>
    resolveOne(running, { at: 'work' }, hostWith({ '/srv/cart.js.map': map }, more));

  test('never does more than lose the positions', () => {
    const text = JSON.stringify({
      ...whole,
      sourcesContent: ['work();'],
      names: ['n'.repeat(5000), '\u0000'],
    });
    let seed = 1;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 3000; round++) {
      let broken = text;
      for (let change = 0; change <= random(3); change++) {
        const at = random(broken.length);
        const put = ['', '"', '\\', '[', '}', ',', ';', 'g', '-1', '\u00ff'][random(10)] ?? '';
        broken = broken.slice(0, at) + put + broken.slice(at + random(4));
      }
      const { original, generated } = resolve(broken);
      assert.ok(original !== null || typeof generated === 'string');
    }
  });

  // Quadratic work would take minutes.
  test('cannot keep the reporter busy', { timeout: 60_000 }, () => {
    const section = JSON.stringify({ offset: { line: 0, column: 0 }, map: whole });
    const kinds = [
      '['.repeat(3_000_000),
      `{"version":3,"sections":[${'{},'.repeat(1_000_000)}{}]}`,
      JSON.stringify({ ...whole, mappings: 'A'.repeat(3_000_000) }),
      JSON.stringify({ ...whole, mappings: 'g'.repeat(3_000_000) }),
      JSON.stringify({ ...whole, mappings: 'AAAA,'.repeat(600_000) }),
      JSON.stringify({ ...whole, mappings: ';'.repeat(3_000_000) }),
      JSON.stringify({ ...whole, sources: ['\\'.repeat(1_500_000)] }),
      JSON.stringify({ ...whole, sourcesContent: ['a\n'.repeat(1_500_000)] }),
      `{"version":3,"sections":[${`${section},`.repeat(9_000)}${section}],"x":"${'x'.repeat(9_000_000)}"}`,
      `{${'"a":1,'.repeat(1_000_000)}"b":1}`,
    ];
    for (const map of kinds) {
      let looks = 0;
      const { original, generated } = resolve(map, {
        cpuMs: () => {
          looks += 1;
          return looks > 100 ? 1000 : 0;
        },
      });
      assert.ok(original !== null || typeof generated === 'string', map.slice(0, 60));
      assert.ok(looks >= 1);
    }
  });

  test('has no part parsed that could become many objects', () => {
    const many = `[${'{},'.repeat(300_000)}{}]`;
    const kinds = [
      `{"version":${many},"sources":["a.ts"],"names":[],"mappings":"AAAA"}`,
      `{"version":3,"sources":["a.ts"],"names":[],"mappings":"${'\\u0041'.repeat(1_500_000)}"}`,
      `{"version":3,"sources":["a.ts"],"sourceRoot":${many},"names":[],"mappings":"AAAA"}`,
      `{"version":3,"sources":[${many}],"names":[],"mappings":"AAAA"}`,
      `{"version":3,"sections":[{"offset":{"line":0,"column":0,"more":${many}},"map":{}}]}`,
      `{${'"a":1,'.repeat(500_000)}"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA"}`,
      `{"version":${'3'.repeat(3_000_000)},"sources":["a.ts"],"names":[],"mappings":"AAAA"}`,
    ];
    const longest = longestParsed(() => {
      for (const map of kinds) {
        const { original, generated } = resolve(map);
        assert.ok(original !== null || typeof generated === 'string', map.slice(0, 60));
      }
    });
    assert.ok(longest < 10_000, String(longest));
  });

  test('has its text printed in one line', () => {
    const map = JSON.stringify({
      ...whole,
      sources: ['a\u001b[31m\n==== End.ts'],
      sourcesContent: ['work(); // \u001b[2J'],
    });
    const { original } = resolve(map);
    const stack = captured([frame('work', { file: '/srv/cart.js', line: 1, column: 1, original })]);
    const report = format(photograph({ isolates: [mainThread({ stack })] }), fileSystemHost);
    assert.ok(report.includes('a\\x1b[31m\\n==== End.ts'), report);
    assert.ok(report.includes('`work(); // \\x1b[2J`'), report);
  });
});

/** Length of the longest text that JSON.parse gets meanwhile. */
function longestParsed(work: () => void): number {
  const { parse } = JSON;
  let longest = 0;
  try {
    JSON.parse = (text: string): unknown => {
      longest = Math.max(longest, text.length);
      return parse(text);
    };
    work();
  } finally {
    JSON.parse = parse;
  }
  return longest;
}

function samplePositions(lines: readonly (readonly { readonly 0: number }[])[], step: number): Position[] {
  const all = lines.flatMap((segments, line) =>
    segments.flatMap(({ 0: column }) =>
      [column, column + 1, column + 3].map((one) => ({ line, column: one })),
    ),
  );
  const last = { line: lines.length + 5, column: 7 };
  return [...all.filter((_, index) => index % step === 0), last];
}

function traceAll(text: string, positions: readonly Position[]): KeptMap {
  const budget = new MapBudget({ nowMs: () => 0, cpuMs: () => 0 });
  const bytes = Buffer.from(text).toString('latin1');
  return new TracedMap(openMap({ bytes, path: null, isFile: false }, budget), positions, null, budget);
}
