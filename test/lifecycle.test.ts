import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { constants, cpus, setPriority } from 'node:os';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { PATIENT, TIME_SCALE } from './support/patience';
import { END_MARKER, type Ending, Service, startService } from './support/service';

/** Runs per way of ending; the defaults keep the suite short. */
const RUNS = Number(process.env['GMR_EXIT_RUNS'] ?? 8);

const WAYS: readonly { readonly way: string; readonly ending: Ending }[] = [
  { way: 'exit', ending: { code: 7, signal: null } },
  { way: 'natural-end', ending: { code: 8, signal: null } },
  { way: 'throw', ending: { code: 1, signal: null } },
  { way: 'rejection', ending: { code: 1, signal: null } },
  { way: 'exit-in-loop', ending: { code: 9, signal: null } },
  { way: 'exit-listener', ending: { code: 10, signal: null } },
  { way: 'sigterm', ending: { code: null, signal: 'SIGTERM' } },
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

describe('a burst of signals at the end of the process', PATIENT, () => {
  for (const { way, ending } of WAYS) {
    for (const company of ['alone', 'workers']) {
      test(`leaves the exit code of '${way}' (${company}) as it is`, async () => {
        for (let run = 0; run < RUNS; run += 1) {
          const service = new Service({ script: 'exiting-service.cjs', args: [way, company] });
          try {
            assert.deepEqual(await endUnderFire(service), ending, service.stderr.slice(-5_000));
          } finally {
            await service.stop();
          }
        }
      });
    }
  }
});

/** The thread of the process with this name, which it gives itself soon after its start. */
async function threadNamed(pid: number, name: string): Promise<number> {
  for (;;) {
    const found = readdirSync(`/proc/${pid}/task`).find(
      (tid) => readFileSync(`/proc/${pid}/task/${tid}/comm`, 'utf8').trim() === name,
    );
    if (found !== undefined) return Number(found);
    await setTimeout(5);
  }
}

// Node aborts when the formatter's isolate is still there. A reporter at the lowest priority beside busy processes
// gets one or two per cent of a CPU, and takes a second for what needs 15 ms. A sanitizer makes more work of it, for which
// it gets about ten per cent.
const NEXT_TO_NO_CPU =
  TIME_SCALE > 1 ? constants.priority.PRIORITY_BELOW_NORMAL : constants.priority.PRIORITY_LOW;
test('the process ends as it would when its reporter gets next to no CPU', PATIENT, async (t) => {
  const hogs = cpus().map(() => spawn(process.execPath, ['-e', 'for(;;);'], { stdio: 'ignore' }));
  t.after(() => hogs.forEach((hog) => hog.kill('SIGKILL')));
  for (let run = 0; run < 5; run += 1) {
    const service = startService(t, { script: 'exiting-service.cjs', args: ['exit-when-told', 'alone'] });
    await service.line('ready');
    setPriority(await threadNamed(service.pid, 'gmr-reporter'), NEXT_TO_NO_CPU);
    service.signal();
    await setTimeout(30 * (run + 1));
    service.write('now\n');
    assert.deepEqual(await service.exited(), { code: 11, signal: null }, service.stderr.slice(-5_000));
  }
});

describe('a service without standard input and stderr', PATIENT, () => {
  test('lives on after a report that nobody can read', async (t) => {
    const service = await startService(t, { script: 'closed-stderr-service.cjs' }).ready();
    // The first reports must be over before a later one begins: what they broke would show then.
    for (let report = 1; report <= 4; report += 1) {
      service.signal();
      await service.line(`asked ${report}`);
    }
    assert.ok(service.alive);
  });
});

describe('dispose()', PATIENT, () => {
  test('gives the signal its default action back, and the Worker class', async (t) => {
    const service = await startService(t, { script: 'dispose-service.cjs' }).ready();
    assert.equal(await service.line('worker class restored'), 'worker class restored: true');
    assert.equal(await service.line('listeners left'), 'listeners left: 0');
    service.signal();
    assert.deepEqual(await service.exited(), { code: null, signal: 'SIGUSR2' });
    assert.equal(service.reportCount, 0);
  });

  test('can be followed by another setup', async (t) => {
    const service = await startService(t, { script: 'dispose-service.cjs', args: ['again'] }).ready();
    assert.match(await service.reportOnSignal(), /\(second\)/);
  });

  test("leaves the service's own listener in place", async (t) => {
    const service = await startService(t, { script: 'dispose-with-listener.cjs' }).ready();
    service.signal();
    await service.line('listener');
    const seen = service.stdout.length;
    service.signal();
    await service.line('listener', seen);
    assert.equal(service.reportCount, 0);
  });
});

describe('setupAutorun()', PATIENT, () => {
  test('called twice answers each signal once, with the later options', async (t) => {
    const service = await startService(t, { script: 'twice-service.cjs' }).ready();
    assert.match(await service.reportOnSignal(), /\(second-name\)/);
    // A second report for the first signal would be the next one on stderr.
    const second = await service.reportOnSignal();
    assert.equal(service.reportCount, 2);
    assert.doesNotMatch(second, /first-name/);
  });

  test('answers the signal that was chosen', async (t) => {
    const service = await startService(t, { script: 'other-signal-service.cjs' }).ready();
    assert.match(await service.reportOnSignal('SIGHUP'), /SIGHUP from pid \d+ uid \d+/);
    service.signal('SIGUSR2');
    assert.deepEqual(await service.exited(), { code: null, signal: 'SIGUSR2' });
  });

  test('tells who sent the signal', async (t) => {
    const service = await startService(t, { script: 'quick-service.cjs' }).ready();
    const sender = `SIGUSR2 from pid ${process.pid} uid ${process.getuid?.()}`;
    assert.ok((await service.reportOnSignal()).includes(sender));
  });
});

describe('generateReport()', PATIENT, () => {
  test('needs no setup, can be asked for several at once, and lets the process end', async (t) => {
    const service = startService(t, { script: 'generate-service.cjs' });
    assert.deepEqual(await service.exited(), { code: 0, signal: null }, service.stderr);
    assert.match(service.stdout, /Guru Meditation/);
    assert.ok(service.stdout.includes(END_MARKER));
    assert.match(service.stdout, /^reports 3$/m);
  });
});
