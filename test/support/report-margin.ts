import assert from 'node:assert/strict';

const RULE = '='.repeat(72);
const BANNER = /^==== .*\S.* ====$/;
const HEAD = /^-{6} .*\S.* -{6}$/;
const CUT = /^\*\*\* cut here: the report has \d+ bytes, and maxReportBytes is \d+ \*\*\*$/;
const END = /^==== End of report (\S+) ====$/;
const ID = /^ {2}report(?:: +(\S+)| (\S+),.*)$/m;
/** Characters that no line of a report may contain: they have no glyph or control the terminal. Tabs are allowed. */
const UNPRINTABLE =
  // oxlint-disable-next-line no-misleading-character-class -- each is meant by itself
  /(?!\t)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]|(?![\u200c\u200d\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}/u;

/**
 * Fails when a text report has a line at its left margin that is not the report's own: text from outside must be
 * indented. Every report that a test reads is checked here.
 */
export function assertOurMargin(report: string): void {
  const lines = report.split('\n');
  assert.equal(lines.pop(), '', `the report does not end with a line break\n${report}`);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    assert.doesNotMatch(line, UNPRINTABLE, `line ${at + 1} of\n${report}`);
    if (line === '' || line.startsWith('  ')) continue;
    if (line === RULE) {
      assert.match(lines[at + 1] ?? '', BANNER, `below the rule in line ${at + 1} of\n${report}`);
      assert.doesNotMatch(lines[at + 1] ?? '', END);
      assert.equal(lines[at + 2], RULE, `line ${at + 3} of\n${report}`);
      at += 2;
    } else if (at === lines.length - 1) {
      const [, first, second] = ID.exec(report) ?? [];
      assert.equal(END.exec(line)?.[1], first ?? second, `the last line is not the end of\n${report}`);
    } else {
      assert.ok(HEAD.test(line) || CUT.test(line), `'${line}' is at the left margin of\n${report}`);
    }
  }
}
