import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import type { ReportCounters, ReportMessage } from 'gmr-native';
import type { NativeAddon } from '../src/addon/contract';
import { reportFiles, scratchFolder } from './support/files';
import { requireLib } from './support/lib';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT, eventually } from './support/patience';
import { photograph } from './support/photographs';
import { type Service, startService } from './support/service';

const NAME = 'gmr-native:report';
const events = requireLib('autorun/reporter-events') as typeof import('../src/autorun/reporter-events');

async function start(t: TestContext, options: Readonly<Record<string, unknown>>): Promise<Service> {
  return await startService(t, { script: 'channel-service.cjs', args: [JSON.stringify(options)] }).ready();
}

async function tell(service: Service, command: string): Promise<void> {
  const from = service.stdout.length;
  service.write(`${command}\n`);
  await service.line(command === 'write' ? 'wrote' : `done ${command.split(' ')[0]}`, from);
}

function heard({ stdout }: Service): readonly ReportMessage[] {
  return [...stdout.matchAll(/^heard (.*)$/gm)].map(([, json]) => JSON.parse(json ?? '') as ReportMessage);
}

async function counted(service: Service): Promise<ReportCounters> {
  const from = service.stdout.length;
  await tell(service, 'count');
  return JSON.parse((await service.line('counted ', from)).slice('counted '.length)) as ReportCounters;
}

describe('the channel gmr-native:report', PATIENT, () => {
  for (const [title, commands] of [
    ['before setup', ['subscribe', 'setup']],
    ['after setup', ['setup', 'subscribe']],
    ['before a second setup', ['setup', 'dispose', 'subscribe', 'setup']],
  ] as const) {
    test(`tells a subscriber of each report, who subscribed ${title}`, async (t) => {
      const logDir = scratchFolder(t);
      const service = await start(t, { logDir });
      for (const command of commands) await tell(service, command);
      await tell(service, 'write');
      service.signal();
      const [first, second] = await eventually('two messages', () => {
        const messages = heard(service);
        return messages.length === 2 ? messages : undefined;
      });
      assert.deepEqual([first?.trigger, second?.trigger], ['api', 'signal']);
      const paths = reportFiles(logDir).map((name) => join(logDir, name));
      assert.deepEqual([...(first?.files ?? []), ...(second?.files ?? [])].toSorted(), paths.toSorted());
      for (const message of [first, second]) {
        assert.match(message?.summary.join('\n') ?? '', /^main thread: /);
        assert.ok((message?.durationMs ?? 0) > 0);
        assert.ok(Math.abs((message?.requestedAtMs ?? 0) - Date.now()) < 600_000);
        assert.equal(message?.error, null);
      }
    });
  }

  test('costs nothing without a subscriber: the reporter is not asked for reports', () => {
    const calls: { readonly listener: ((json: string) => void) | null; readonly wants: boolean }[] = [];
    const addon = {
      setEventListener: (listener: ((json: string) => void) | null, wants: boolean) =>
        calls.push({ listener, wants }),
    } as unknown as NativeAddon;
    const last = (): boolean | null => {
      const call = calls.at(-1);
      return call?.listener === null ? null : (call?.wants ?? null);
    };
    const messages: unknown[] = [];
    const listener = (message: unknown): void => void messages.push(message);
    const report = JSON.stringify({
      kind: 'report',
      reportId: 'x',
      files: ['/a,"photograph":{'],
      error: null,
      lost: false,
      photograph: photograph(),
    });
    const own = (): boolean => Object.hasOwn(channel(NAME), 'subscribe');
    events.linkEvents(addon, false);
    assert.equal(last(), null);
    subscribe(NAME, listener);
    assert.equal(last(), true);
    assert.equal(own(), false);
    calls.at(-1)?.listener?.(report);
    assert.deepEqual(
      messages.map((message) => (message as ReportMessage).files),
      [['/a,"photograph":{']],
    );
    unsubscribe(NAME, listener);
    calls.at(-1)?.listener?.(report);
    assert.equal(last(), null);
    assert.equal(messages.length, 1);
    subscribe(NAME, listener);
    assert.equal(last(), true);
    unsubscribe(NAME, listener);
    events.unlinkEvents();
    assert.equal(last(), null);
    assert.equal(own(), false);
  });
});

describe('reportCounters()', PATIENT, () => {
  test('counts reports and blocks from its first call on', async (t) => {
    const service = await start(t, {
      logDir: scratchFolder(t),
      blockedEventLoop: { thresholdMs: 200, intervalMs: 20, maxReportsPerHour: 10 },
    });
    await tell(service, 'setup');
    await tell(service, 'write');
    const none = await counted(service);
    assert.deepEqual(none.reports, { signal: 0, file: 0, watchdog: 0, fatal: 0, api: 0, unknown: 0 });
    assert.deepEqual(none.reportDurationMs, { last: null, max: null, sum: 0 });
    await tell(service, 'write');
    await tell(service, 'write');
    await tell(service, 'block 700');
    let last = none;
    for (;;) {
      last = await counted(service);
      if (last.reports.watchdog > 0 && last.eventLoopBlocks > 0) break;
    }
    assert.equal(last.reports.api, 2);
    assert.equal(last.failedReports, 0);
    assert.equal(last.countingSinceMs, none.countingSinceMs);
    const { reportDurationMs: duration, eventLoopBlockMs: block } = last;
    assert.ok((duration.last ?? 0) > 0 && (duration.max ?? 0) >= (duration.last ?? 0));
    assert.ok(duration.sum > (duration.max ?? 0));
    assert.ok((block.max ?? 0) >= 500, JSON.stringify(block));
  });

  test('says that it counts nothing in a worker', () => {
    const program = `new (require('node:worker_threads').Worker)(
      "const { reportCounters } = require('gmr-native'); reportCounters(); reportCounters()", { eval: true })`;
    const { stderr } = spawnSync(process.execPath, ['-e', program], {
      cwd: REPOSITORY_ROOT,
      encoding: 'utf8',
    });
    assert.equal(
      stderr.match(/\[GMR_LISTENER_IGNORED\] GmrWarning: gmr-native: reportCounters\(\) counts nothing/g)
        ?.length,
      1,
    );
  });

  test('counts reports that no output accepted', async (t) => {
    const service = await start(t, {});
    await tell(service, 'setup');
    await counted(service);
    await tell(service, 'close-stderr');
    await tell(service, 'write');
    await service.line('failed GMR_REPORT_FAILED');
    const after = await eventuallyCounted(service, ({ failedReports }) => failedReports > 0);
    assert.deepEqual([after.reports.api, after.failedReports], [1, 1]);
  });
});

async function eventuallyCounted(
  service: Service,
  isThere: (counters: ReportCounters) => boolean,
): Promise<ReportCounters> {
  for (;;) {
    const counters = await counted(service);
    if (isThere(counters)) return counters;
  }
}
