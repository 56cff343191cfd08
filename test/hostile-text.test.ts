import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import type { Photograph } from '../src/report/model';
import { installed, linuxOnly, runGmr, startLogging } from './support/gmr-command';
import { requireLib } from './support/lib';
import { buildNativeAddon, STACK_READING } from './support/native-addon';
import { copyPackage } from './support/package-copy';
import { fixturePath } from './support/paths';
import { PATIENT, eventually } from './support/patience';
import { assertOurMargin } from './support/report-margin';
import { sectionOf, sectionsOf } from './support/report-text';
import { type Service, startService } from './support/service';
import { shellCommand } from './support/shell';
import { startTriggered } from './support/trigger-service';

const { escapeInline, escapeJson, clip, boundedName } = requireLib(
  'escape',
) as typeof import('../src/escape');

const { findReport } = requireLib(
  'cli/processes/find-report',
) as typeof import('../src/cli/processes/find-report');

/** What was found, and how. */
function withoutId(found: ReturnType<typeof findReport>): object | null {
  return found === null ? null : { kind: found.kind, text: found.text };
}

const ORDERS = ['innermost-first', 'outermost-first'] as const;
/** Characters that must never be in an output unescaped. Line breaks and tabs have their own meaning there. */
const TRICKS = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b\ufeff\u{e0000}-\u{e007f}]/u;

function scratchFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gmr-hostile-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function strictly(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** An argument that is not UTF-8, and so a command line that is not, and a variable with hostile characters. */
function hostile(t: TestContext, options: object, script = fixturePath('hostile-service.cjs')): Service {
  const words = 'exec "$@" "$(printf \'x\\377\\302\\nforged argument\')"';
  const [execPath, ...execArgv] = shellCommand(words, 'sh', process.execPath);
  const env = { GMR_TEST_EVIL: 'a\nforged variable\u001b\u202e' };
  return startService(t, { script, args: [JSON.stringify(options)], execPath, execArgv, env });
}

function assertNothingForged(report: string): void {
  assertOurMargin(report);
  assert.doesNotMatch(report, /^(?:forged|gmr: )/m);
  assert.doesNotMatch(report, TRICKS);
  const longest = Math.max(...report.split('\n').map((line) => line.length));
  assert.ok(longest < 70_000, `a line of ${longest} characters`);
  assert.doesNotMatch(report, /n{300}/);
}

describe('text from outside', PATIENT, () => {
  for (const frameOrder of ORDERS) {
    test(`cannot forge a line of a text report, nor break its UTF-8 (${frameOrder})`, async (t) => {
      const service = await hostile(t, { frameOrder }).ready();
      let report = '';
      // V8 may move the function that waits, which is new, while the heap is read.
      for (let round = 0; round < 20 && !/^ {4}async /m.test(report); round += 1) {
        report = await service.reportOnSignal();
        assertNothingForged(report);
      }
      assert.match(sectionOf(report, 'Throws'), /^ {2}failed: Error: [^]*^ {4}\| forged = yes$/m);
      assert.match(sectionOf(report, 'Last'), /answer = 42/);
      assert.match(sectionOf(report, 'Green Threads'), /^ {4}async \\x1b\[2J.*\(.*forged/m);
      const titles = [...sectionsOf(report).keys()];
      assert.ok(titles.includes('"Threads"') && titles.includes('Threads'), titles.join());
      assert.ok(
        titles.some((title) => title.startsWith('"End of report ')),
        titles.join(),
      );
    });
  }

  test('cannot forge a line of the essential report either, which is written without the formatter', async (t) => {
    const bundle = `globalThis.gmrFormat = () => { throw new Error('\\nforged = yes\\n\\u202e\\ud800'); };`;
    const fixtures = copyPackage(t, { binary: 'linked', formatterBundle: bundle });
    const service = await hostile(t, {}, join(fixtures, 'hostile-service.cjs')).ready();
    let report = '';
    // The worker announces that it will block a few instructions before it does.
    for (let round = 0; round < 50 && !report.includes(' in read('); round++) {
      report = await service.reportOnSignal();
      assertNothingForged(report);
    }
    assert.match(report, /essential report: the formatter did not run \(.*\\nforged .*yes\\n\\u202e/);
    assert.match(report, /worker 1 "n{170}\.\.\.\(/);
    assert.match(report, /in read\(fd \d+ -> .*x\\x85/);
  });

  test('stays data in a JSON report, escaped so that a terminal shows it', async (t) => {
    const logDir = scratchFolder(t);
    const service = await hostile(t, { logDir, format: ['text', 'json'] }).ready();
    service.signal();
    const json = await eventually('the JSON report', () =>
      readdirSync(logDir).find((name) => name.endsWith('.json')),
    );
    for (const name of readdirSync(logDir)) {
      const text = strictly(readFileSync(join(logDir, name)));
      assert.doesNotMatch(text, TRICKS, name);
      if (name !== json) assertNothingForged(text);
    }
    const document = JSON.parse(readFileSync(join(logDir, json), 'utf8')) as Photograph;
    const section = document.sections.find(({ title }) => title === 'Throws');
    assert.ok(section?.result.status === 'failed');
    assert.match(section.result.reason, /\u001b\[2J\u009b1m.*\n?.*forged = yes/s);
    const [, worker] = document.isolates;
    assert.match(worker?.name ?? '', /^n{170}\.\.\.\(\d+ more\)$/);
    // Output of the service itself does not begin like a line of a report.
    assert.doesNotMatch(service.stderr, /^forged/m);
  });

  test('cannot cut the report that gmr trigger --wait prints', linuxOnly, async (t) => {
    const log = join(scratchFolder(t), 'service.log');
    const service = startLogging(t, log, { script: 'hostile-service.cjs', args: ['{}'] });
    await service.ready();
    await installed(service);
    const { code, stdout, stderr } = await runGmr(['trigger', String(service.pid), '--wait']);
    assert.equal(code, 0, stderr);
    assertNothingForged(stdout);
    assert.match(sectionOf(stdout, 'Last'), /answer = 42/);
    assert.match(stderr, /^(?:gmr: .*\n)+$/);
    for (const args of [['list'], ['list', '--json']]) {
      assert.doesNotMatch((await runGmr(args)).stdout, TRICKS);
    }
  });
});

describe('the mark at the end of a report', PATIENT, () => {
  test('is only a line of its own with the id of the report, whatever else a log has in between', async (t) => {
    const service = await startTriggered(t, {});
    const report = await service.reportOnSignal();
    const lines = report.split('\n');
    const mark = lines.at(-2) ?? '';
    assert.match(mark, /^==== End of report \S+ ====$/);
    const others = ['==== End of report 1-2-3 ====', `  ${mark}`, `app: ${mark}`, `${mark} says somebody`];
    const log = [...lines.slice(0, 20), ...others, ...lines.slice(20)].join('\n');
    assert.deepEqual(withoutId(findReport(`started\n${log}goes on\n`, service.pid)), {
      kind: 'text',
      text: log,
    });
  });
});

describe('the characters that are escaped', () => {
  interface TextFixture {
    readonly printable: (bytes: Buffer) => Buffer;
    readonly json: (bytes: Buffer) => Buffer;
    readonly cut: (bytes: Buffer, length: number) => Buffer;
  }
  const native = (): TextFixture => require(buildNativeAddon('text_fixture')) as TextFixture;

  test('are the same in TypeScript and in C++, each code point of Unicode', STACK_READING, () => {
    const { printable, json } = native();
    for (let first = 0; first <= 0x10ffff; first += 0x1000) {
      let text = '';
      for (let code = first; code < first + 0x1000; code++) {
        if (code < 0xd800 || code > 0xdfff) text += String.fromCodePoint(code);
      }
      assert.equal(strictly(printable(Buffer.from(text))), escapeInline(text), first.toString(16));
      const written = strictly(json(Buffer.from(text)));
      assert.equal(written, writtenAsJson(text), first.toString(16));
      assert.equal(JSON.parse(written), text);
    }
  });

  test('include each byte that is not UTF-8', STACK_READING, () => {
    const { printable, json, cut } = native();
    const broken: readonly (readonly [number[], string])[] = [
      [[0x61, 0xff, 0x62], 'a\\xffb'],
      [[0xc3], '\\xc3'],
      [[0xc0, 0xaf], '\\xc0\\xaf'],
      [[0xe0, 0x80, 0xaf], '\\xe0\\x80\\xaf'],
      [[0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
      [[0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
      [[0xf0, 0x9f, 0x98], '\\xf0\\x9f\\x98'],
    ];
    for (const [bytes, shown] of broken) {
      assert.equal(strictly(printable(Buffer.from(bytes))), shown);
      const parsed = JSON.parse(strictly(json(Buffer.from(bytes)))) as string;
      assert.match(parsed, /\ufffd/);
    }
    const text = Buffer.from('aé€😀z');
    for (let length = 0; length <= text.length; length++) {
      const kept = strictly(cut(text, length));
      assert.ok('aé€😀z'.startsWith(kept) && Buffer.byteLength(kept) > length - 4, kept);
    }
  });

  test('include unpaired surrogates, and no cut makes one', () => {
    assert.equal(escapeInline('a\ud800b\udc00😀'), 'a\\ud800b\\udc00😀');
    assert.equal(clip('ab😀', 3), 'ab...(2 more)');
    assert.doesNotMatch(boundedName(`x${'😀'.repeat(500)}`), /\p{Cs}/u);
    assert.equal(escapeJson('"\u009b\u202e\u{e0041}\u007f"'), '"\\u009b\\u202e\\udb40\\udc41\\u007f"');
  });

  test('do not include what scripts and emoji need', () => {
    const plain = 'Grüße, 日本語, مي\u200cخواهم, 👩\u200d💻, ❤\ufe0f';
    assert.equal(escapeInline(plain), plain);
  });
});

/** The form of the C++ writer, which has no short forms for control characters. */
function writtenAsJson(text: string): string {
  const json = escapeJson(JSON.stringify(text));
  const short: Readonly<Record<string, string>> = { b: '0008', f: '000c', n: '000a', r: '000d', t: '0009' };
  return json.replace(/\\(.)/g, (escape, letter: string) =>
    letter in short ? `\\u${short[letter] ?? ''}` : escape,
  );
}
