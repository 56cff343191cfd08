import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { PATIENT } from './support/patience';
import { startService } from './support/service';

const MEGABYTE = 2 ** 20;

interface Figures {
  readonly kind: 'main' | 'worker';
  readonly limitBytes: number;
  readonly oldUsedBytes: number;
  readonly oldLimitBytes: number | null;
}

async function figuresOf(
  t: TestContext,
  { execArgv, args }: { readonly execArgv: readonly string[]; readonly args: readonly string[] },
): Promise<readonly Figures[]> {
  const service = startService(t, { script: 'heap-service.cjs', execArgv, args });
  await service.line('done');
  const prefix = 'figures ';
  const lines = service.stdout.split('\n').filter((line) => line.startsWith(prefix));
  return lines.map((line) => JSON.parse(line.slice(prefix.length)) as Figures);
}

describe('the limit of the old generation', PATIENT, () => {
  for (const { flags, megabytes } of [
    { flags: ['--max-old-space-size=217'], megabytes: 217 },
    { flags: ['--max-old-space-size=256', '--max-semi-space-size=8'], megabytes: 256 },
    { flags: ['--max-old-space-size=2048', '--max-semi-space-size=2'], megabytes: 2048 },
  ]) {
    test(`is what ${flags.join(' ')} says, and not what V8 reports with the young generation`, async (t) => {
      const [main] = await figuresOf(t, { execArgv: flags, args: ['1'] });
      assert.equal(main?.oldLimitBytes, megabytes * MEGABYTE);
      assert.ok(main.limitBytes > megabytes * MEGABYTE);
    });
  }

  test('is known without a flag', async (t) => {
    const [main] = await figuresOf(t, { execArgv: [], args: ['1'] });
    assert.ok(main?.oldLimitBytes !== null && main !== undefined);
    assert.ok(main.oldLimitBytes < main.limitBytes && main.oldLimitBytes > main.limitBytes / 2);
  });

  test("is that of a worker's resourceLimits", async (t) => {
    const figures = await figuresOf(t, { execArgv: [], args: ['1', '73'] });
    const worker = figures.find(({ kind }) => kind === 'worker');
    assert.equal(worker?.oldLimitBytes, 73 * MEGABYTE);
  });
});

describe('what is used of the old generation', PATIENT, () => {
  test('is nearly all when large and small objects nearly fill it', async (t) => {
    const execArgv = ['--max-old-space-size=256', '--max-semi-space-size=1'];
    const [main] = await figuresOf(t, { execArgv, args: ['242'] });
    assert.ok(main !== undefined && main.oldLimitBytes !== null);
    const part = main.oldUsedBytes / main.oldLimitBytes;
    assert.ok(part >= 0.9 && part <= 1, `${part}`);
    // With the young generation it would look less full than it is.
    assert.ok(main.oldUsedBytes / main.limitBytes < part);
  });

  test('grows by what is kept', async (t) => {
    const execArgv = ['--max-semi-space-size=1'];
    const [few] = await figuresOf(t, { execArgv, args: ['20'] });
    const [many] = await figuresOf(t, { execArgv, args: ['60'] });
    const more = (many?.oldUsedBytes ?? 0) - (few?.oldUsedBytes ?? 0);
    assert.ok(more > 35 * MEGABYTE && more < 60 * MEGABYTE, `${more}`);
  });
});
