import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism, constants, setPriority } from 'node:os';
import { before, describe, test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { buildNativeAddon } from './support/native-addon';
import { PATIENT, TIME_SCALE } from './support/patience';
import { type Ending, Service, startService } from './support/service';

/** Runs per way of ending; the defaults keep the suite short. bench/exits.mjs makes hundreds. */
const RUNS = Number(process.env['GMR_EXIT_RUNS'] ?? 8);
/** Approximate time in which the isolate of a report is made, used and disposed of. */
const REPORT_MS = 60;

interface Way {
  readonly way: string;
  readonly ending: Ending;
  /** Number of runs for ways that used to crash in one run out of ten. */
  readonly runs?: number;
}

const code = (value: number): Ending => ({ code: value, signal: null });

/** Ways that are tested both with and without a busy worker. */
const WAYS: readonly Way[] = [
  { way: 'exit', ending: code(7) },
  { way: 'natural-end', ending: code(8) },
  { way: 'throw', ending: code(1) },
  { way: 'throw-in-handler', ending: code(7), runs: 3 * RUNS },
  { way: 'rejection', ending: code(1) },
  { way: 'exit-in-loop', ending: code(9) },
  { way: 'exit-listener', ending: code(10) },
  { way: 'sigterm', ending: { code: null, signal: 'SIGTERM' } },
];

const WAYS_WITHOUT_WORKERS: readonly Way[] = [
  { way: 'sigterm-listener', ending: code(4) },
  { way: 'abort', ending: { code: null, signal: 'SIGABRT' } },
  { way: 'c-exit', ending: code(6), runs: 3 * RUNS },
  { way: 'c-exit-on-thread', ending: code(5), runs: 3 * RUNS },
  // Ways that have a worker of their own.
  { way: 'worker-exit', ending: code(12) },
  { way: 'worker-terminate', ending: code(13) },
];

/** Sends signals without a pause until the child has ended. */
async function endUnderFire(service: Service): Promise<Ending> {
  await service.line('ready');
  const fire = (): void => {
    if (!service.alive) return;
    service.signal();
    setImmediate(fire);
  };
  fire();
  return service.exited();
}

let addon = '';

async function expectEnding({ way, ending, runs = RUNS }: Way, company: string): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    const options = JSON.stringify({ delayMs: (REPORT_MS * run) / runs });
    const service = new Service({
      script: 'exiting-service.cjs',
      args: [way, company, options],
      env: { GMR_TEST_ADDON: addon },
    });
    try {
      assert.deepEqual(await endUnderFire(service), ending, service.stderr.slice(-5_000));
    } finally {
      await service.stop();
    }
  }
}

describe('a burst of signals at the end of the process', PATIENT, () => {
  before(() => {
    addon = buildNativeAddon('gmr_fixture');
  });
  for (const way of WAYS) {
    for (const company of ['alone', 'workers']) {
      test(`leaves the exit code of '${way.way}' (${company}) unchanged`, () => expectEnding(way, company));
    }
  }
  for (const way of WAYS_WITHOUT_WORKERS) {
    test(`leaves the exit code of '${way.way}' unchanged`, () => expectEnding(way, 'alone'));
  }
});

/** Starts processes that keep every CPU busy. */
function startHogs(t: TestContext, perCpu: number): void {
  const hogs = Array.from({ length: perCpu * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' }),
  );
  t.after(() => hogs.forEach((hog) => hog.kill('SIGKILL')));
}

/** Finds the thread with this name, which it sets soon after its start. */
async function threadNamed(pid: number, name: string): Promise<number> {
  for (;;) {
    const found = readdirSync(`/proc/${pid}/task`).find(
      (tid) => readFileSync(`/proc/${pid}/task/${tid}/comm`, 'utf8').trim() === name,
    );
    if (found !== undefined) return Number(found);
    await setTimeout(5);
  }
}

// A reporter at the lowest priority beside busy processes gets one or two per cent of a CPU, so 15 ms of work take a
// second. With a sanitizer, it has more work and gets about ten per cent.
const NEXT_TO_NO_CPU =
  TIME_SCALE > 1 ? constants.priority.PRIORITY_BELOW_NORMAL : constants.priority.PRIORITY_LOW;
const HANG_MS = 10_000 * TIME_SCALE;

describe('when its reporter gets next to no CPU', PATIENT, () => {
  for (const { way, ending } of [
    { way: 'exit-when-told', ending: code(11) },
    { way: 'natural-end-when-told', ending: code(0) },
    { way: 'natural-end-with-code-when-told', ending: code(14) },
  ]) {
    test(`the process ends as it would by '${way}'`, async (t) => {
      startHogs(t, 1);
      for (let run = 0; run < 8; run += 1) {
        const service = startService(t, { script: 'exiting-service.cjs', args: [way, 'alone'] });
        await service.line('ready');
        setPriority(await threadNamed(service.pid, 'gmr-reporter'), NEXT_TO_NO_CPU);
        service.signal();
        await setTimeout(30 * (run + 1));
        const told = performance.now();
        service.write('now\n');
        assert.deepEqual(await service.exited(), ending, service.stderr.slice(-5_000));
        assert.ok(performance.now() - told < HANG_MS, 'the exit waited for the reporter');
      }
    });
  }
});

// When a process signals itself with process.kill(), Node runs its exit callbacks, in case the signal ends it.
describe('a process that sends itself a signal and lives', PATIENT, () => {
  for (const [what, name, args] of [
    ['its own report', 'asks for a report', []],
    ["another sender's report", 'sends itself SIGCONT all the time', ['SIGCONT']],
  ] as const) {
    test(`makes a complete report in ${what} on a busy machine (${name})`, async (t) => {
      startHogs(t, 4);
      const service = await startService(t, { script: 'self-signalling-service.cjs', args }).ready();
      for (let round = 0; round < 12; round += 1) {
        if (args.length > 0) service.signal();
        else service.write('ask\n');
        const report = await service.report();
        assert.doesNotMatch(report, /exiting|ended while the report/, report);
        assert.match(report, /^-+ +Thread #\d+ +main/m, report);
      }
    });
  }
});
