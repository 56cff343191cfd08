import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as gmr from 'gmr-native';
import { libPath, requireLib } from './support/lib';
import { REPOSITORY_ROOT } from './support/paths';

const PUBLIC_NAMES: readonly string[] = [
  'GmrError',
  'generateReport',
  'onReport',
  'registerSection',
  'reportCounters',
  'setupAutorun',
  'writeReport',
];

/** What Node adds to the names of a CommonJS module. */
const EXTRA: readonly string[] = ['default', 'module.exports', '__esModule'];

describe('the modules that setup needs, in one file', () => {
  test('show users the public names only', () => {
    assert.deepEqual(Object.keys(gmr).sort(), PUBLIC_NAMES);
  });

  test('can be imported by name in an ES module', () => {
    const program = "import * as gmr from 'gmr-native'; console.log(JSON.stringify(Object.keys(gmr)))";
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: REPOSITORY_ROOT,
      encoding: 'utf8',
    });
    const names = JSON.parse(result.stdout || result.stderr) as string[];
    assert.deepEqual(names.filter((name) => !EXTRA.includes(name)).sort(), PUBLIC_NAMES);
  });

  test('exist once, whoever loads them', async () => {
    for (const [name, member] of [
      ['errors', 'GmrError'],
      ['autorun/setup', 'setupAutorun'],
      ['hot', 'setupAutorun'],
    ] as const) {
      const loaded = requireLib(name) as Readonly<Record<string, unknown>>;
      assert.equal(loaded[member], (gmr as Readonly<Record<string, unknown>>)[member], name);
    }
    // Thrown by a module that is a file of its own.
    const wrong = { frameOrder: 'sideways' } as unknown as gmr.ReportOptions;
    await assert.rejects(gmr.generateReport(wrong), gmr.GmrError);
  });

  test('keep their lines, so that Node prints a readable one when an error is not caught', () => {
    const longest = Math.max(
      ...readFileSync(libPath('index.js'), 'utf8')
        .split('\n')
        .map((line) => line.length),
    );
    assert.ok(longest < 1500, `a line of ${longest} characters`);
  });

  test('find the way to node:module that they take', () => {
    assert.equal(module.constructor, require('node:module'));
  });
});
