import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { greenThreadsOf, type PrintedGreenThreads } from './support/green-threads';
import { STACK_READING } from './support/native-addon';
import { PATIENT, TIME_SCALE } from './support/patience';
import { sectionOf } from './support/report-text';
import { startService } from './support/service';

const CHAINS = 250;
const CHURN_MS = 1000 * Number(process.env['GMR_CHURN_SECONDS'] ?? 5);
const AT_WORK = /^ {2}not available: the garbage collector was at work$/m;

/** Returns what each report shows of the chains, all of which wait forever, while the service collects garbage. */
async function reports(t: TestContext, flags: readonly string[]): Promise<Record<string, number>> {
  const service = startService(t, {
    script: 'green/collecting-service.cjs',
    execArgv: flags,
    limitMs: CHURN_MS + 90_000 * TIME_SCALE,
  });
  await service.ready();
  const seen = { paused: 0, running: 0, 'at-rest': 0, atWork: 0, other: 0 };
  const until = Date.now() + CHURN_MS;
  for (let made = 0; Date.now() < until || made < 5; made += 1) {
    const report = await service.reportOnSignal();
    const text = sectionOf(report, 'Green Threads');
    if (AT_WORK.test(text)) seen.atWork += 1;
    else if (text.includes('not available: ')) seen.other += 1;
    else seen[assertRight(report, text)] += 1;
  }
  t.diagnostic(JSON.stringify(seen));
  return seen;
}

/** The expected lines: every chain once, complete and in order. */
function assertRight(report: string, text: string): PrintedGreenThreads['heapRead'] {
  const { groups, heapRead } = greenThreadsOf(report);
  const own = groups.filter(({ frames }) => frames.some(({ place }) => place.startsWith('chains.js:')));
  const shown = own.map(
    ({ count, frames }) =>
      `${count} ${frames.map(({ name, place }) => `${name} ${place.split(':')[1]}`).join()}`,
  );
  const expected = Array.from({ length: CHAINS }, (_, n) => {
    const line = 2 + 5 * n;
    return `1 a${n} ${line},b${n} ${line + 1},c${n} ${line + 2},d${n} ${line + 3}`;
  });
  const missing = expected.filter((chain) => !shown.includes(chain));
  // Those that V8 moved between two looks at them are counted instead.
  const gone = Number(/^ {2}(\d+) more green threads?.* omitted: they went on/m.exec(text)?.[1] ?? 0);
  const wanted = gone === 0 ? expected : expected.filter((chain) => shown.includes(chain));
  assert.deepEqual([...shown].sort(), [...wanted].sort(), `${missing.length} are missing in\n${text}`);
  assert.ok(missing.length <= gone, `${missing.length} are missing, ${gone} are counted in\n${text}`);
  if (heapRead === 'running') assert.doesNotMatch(text, /can resolve any more|about to go on/);
  return heapRead;
}

describe('a heap that is read while its thread collects garbage', { ...PATIENT, ...STACK_READING }, () => {
  for (const flags of [['--stress-compaction'], ['--gc-interval=3000'], ['--max-semi-space-size=1'], []]) {
    test(`is shown correctly or not at all (${flags.join(' ') || 'no flags'})`, async (t) => {
      const { other = 0, running = 0, atWork = 0, paused = 0, ...rest } = await reports(t, flags);
      assert.ok(running + atWork + paused + (rest['at-rest'] ?? 0) > other, 'most reports have the section');
    });
  }

  test('is read when the thread is blocked, and nothing is collected', async (t) => {
    const service = startService(t, { script: 'green/blocked-service.cjs', args: ['readSync'] });
    await service.ready();
    const found = greenThreadsOf(await service.reportOnSignal());
    assert.equal(found.heapRead, 'at-rest', found.text);
    assert.doesNotMatch(found.text, /meanwhile|cannot be watched/);
  });
});
