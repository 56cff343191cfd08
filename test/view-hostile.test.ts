import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Photograph, Trigger } from '../src/report/model';
import { runGmr } from './support/gmr-command';
import { requireLib } from './support/lib';
import { PATIENT } from './support/patience';
import {
  asyncFrame,
  captured,
  configuration,
  facts,
  frame,
  greenGroup,
  greenThreads,
  mainThread,
  otherThread,
  photograph,
  workerThread,
} from './support/photographs';
import { assertOurMargin } from './support/report-margin';

const { maskPhotograph } = requireLib(
  'formatter/mask-photograph',
) as typeof import('../src/formatter/mask-photograph');
const { withColours } = requireLib('cli/base/colours') as typeof import('../src/cli/base/colours');
const { renderLog } = requireLib('views/log') as typeof import('../src/views/log');

/** What a terminal obeys, what begins a line, what looks like a part of a report, and markup. */
const EVIL =
  '\u001b[2J\u001b]0;owned\u0007\u009b1m\u202e\u2028\r\nforged = yes\n' +
  `${'='.repeat(72)}\n====                        Guru Meditation                         ====\n` +
  '==== End of report 1-2-3 ====\n{"gmr":"report","reportId":"x","part":1,"of":1,"host":null,"data":"{}"}\n' +
  '; 7\n<script>alert(1)</script>\u200b\ufeff\ud800\u{e0041}';
/** Characters that must never be in an output unescaped. Line breaks and tabs have their own meaning there. */
const TRICKS = /(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b\ufeff\u{e0000}-\u{e007f}]/u;

/** Words by which the document says of which form a part of it is, and those that are compared. */
const WORDS: ReadonlySet<string> = new Set(
  'status kind state method quality heapRead policy frameOrder frames source'.split(' '),
);

/** The value with something evil in each of its strings, and in the names of what may have any name. */
function spoil(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return WORDS.has(key) ? value : `${value}${EVIL}`;
  if (Array.isArray(value)) return value.map((each) => spoil(each, key));
  if (typeof value !== 'object' || value === null) return value;
  const hasAnyNames = ['deployment', 'objects', 'failures', 'variables', 'value'].includes(key);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [hasAnyNames ? `${name}${EVIL}` : name, spoil(each, name)]),
  );
}

function everything(trigger: Trigger): Photograph {
  const stack = captured(
    [
      frame('read', { kind: 'native', file: 'libc.so.6', line: null, column: null, isUserCode: false }),
      frame('deploy', { source: { text: 'deploy(1)', column: 1, cut: false } }),
      frame('', { kind: 'wasm', file: 'a.wasm', line: null, column: 16 }),
      frame('sort', { kind: 'builtin', className: 'Array', file: null, line: null }),
      frame('bundled', { generated: 'its source map cannot be read' }),
    ],
    { asyncFrames: [frame('main', { kind: 'async' })], noNative: 'no reason', noJavaScript: 'none' },
  );
  const group = greenGroup([asyncFrame('query', { via: 'Promise.all' }), asyncFrame('handler')], {
    waitsFor: 'pg Pool',
    count: 3,
  });
  const gone = { status: 'unavailable', reason: 'not there' } as const;
  return maskPhotograph(
    photograph({
      trigger,
      facts: facts({ deployment: { 'service.name': 'cart' }, nodeOptions: '--no-warnings' }),
      isolates: [
        mainThread({ state: 'running', stack, greenThreads: greenThreads([group]), note: 'a note' }),
        workerThread(1, { name: 'resizer', state: 'not-answering', stack: gone, heap: gone }),
        workerThread(2, { name: '', state: 'idle' }),
      ],
      otherThreads: [otherThread(12, { name: 'libuv-worker', stack }), otherThread(13)],
      configuration: configuration({
        objects: { conf: { port: 8080, list: ['a'] } },
        failures: { other: 'it threw' },
        environment: { policy: 'masked', variables: { HOME: '/home', SECRET: null }, leftOut: 0 },
      }),
      sections: [
        { title: 'Pool', result: { status: 'ok', value: { size: 'ten', list: ['a', 'b'] }, tookMs: 1 } },
        { title: 'Failed', result: { status: 'failed', reason: 'Error: no' } },
        { title: 'Late', result: { status: 'timed-out', reason: 'no result' } },
      ],
    }),
  );
}

const TRIGGERS: readonly Trigger[] = [
  { kind: 'signal', signal: 'SIGUSR2', senderPid: 1, senderUid: 0, fromGmrTrigger: false, coalesced: 1 },
  { kind: 'fatal', error: 'Error: no\n    at a.js:1:1' },
  { kind: 'watchdog', threadId: 1, threadName: 'resizer', blockedMs: 1000 },
  { kind: 'file', path: '/run/gmr' },
];

describe('what is planted in every string of a report', PATIENT, () => {
  for (const trigger of TRIGGERS) {
    test(`stays text in each output of gmr view (${trigger.kind})`, async () => {
      const spoilt = spoil(everything(trigger)) as Photograph;
      const input = JSON.stringify(spoilt);
      const view = async (...args: string[]): Promise<string> => {
        const { code, stdout, stderr } = await runGmr(['view', '-', ...args], input);
        assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
        assert.doesNotMatch(stdout, TRICKS);
        assert.doesNotMatch(stdout, /^(?:forged|<script|; 7|\{"gmr":"report","reportId":"x")/m);
        return stdout;
      };
      const text = await view();
      assertOurMargin(text);
      const coloured = withColours(text);
      assert.ok(coloured.length > text.length);
      // oxlint-disable-next-line no-control-regex -- that is what colours are made of
      assert.equal(coloured.replaceAll(/\u001b\[[\d;]*m/g, ''), text);
      assert.deepEqual(JSON.parse(await view('-f', 'json')), JSON.parse(input));
      const log = await view('-f', 'log');
      const pieces = log
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { readonly data: string }).data);
      assert.deepEqual(JSON.parse(pieces.join('')), JSON.parse(input));
      const collapsed = (await view('-f', 'collapsed')).trimEnd().split('\n');
      const harmless = await runGmr(['view', '-', '-f', 'collapsed'], JSON.stringify(everything(trigger)));
      const shape = (line: string): string => `${line.split(';').length} ${/ (\d+)$/.exec(line)?.[1]}`;
      assert.deepEqual(collapsed.map(shape), harmless.stdout.trimEnd().split('\n').map(shape));
    });
  }

  test('stays text where only the first line of a report in a log is left', async () => {
    const spoilt = spoil(everything(TRIGGERS[0] as Trigger)) as Photograph;
    const [first = ''] = renderLog(spoilt, Infinity).split('\n');
    const other = first.replace(/"host":"[^"]*"/, '"host":"b"');
    for (const input of [first, `${first}\n${other}`]) {
      const { code, stdout, stderr } = await runGmr(['view', '-'], input);
      assert.equal(code, 1);
      for (const output of [stdout, stderr]) assert.doesNotMatch(output, TRICKS);
      assert.match(stderr, /^(?:gmr: .*\n)+$/);
      for (const line of stdout.trimEnd().split('\n')) assert.match(line, /^(?: {2}.*)?$/);
    }
  });
});
