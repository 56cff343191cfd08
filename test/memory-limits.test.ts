import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { scratchFolder } from './support/files';
import { STACK_READING, buildNativeAddon, isSanitized } from './support/native-addon';
import { fixturePath } from './support/paths';
import { PATIENT } from './support/patience';
import { type Service, startService } from './support/service';

const MB = 2 ** 20;
/** Number of reports for each limit, because memory that the first one leaves behind counts for the next. */
const REPORTS = 3;

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;
const skip = hasPrlimit
  ? isSanitized()
    ? 'a sanitizer reserves terabytes'
    : false
  : 'prlimit is not installed';

interface Limit {
  /** The option of prlimit(1) for each limit, and the line of /proc/<pid>/status that counts against it. */
  readonly option: 'data' | 'as';
  readonly counter: 'VmData' | 'VmSize';
  readonly name: string;
}

const DATA: Limit = { option: 'data', counter: 'VmData', name: 'RLIMIT_DATA' };
const ADDRESS_SPACE: Limit = { option: 'as', counter: 'VmSize', name: 'RLIMIT_AS' };

function usedBytes(pid: number, { counter }: Limit): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${counter}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
}

/** V8 collects garbage only when the service says so: without memory for that, it ends the process. */
const COLLECTED = { script: 'limited-service.cjs', execArgv: ['--expose-gc', '--no-memory-reducer'] };

