import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PATIENT } from './support/patience';
import { END_MARKER, startService } from './support/service';

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
