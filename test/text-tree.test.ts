import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Photograph, SectionValue } from '../src/report/model';
import { requireLib } from './support/lib';
import { configuration, fileSystemHost, photograph, REQUESTED_AT_MS } from './support/photographs';
import { contentOf, sectionOf } from './support/report-text';

const { format } = requireLib('formatter/format') as typeof import('../src/formatter/format');

function print(more: Partial<Photograph> = {}): string {
  return format(photograph(more), fileSystemHost);
}

function printSection(value: SectionValue): string {
  const text = print({ sections: [{ title: 'Mine', result: { status: 'ok', value, tookMs: 1 } }] });
  return contentOf(sectionOf(text, 'Mine').split('\n==== End')[0]?.trimEnd() ?? '');
}

describe('key-value trees', () => {
  test('print nested objects and lists as oslo.reports does, in the order given', () => {
    const value = {
      peers: { host: 'mq', ports: [5672, 5671] },
      depth: 42,
      empty: '',
      none: null,
      nothing: {},
      note: 'two\nlines',
      rows: [{ id: 1 }, 'x'],
    };
    assert.equal(
      printSection(value),
      [
        'peers:',
        '  host = mq',
        '  ports =',
        '    5672',
        '    5671',
        'depth = 42',
        'empty = ""',
        'none = null',
        'nothing = {}',
        'note =',
        '  two',
        '  lines',
        'rows =',
        '  -',
        '    id = 1',
        '  x',
      ].join('\n'),
    );
  });

  test('print a string section as it is', () => {
    assert.equal(printSection('| a | b |\r\n|\t1 |   |\n'), '| a | b |\n|\t1 |   |');
  });

  test('have sorted groups and keys in Configuration', () => {
    const objects = { conf: { zoo: { b: 1, a: 2 }, alpha: true } };
    const text = print({ configuration: configuration({ objects }) });
    assert.match(
      contentOf(sectionOf(text, 'Configuration')),
      /^conf:\n {2}alpha = true\n {2}zoo:\n {4}a = 2\n {4}b = 1\n\nnode options:\n {2}execArgv = --max-old-space-size=2048\n {2}NODE_OPTIONS = \(not set\)/,
    );
  });

  test('say how old the configuration is when it could not be asked again', () => {
    const at = (ageMs: number): string =>
      print({ configuration: configuration({ objects: { a: 1 }, takenAtMs: REQUESTED_AT_MS - ageMs }) });
    assert.match(at(65_000), /as it was 1 min 5 s before this report/);
    assert.doesNotMatch(at(500), /before this report/);
    const slow = print({
      configuration: configuration({ takenAtMs: REQUESTED_AT_MS - 500 }),
      completeAfterMs: 5000,
    });
    assert.doesNotMatch(slow, /before this report/);
  });

  test('say which configuration object could not be read, and show the others', () => {
    const failures = { broken: "'broken' threw Error: x" };
    const text = print({ configuration: configuration({ objects: { fine: { a: 1 } }, failures }) });
    assert.match(
      contentOf(sectionOf(text, 'Configuration')),
      /^fine:\n {2}a = 1\nbroken is not available: 'broken' threw Error: x\n\nnode options/,
    );
  });

  test('have the environment sorted, with the names whose values are not shown', () => {
    const variables = { NODE_ENV: 'test', SECOND: null, FIRST: null, LANG: 'C\u001b' };
    const environment = { policy: 'safe', variables, leftOut: 3 } as const;
    const print6 = (takenAtMs: number): string =>
      contentOf(
        sectionOf(print({ configuration: configuration({ environment, takenAtMs }) }), 'Configuration'),
      );
    const lines = [
      "environment (option env is 'safe'):",
      '  LANG = C\\x1b',
      '  NODE_ENV = test',
      '  values not shown:',
      '    FIRST SECOND',
      '  3 more omitted',
    ];
    assert.ok(print6(REQUESTED_AT_MS).includes(lines.join('\n')), print6(REQUESTED_AT_MS));
    assert.match(print6(REQUESTED_AT_MS - 65_000), /env is 'safe'; as it was 1 min 5 s before this report/);
    assert.match(sectionOf(print(), 'Configuration'), /environment: not shown/);
  });

  test('say in their place why a section is missing', () => {
    const text = print({
      sections: [
        { title: 'A', result: { status: 'failed', reason: 'Error: x\nfailed: y\n    at z' } },
        { title: 'B', result: { status: 'timed-out', reason: 'no value within 1 s' } },
        { title: 'C', result: { status: 'unavailable', reason: 'event loop blocked' } },
      ],
    });
    assert.match(sectionOf(text, 'A'), /^ {2}failed: Error: x\n {4}\| failed: y\n {6}at z/);
    assert.match(sectionOf(text, 'B'), /^ {2}timed out: no value within 1 s/);
    assert.match(sectionOf(text, 'C'), /^ {2}not available: event loop blocked/);
  });
});