/** Starts a service and then limits it to this much more memory than it has. */
async function startLimited(
  t: TestContext,
  limit: Limit,
  leftMb: number,
  {
    workers = 0,
    env = {},
  }: { readonly workers?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Service> {
  const args = [String(workers)];
  const service = await startService(t, { ...COLLECTED, args, env }).ready();
  const bytes = Math.round(usedBytes(service.pid, limit) + leftMb * MB);
  execFileSync('prlimit', [`--pid=${service.pid}`, `--${limit.option}=${bytes}:`]);
  return service;
}

async function assertServes(service: Service): Promise<void> {
  const from = service.stdout.length;
  service.write('still there?\n');
  assert.equal(await service.line('here', from), 'here');
}

async function reportsOf(service: Service): Promise<string[]> {
  const reports: string[] = [];
  for (let round = 0; round < REPORTS; round += 1) {
    reports.push(await service.reportOnSignal());
    await assertServes(service);
  }
  return reports;
}

/** Under RLIMIT_DATA: from Node 24 on, V8 reserves 512 MB for the code of an isolate as data. */
const RESERVES_CODE = Number(process.versions.node.split('.')[0]) >= 24;
const NEEDED_MB = RESERVES_CODE ? 672 : 160;
const PLENTY_MB = RESERVES_CODE ? 2500 : 300;

/** In an essential report, or in the one that is made where there is even less memory. */
const NAMES_MAIN = /^(------ Thread #\d+ {2}main|.*\(main\))/m;
const isEssential = (report: string): boolean => /the formatter did not run/.test(report);

describe(
  'a report when memory is limited',
  { ...PATIENT, ...STACK_READING, skip: STACK_READING.skip || skip },
  () => {
    for (const leftMb of [1, 2, 4, 8, 12, 16, 32, 60]) {
      test(`is the essential one with ${leftMb} MB left under RLIMIT_DATA, and the service lives`, async (t) => {
        const service = await startLimited(t, DATA, leftMb);
        for (const report of await reportsOf(service)) {
          assert.match(report, /the formatter did not run \(.*(RLIMIT_DATA|memory ran out)/);
          assert.match(report, NAMES_MAIN);
        }
      });
    }

    for (const leftMb of [4, 16, 32, 60]) {
      test(`names main's function with ${leftMb} MB left under RLIMIT_DATA`, async (t) => {
        const service = await startService(t, { script: 'blocked-service.cjs', args: ['busy-loop'] }).ready();
        const bytes = Math.round(usedBytes(service.pid, DATA) + leftMb * MB);
        execFileSync('prlimit', [`--pid=${service.pid}`, `--data=${bytes}:`]);
        const report = await service.reportOnSignal();
        assert.match(report, /RLIMIT_DATA/);
        assert.match(report, /busyLoop .*states\.cjs:\d+/);
      });
    }

    for (const leftMb of [PLENTY_MB / 2, PLENTY_MB, PLENTY_MB + 100]) {
      test(`does not end a service with a hostile source map and ${leftMb} MB left under RLIMIT_DATA`, async (t) => {
        const script = join(scratchFolder(t), 'mapped.cjs');
        const limited = JSON.stringify(fixturePath('limited-service.cjs'));
        writeFileSync(
          script,
          `globalThis.never = new Promise(() => undefined);\nasync function kept() { await never; }\nkept();\nrequire(${limited});\n` +
            '//# sourceMappingURL=mapped.cjs.map\n',
        );
        const bomb = `{"version":[${'{},'.repeat(2_500_000)}{}],"sources":["a.ts"],"mappings":"AAAA"}`;
        writeFileSync(`${script}.map`, bomb);
        const service = await startService(t, { ...COLLECTED, script, args: ['0'] }).ready();
        const bytes = Math.round(usedBytes(service.pid, DATA) + leftMb * MB);
        execFileSync('prlimit', [`--pid=${service.pid}`, `--data=${bytes}:`]);
        for (const report of await reportsOf(service)) {
          // Green Threads need memory of their own.
          const hasGreenThreads = !/not available: less than \d+ MB of memory are left/.test(report);
          if (!isEssential(report) && hasGreenThreads)
            assert.match(report, /kept \(.*position in generated code/);
        }
      });
    }

    // V8 reserves 512 MB for the code of an isolate before it uses any.
    for (const leftMb of [
      2, 16, 66, 130, 160, 200, 300, 400, 520, 600, 700, 760, 880, 900, 920, 1100, 1300, 1500, 1700,
    ]) {
      test(`does not end a service that has ${leftMb} MB left under RLIMIT_AS`, async (t) => {
        const service = await startLimited(t, ADDRESS_SPACE, leftMb);
        const reports = await reportsOf(service);
        if (leftMb <= 700)
          assert.ok(reports.every((report) => isEssential(report) && /RLIMIT_AS/.test(report)));
      });
    }

    for (const leftMb of [70, RESERVES_CODE ? 150 : NEEDED_MB + 10]) {
      test(`survives that memory runs out on its own threads, with ${leftMb} MB left`, async (t) => {
        const service = await startLimited(t, DATA, leftMb, {
          env: { GMR_TEST_SECRET_MB: String(leftMb + 50) },
        });
        for (const report of await reportsOf(service)) {
          assert.match(report, /the formatter did not run \(memory ran out while the report was made\)/);
          assert.match(report, NAMES_MAIN);
        }
      });
    }

    test('is complete with plenty left under RLIMIT_DATA', async (t) => {
      const service = await startLimited(t, DATA, PLENTY_MB);
      assert.ok((await reportsOf(service)).every((report) => !isEssential(report)));
    });

    for (const leftMb of [4, 12, 40, 80, 130]) {
      test(`has the threads of 40 workers with ${leftMb} MB left under RLIMIT_DATA`, async (t) => {
        const service = await startLimited(t, DATA, leftMb, { workers: 40 });
        for (const report of await reportsOf(service)) {
          // The service itself may have used what was left. Then only the system's threads are listed.
          const isWithoutStacks = /there is no memory to read them/.test(report);
          const workers = isWithoutStacks ? /^ *thread #\d+/gm : /^------ +Thread #\d+ +worker \d+/gm;
          const count = report.match(workers)?.length ?? 0;
          assert.ok(isWithoutStacks ? count > 40 : count === 40, report.slice(0, 3000));
        }
      });
    }

    for (const [leftMb, workers] of [
      [4, 0],
      [16, 0],
      [4, 40],
    ] as const) {
      test(`is what could end a service: without gmr-native, one with ${workers} workers lives with ${leftMb} MB left under RLIMIT_DATA`, async (t) => {
        const service = await startLimited(t, DATA, leftMb, { workers, env: { GMR_TEST_WITHOUT: '1' } });
        for (let round = 0; round < REPORTS; round += 1) {
          await sleep(500);
          await assertServes(service);
        }
      });
    }

    for (const leftMb of [70, 100, NEEDED_MB + 10, PLENTY_MB]) {
      test(`leaves half of ${leftMb} MB under RLIMIT_DATA, or 80 MB, to the service`, async (t) => {
        const service = await startLimited(t, DATA, leftMb);
        const before = usedBytes(service.pid, DATA);
        let most = before;
        const timer = setInterval(() => {
          most = Math.max(most, usedBytes(service.pid, DATA));
        }, 1);
        t.after(() => {
          clearInterval(timer);
        });
        await service.reportOnSignal();
        await assertServes(service);
        const takenMb = (most - before) / MB;
        assert.ok(takenMb > 0 && (takenMb < leftMb / 2 || leftMb - takenMb > 80), `it took ${takenMb} MB`);
      });
    }
  },
);

interface LaneFixture {
  readonly start: (withoutMemory: boolean) => 'started' | 'busy' | 'no thread' | 'out of memory';
}

describe('running out of memory', { ...PATIENT, ...STACK_READING, skip: STACK_READING.skip || skip }, () => {
  test('leaves an output lane free for the next report', () => {
    const { start } = require(buildNativeAddon('lane_fixture')) as LaneFixture;
    assert.equal(start(false), 'started');
    assert.equal(start(true), 'out of memory');
    assert.equal(start(false), 'started');
  });

  for (const call of ['installSignal', 'say']) {
    test(`ends ${call}() of the addon with an error, not the process`, async (t) => {
      const service = startService(t, { script: 'limited-call.cjs', args: [call] });
      assert.match(await service.line('threw '), /^threw GMR_REPORT_FAILED expected memory /);
      await service.ready();
      assert.ok(service.alive);
    });
  }
});
