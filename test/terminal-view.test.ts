import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { scratchFolder } from './support/files';
import { GMR, runGmr } from './support/gmr-command';
import { requireLib } from './support/lib';
import { HARD_LIMIT_MS, PATIENT } from './support/patience';
import {
  asyncFrame,
  captured,
  frame,
  greenGroup,
  greenThreads,
  mainThread,
  photograph,
  workerThread,
} from './support/photographs';
import { gmrOnScreen } from './support/screen';
import { shellCommand } from './support/shell';
import { whyNoTerminal } from './support/terminal';

const { renderText } = requireLib('views/text') as typeof import('../src/views/text');
const { renderJson } = requireLib('views/json') as typeof import('../src/views/json');
const { withColours, wantsColours } = requireLib(
  'cli/base/colours',
) as typeof import('../src/cli/base/colours');
const { maskPhotograph } = requireLib(
  'formatter/mask-photograph',
) as typeof import('../src/formatter/mask-photograph');

const cycle = greenGroup([asyncFrame('a', { inCycle: true })], { deadlock: true });
const source = { text: 'deploy(1)', column: 1, cut: false };
const data = maskPhotograph(
  photograph({
    isolates: [
      mainThread({
        state: 'blocked',
        loopStalledMs: 12_400,
        stack: captured([frame('deploy', { source })]),
        greenThreads: greenThreads([cycle]),
      }),
      workerThread(1, {
        name: 'resizer',
        state: 'not-answering',
        stack: { status: 'unavailable', reason: 'busy in native code' },
      }),
      workerThread(2),
    ],
    sections: [{ title: 'Pool', result: { status: 'ok', value: { 'main thread': ': blocked' }, tookMs: 1 } }],
  }),
);
const text = renderText(data);

