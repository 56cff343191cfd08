import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { constants, cpus, setPriority } from 'node:os';
import { type TestContext, describe, test } from 'node:test';
import { PATIENT, TIME_SCALE } from './support/patience';
import { mainBlock } from './support/report-text';
import type { Service } from './support/service';
import { assertAlive, startTriggered } from './support/trigger-service';

const THRESHOLD_MS = 200;
const WATCHDOG = { thresholdMs: THRESHOLD_MS, intervalMs: 25 };

interface Block {
  readonly threadId: number;
  readonly threadName: string;
  readonly blockedMs: number;
  readonly beganAtMs: number;
  readonly reported: boolean;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function blockEnd(service: Service, prefix = 'block-end '): Promise<Block> {
  return JSON.parse((await service.line(prefix)).slice(prefix.length)) as Block;
}

async function startWatched(
  t: TestContext,
  more: object = {},
  words: readonly string[] = [],
): Promise<Service> {
  const service = await startTriggered(t, { blockedEventLoop: { ...WATCHDOG, ...more } }, { words });
  // Its loop turns and rests: what follows is not the end of the start.
  await assertAlive(service);
  return service;
}

describe('the watchdog reports, while it is blocked, a main thread that', PATIENT, () => {
  for (const how of ['block', 'block-in-child', 'block-with-timers']) {
    test(`does "${how}"`, async (t) => {
      const service = await startWatched(t);
      service.write(`${how} ${6000 * TIME_SCALE}\n`);
      const report = await service.report();
      assert.match(report, /trigger:\s+watchdog: the event loop of the main thread has not turned for /);
      if (how !== 'block-in-child') assert.match(mainBlock(report).body, /^ *stay \(/m);
      assert.ok(!service.stdout.includes('unblocked'), 'the report came too late');
    });
  }
});

describe('the watchdog', PATIENT, () => {
  test('writes one report for one block, and tells its duration when it ends', async (t) => {
    const service = await startWatched(t);
    const before = Date.now();
    service.write('block 1500\n');
    const block = await blockEnd(service);
    assert.equal(service.reportCount, 1);
    assert.deepEqual(
      { ...block, blockedMs: 0, beganAtMs: 0 },
      {
        threadId: 0,
        threadName: 'main',
        blockedMs: 0,
        beganAtMs: 0,
        reported: true,
      },
    );
    // Exact to one interval, and to what the watchdog had to wait for a CPU; it cannot have been longer than all that
    // happened since.
    const most = Date.now() - before + WATCHDOG.intervalMs;
    assert.ok(block.blockedMs > 1000 && block.blockedMs < most, `${block.blockedMs} of ${most} ms`);
    assert.ok(block.beganAtMs >= before - 100 && block.beganAtMs < Date.now() - 1000);
    assert.deepEqual(await blockEnd(service, 'channel '), block);
  });

  test('writes no more than maxReportsPerHour, and tells of every block', async (t) => {
    const service = await startWatched(t, { maxReportsPerHour: 1 });
    for (const reported of [true, false]) {
      const from = service.stdout.length;
      service.write('block 4000\n');
      // The watchdog looks at nothing else while it writes.
      if (reported) await service.report();
      const line = await service.line('block-end ', from);
      assert.equal((JSON.parse(line.slice('block-end '.length)) as Block).reported, reported);
    }
    assert.equal(service.reportCount, 1);
    assert.match(service.stderr, /no report: 1 in the last hour, which is maxReportsPerHour/);
  });

  test('watches workers when it is told to', async (t) => {
    const service = await startWatched(t, { threads: 'all' }, ['worker']);
    service.write(`block-worker ${1500 * TIME_SCALE}\n`);
    assert.match(await service.report(), /watchdog: the event loop of worker 1 \(digger\) has not turned/);
    assert.equal((await blockEnd(service)).threadName, 'digger');
  });

  test('reports while every event loop is blocked', async (t) => {
    const service = await startWatched(t, { threads: 'all' }, ['worker']);
    service.write(`block-worker ${4000 * TIME_SCALE}\nblock ${4000 * TIME_SCALE}\n`);
    const report = await service.report();
    assert.ok(!service.stdout.includes('unblocked'), 'the report came too late');
    assert.match(
      report,
      /watchdog: the event loop of (?:the main thread|worker 1 \(digger\)) has not turned/,
    );
    // One report is for both when they are found in the same look.
    for (const threadId of [0, 1]) {
      assert.match(await service.line(`block-end {"threadId":${threadId},`), /"reported":true/);
    }
  });

  test('takes a worker that sleeps in Atomics.wait for one that waits for work', async (t) => {
    const service = await startWatched(t, { threads: 'all' }, ['worker']);
    service.write(`rest-worker ${8 * THRESHOLD_MS * TIME_SCALE}\n`);
    await service.line('rested');
    await assertAlive(service);
    assert.equal(service.reportCount, 0);
  });

  test('reports a worker that is blocked after such a sleep', async (t) => {
    const service = await startWatched(t, { threads: 'all' }, ['worker']);
    service.write(`rest-worker ${4 * THRESHOLD_MS * TIME_SCALE} ${1500 * TIME_SCALE}\n`);
    const report = await service.report();
    assert.ok(service.stdout.includes('rested'), 'the report came while the worker slept');
    assert.match(report, /watchdog: the event loop of worker 1 \(digger\) has not turned/);
    // The sleep is no part of the block.
    assert.ok((await blockEnd(service)).blockedMs < (1500 + 2 * THRESHOLD_MS) * TIME_SCALE);
  });

  test('leaves workers alone otherwise', async (t) => {
    const service = await startWatched(t, {}, ['worker']);
    service.write('block-worker 1000\n');
    await pause(1200);
    await assertAlive(service);
    assert.equal(service.reportCount, 0);
  });

  test('is off unless it is asked for, and can be switched on by a variable', async (t) => {
    const off = await startTriggered(t, {});
    off.write('block 1500\n');
    await off.line('unblocked');
    assert.equal(off.reportCount, 0);
    const env = { GMR_BLOCKED_EVENT_LOOP: 'thresholdMs=200,intervalMs=25' };
    const on = await startTriggered(t, {}, { env });
    on.write('block 1500\n');
    await on.report();
  });

  test('ends with dispose()', async (t) => {
    const service = await startWatched(t);
    service.write('dispose\n');
    await service.line('disposed');
    service.write('block 1000\n');
    await service.line('unblocked');
    assert.equal(service.reportCount, 0);
  });
});

describe('the watchdog does not take for a block', PATIENT, () => {
  test('a loop that waits for events', async (t) => {
    const service = await startWatched(t);
    await pause(THRESHOLD_MS * 6);
    await assertAlive(service);
    assert.equal(service.reportCount, 0);
  });

  test('a loop that is busy and turns', async (t) => {
    const service = await startWatched(t);
    service.write(`busy ${THRESHOLD_MS * 6}\n`);
    await service.line('calm');
    assert.equal(service.reportCount, 0);
  });

  test('a process that is stopped for a while, idle or busy', async (t) => {
    const service = await startWatched(t);
    for (const command of ['ping', 'busy 1500']) {
      service.write(`${command}\n`);
      await pause(100);
      service.signal('SIGSTOP');
      await pause(THRESHOLD_MS * 5);
      service.signal('SIGCONT');
      await pause(THRESHOLD_MS);
    }
    await assertAlive(service);
    assert.equal(service.reportCount, 0, service.stderr.slice(0, 3000));
  });

  test('a thread that gets little of the CPU', async (t) => {
    const service = await startWatched(t);
    const hogs = cpus()
      .flatMap(() => [0, 1, 2, 3])
      .map(() => spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' }));
    t.after(() => hogs.forEach((hog) => hog.kill('SIGKILL')));
    // Of the main thread only: the watchdog sees it clearly.
    setPriority(service.pid, constants.priority.PRIORITY_LOW);
    service.write(`busy ${THRESHOLD_MS * 15}\n`);
    const longest = Number((await service.line('calm')).slice('calm '.length));
    assert.ok(longest > THRESHOLD_MS, `its loop turned at least every ${longest} ms: it was not starved`);
    assert.equal(service.reportCount, 0, service.stderr.slice(0, 3000));
  });
});
