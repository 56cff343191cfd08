import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Frame, IsolateThread, Photograph } from '../src/report/model';
import type { OpenGroup } from '../src/report/open';
import { openGroup, openThings } from './support/census';
import { scratchFolder } from './support/files';
import { requireLib } from './support/lib';
import { STACK_READING } from './support/native-addon';
import { MODES, ofKind, reportOnScene } from './support/open-scene';
import { PATIENT } from './support/patience';
import { asleep, blockedIn, ofPackage } from './support/situations';
import { captured, frame, mainThread, photograph } from './support/photographs';

const { summarize } = requireLib('report/summary/index') as typeof import('../src/report/summary/index');

const LIVE = { ...PATIENT, ...STACK_READING };

describe('outputs of loggers', LIVE, () => {
  for (const mode of MODES) {
    test(`are listed with their target and queue in a thread that is ${mode}`, async (t) => {
      const file = join(scratchFolder(t), 'app.log');
      const { open, text, truth } = await reportOnScene(t, { scene: 'log-outputs', mode, args: [file] });
      const target = `fd ${String(truth['fd'])} -> ${file}`;
      const outputs = ofKind(open, 'other').filter(({ details }) => details['output'] === 'sonic-boom');
      assert.deepEqual(
        outputs.map(({ text: words, numbers }) => [words, numbers.queuedBytes?.sum]),
        [[`synchronous output of sonic-boom to ${target}`, 100_000]],
      );
      assert.ok(text.includes(`sonic-boom has 0.1 MB not yet written to ${target}.`), text);
    });
  }
});

describe('a thread that sleeps between attempts to write', () => {
  const stack: readonly Frame[] = [
    ofPackage('sleep', 'atomic-sleep/index.js', 18),
    ofPackage('release', 'sonic-boom/index.js', 184, { className: 'SonicBoom' }),
    ofPackage('LOG', 'pino/lib/tools.js', 62),
    frame('audit'),
  ];
  const output = openGroup('other', 'output', { details: { output: 'sonic-boom', target: 'fd 1 -> pipe' } });

  function sentence(frames: readonly Frame[], groups: readonly OpenGroup[]): string {
    const stuck: Partial<IsolateThread> = {
      ...blockedIn(frames, { os: asleep('futex', null), stack: captured(frames) }),
      open: openThings(groups),
    };
    return summarize(photograph({ isolates: [mainThread(stuck)] }) as unknown as Photograph)[0] ?? '';
  }

  test('is not said to wait for another thread', () => {
    assert.equal(
      sentence(stack, [output]),
      'main thread: blocked for 2.3 s in audit (deploy.js:41), in LOG of pino, between attempts of sonic-boom to write to fd 1 -> pipe.',
    );
  });

  test('has no target where it could be one of several', () => {
    assert.match(sentence(stack, [output, output]), /between attempts of sonic-boom to write\.$/);
    assert.match(sentence(stack, [{ ...output, count: 2 }]), /between attempts of sonic-boom to write\.$/);
  });

  test('is only recognised by both functions', () => {
    assert.doesNotMatch(
      sentence(
        stack.filter((_, at) => at !== 0),
        [output],
      ),
      /attempts/,
    );
    assert.doesNotMatch(
      sentence(
        stack.filter((_, at) => at !== 1),
        [output],
      ),
      /attempts/,
    );
  });
});