// oxlint-disable-next-line no-control-regex -- that is what colours are made of
const COLOURS = /\u001b\[[\d;]*m/g;

function plain(shown: string): string {
  return shown.replaceAll(COLOURS, '');
}

function fileWith(t: TestContext, content = renderJson(data, Infinity)): string {
  const file = join(scratchFolder(t), 'report.json');
  writeFileSync(file, content);
  return file;
}

describe('colours', () => {
  test('mark banners, headings and states, and change nothing else', () => {
    const coloured = withColours(text);
    assert.equal(plain(coloured), text);
    const lines = coloured.split('\n');
    const lineWith = (part: string): string => lines.find((line) => plain(line).includes(part)) ?? '';
    assert.match(lineWith('BLOCKED 12.4 s'), /\u001b\[1;31mBLOCKED 12\.4 s\u001b\[0m/);
    assert.match(lineWith('"resizer"   NOT ANSWERING'), /\u001b\[1;31mNOT ANSWERING\u001b\[0m/);
    assert.match(lineWith('worker 2   IDLE'), /\u001b\[32mIDLE 8\.2 s\u001b\[0m/);
    assert.match(lineWith('main thread: blocked'), /^ {2}main thread: \u001b\[1;31mblocked\u001b\[0m for/);
    assert.match(lineWith('DEADLOCK: 1'), /^ +\u001b\[1;31mDEADLOCK\u001b\[0m: 1/);
    assert.match(lineWith('   Guru Meditation   '), /\u001b\[1;36m +Guru Meditation +\u001b\[0m/);
    assert.match(lineWith('`deploy(1)`'), /^\u001b\[2m.*\u001b\[0m$/);
    assert.match(lineWith('*** NOT ANSWERING'), /^\u001b\[1;31m/);
  });

  test('are used as NO_COLOR, FORCE_COLOR and TERM say', () => {
    const cases: readonly (readonly [boolean, boolean, NodeJS.ProcessEnv])[] = [
      [true, true, {}],
      [false, false, {}],
      [false, true, { NO_COLOR: '1' }],
      [true, true, { NO_COLOR: '' }],
      [true, false, { FORCE_COLOR: '1' }],
      [true, false, { FORCE_COLOR: '3', NO_COLOR: '1' }],
      [false, true, { FORCE_COLOR: '0' }],
      [false, false, { FORCE_COLOR: '' }],
      [true, true, { FORCE_COLOR: '' }],
      [false, true, { TERM: 'dumb' }],
    ];
    for (const [expected, isTerminal, env] of cases) {
      assert.equal(wantsColours(isTerminal, env), expected, JSON.stringify({ isTerminal, env }));
    }
  });

  test('do not go into a pipe, and a reader that has seen enough is no error', (t) => {
    const file = fileWith(t);
    const large = join(scratchFolder(t), 'large');
    writeFileSync(large, text + '  a line of a long report\n'.repeat(200_000));
    for (const path of [file, large]) {
      const [shell, ...args] = shellCommand(
        '{ "$0" "$1" view "$2"; echo "code $?" >&2; } | head -n 2',
        process.execPath,
        GMR,
        path,
      );
      const env = { ...process.env, TERM: 'xterm', FORCE_COLOR: undefined };
      const { stdout, stderr } = spawnSync(shell, args, { encoding: 'utf8', timeout: HARD_LIMIT_MS, env });
      assert.equal(stdout, text.split('\n').slice(0, 2).join('\n') + '\n');
      assert.equal(stderr, 'code 0\n');
    }
  });
});

describe('gmr view on a terminal', { ...PATIENT, skip: whyNoTerminal() ?? false }, () => {
  const large = { rows: 500, columns: 200 };
  const hasLess = spawnSync('less', ['--version']).status === 0;
  const needsLess = { skip: hasLess ? false : 'less is not installed' };

  test('prints a report that fits with colours, and without a pager', async (t) => {
    const file = fileWith(t);
    const { code, shown } = await gmrOnScreen(['view', file], { ...large, env: { PAGER: 'false' } });
    assert.equal(code, 0);
    assert.equal(shown.trim(), withColours(text).trim());
    const without = await gmrOnScreen(['view', file], { ...large, env: { NO_COLOR: '1' } });
    assert.equal(without.shown.trim(), text.trim());
  });

  test('uses less for a longer one, with colours, until the user leaves it', needsLess, async (t) => {
    const file = fileWith(t, text + '  a line of a long report\n'.repeat(20_000));
    const { code, shown } = await gmrOnScreen(['view', file], {
      rows: 20,
      columns: 100,
      type: [['service:', 'q']],
    });
    assert.equal(code, 0);
    assert.match(shown, /\u001b\[1;31mblocked\u001b\[0m/);
    assert.ok(plain(shown).includes('main thread: blocked for 12.4 s'));
    // Less puts a blank screen in front of nothing: what was seen stays on the terminal.
    assert.doesNotMatch(shown, /\u001b\[\?1049h/);
    assert.ok(shown.length < 100_000, `${shown.length} characters were shown`);
  });

  test('Ctrl-C in the pager does not leave it behind', needsLess, async (t) => {
    const file = fileWith(t);
    const { code } = await gmrOnScreen(['view', file], {
      rows: 20,
      columns: 100,
      type: [
        ['service:', '\u0003'],
        // less need not show anything, and what is typed while it handles the signal is lost.
        ['', 'q'],
        ['', 'q'],
      ],
    });
    assert.equal(code, 0);
  });

  test('uses the pager of the user, and none if there is no such program', async (t) => {
    const file = fileWith(t);
    const folder = scratchFolder(t);
    const pager = join(folder, 'pager');
    writeFileSync(pager, '#!/bin/sh\necho "my pager: $1"\nexec cat\n');
    chmodSync(pager, 0o755);
    const small = { rows: 20, columns: 100 };
    const own = await gmrOnScreen(['view', file], { ...small, env: { PAGER: `${pager} -x` } });
    assert.match(own.shown, /my pager: -x\n/);
    assert.ok(own.shown.includes(withColours(text).trim()));
    for (const PAGER of ['no-such-pager', 'cat', '']) {
      const { code, shown } = await gmrOnScreen(['view', file], { ...small, env: { PAGER } });
      assert.equal(code, 0);
      assert.ok(shown.includes(withColours(text).trim()), PAGER);
    }
    const dumb = await gmrOnScreen(['view', file], { ...small, env: { TERM: 'dumb' } });
    assert.ok(dumb.shown.includes(text.trim()));
  });

  test('prints the same on a narrow terminal', async (t) => {
    const { code, shown } = await gmrOnScreen(['view', fileWith(t)], {
      rows: 5,
      columns: 20,
      env: { PAGER: 'cat' },
    });
    assert.equal(code, 0);
    assert.equal(plain(shown).trim(), text.trim());
  });

  test('pages no other format, and gives it no colours', async (t) => {
    const { shown } = await gmrOnScreen(['view', fileWith(t), '-f', 'json'], { rows: 5, columns: 20 });
    assert.equal(shown.trim(), (await runGmr(['view', fileWith(t), '-f', 'json'])).stdout.trim());
  });
});
