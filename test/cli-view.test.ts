import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { runGmr } from './support/gmr-command';
import { requireLib } from './support/lib';
import { PATIENT } from './support/patience';
import { captured, frame, mainThread, photograph } from './support/photographs';

const { renderText } = requireLib('views/text') as typeof import('../src/views/text');
const { maskPhotograph } = requireLib(
  'formatter/mask-photograph',
) as typeof import('../src/formatter/mask-photograph');
const { findReport } = requireLib(
  'cli/processes/find-report',
) as typeof import('../src/cli/processes/find-report');

/** What was found, and how. */
function withoutId(found: ReturnType<typeof findReport>): object | null {
  return found === null ? null : { kind: found.kind, text: found.text };
}

const data = maskPhotograph(
  photograph({ isolates: [mainThread({ state: 'blocked', stack: captured([frame('deploy')]) })] }),
);
const text = renderText(data);

function fileWith(t: TestContext, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gmr-view-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'report');
  writeFileSync(file, content);
  return file;
}

describe('gmr view', PATIENT, () => {
  test('prints a text report as it is', async (t) => {
    assert.deepEqual(await runGmr(['view', fileWith(t, text)]), { code: 0, stdout: text, stderr: '' });
  });

  test('prints a JSON report as the text that it would have been', async (t) => {
    const compact = await runGmr(['view', fileWith(t, JSON.stringify(data))]);
    assert.deepEqual(compact, { code: 0, stdout: text, stderr: '' });
    const indented = await runGmr(['view', fileWith(t, `\n${JSON.stringify(data, null, 2)}\n`)]);
    assert.equal(indented.stdout, text);
  });

  test('reads standard input', async () => {
    assert.deepEqual(await runGmr(['view', '-'], text), { code: 0, stdout: text, stderr: '' });
    assert.equal((await runGmr(['view', '-'], JSON.stringify(data))).stdout, text);
  });

  test('hands no control characters to the terminal', async () => {
    const { stdout } = await runGmr(['view', '-'], `${text}title \u001b]0;owned\u0007\u001b[31m\tred\n`);
    assert.equal(stdout, `${text}title \\x1b]0;owned\\x07\\x1b[31m\tred\n`);
  });

  const problems: readonly (readonly [string, string, RegExp])[] = [
    ['an empty file', '', /standard input is not a report that gmr can show: it is no JSON document/],
    [
      'a text that is no report',
      'hello\n',
      /neither the heading of a text report nor lines of the format 'log'/,
    ],
    ['JSON that is no object', '[1]', /it is no JSON document/],
    ['broken JSON', '{"schemaVersion": 1,', /standard input looks like JSON and is not/],
    ['JSON that is no report', '{"a": 1}', /it has no schemaVersion/],
    ['a report that lacks parts', '{"schemaVersion": 1}', /standard input is no complete report/],
    ['a later schema', '{"schemaVersion": 7}', /schemaVersion is 7, and this gmr knows 1/],
  ];
  for (const [title, content, message] of problems) {
    test(`says so for ${title}`, async () => {
      const { code, stdout, stderr } = await runGmr(['view', '-'], content);
      assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
      assert.match(stderr, message);
    });
  }

  test('says so for a file that is not there', async () => {
    const { code, stderr } = await runGmr(['view', 'no-such-report']);
    assert.equal(code, 1);
    assert.match(stderr, /cannot read no-such-report: .*ENOENT/);
  });
});

describe('a report in a log', () => {
  const own = (pid: number): string => text.replaceAll(data.reportId, `20261121T010203Z-${pid}-1`);

  test('is found between other lines, and is that of the process', () => {
    const log = `starting\n${own(11)}between\n${own(7)}after\n`;
    assert.deepEqual(withoutId(findReport(log, 7)), { kind: 'text', text: own(7) });
    assert.equal(findReport(log, 8), null);
  });

  test('is found only when it is complete', () => {
    const whole = own(7);
    for (const length of [0, 10, 500, whole.length - 1])
      assert.equal(findReport(whole.slice(0, length), 7), null);
    assert.equal(findReport(whole, 7)?.text, whole);
  });

  test('ends with the line that begins with the mark and has its own id', () => {
    const whole = own(7);
    const id = '20261121T010203Z-7-1';
    const other = '20261121T010203Z-7-2';
    const within = (line: string): string => whole.replace('\n  report:', () => `\n${line}\n  report:`);
    for (const line of [`  x ==== End of report ${id} ====`, `==== End of report ${other} ====`]) {
      assert.equal(findReport(within(line), 7)?.text, within(line), line);
    }
    assert.equal(findReport(whole.replace(`End of report ${id}`, `End of report ${other}`), 7), null);
  });

  test('is found after one that was cut off, and after a line without an end', () => {
    const log = `${own(7).slice(0, 900)}\nprogress: 7 %${own(7)}`;
    assert.equal(findReport(log, 7)?.text, own(7));
  });

  test('is found when the formatter did not run', () => {
    const essential = [
      ...text.split('\n').slice(0, 3),
      '  essential report: the formatter did not run (out of memory)',
      '  report 20261121T010203Z-7-1, 2026-11-21T01:02:03Z, pid 7, stacks after 1.0 ms',
      '==== End of report 20261121T010203Z-7-1 ====',
      '',
    ].join('\n');
    assert.equal(findReport(`log\n${essential}more\n`, 7)?.text, essential);
  });

  test('is found as a line of JSON', () => {
    const lineOf = (pid: number): string =>
      JSON.stringify({ ...data, reportId: `20261121T010203Z-${pid}-1`, pid });
    const line = lineOf(7);
    const log = `starting\n${lineOf(11)}\n${line}\nafter\n`;
    assert.deepEqual(withoutId(findReport(log, 7)), { kind: 'json', text: line });
    assert.equal(findReport(log, 7, new Set(['20261121T010203Z-7-1'])), null, 'it was made before');
    assert.equal(findReport(`starting\n${line.slice(0, -1)}`, 7), null);
  });

  test('is found behind one that was cut off, however often its beginning is on the line', () => {
    const line = JSON.stringify({ schemaVersion: 1, reportId: '20261121T010203Z-7-1' });
    const begin = '{"schemaVersion":';
    const log = `${begin.repeat(100_000)}\n${begin}1,"reportId":"2026${line}\n`;
    const beganAtMs = performance.now();
    assert.deepEqual(withoutId(findReport(log, 7)), { kind: 'json', text: line });
    assert.ok(performance.now() - beganAtMs < 5000, 'the time grows with the square of the length');
  });
});
