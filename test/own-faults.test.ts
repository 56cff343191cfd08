import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { copyPackage } from './support/package-copy';
import { PATIENT } from './support/patience';
import { startService, type Service } from './support/service';

/** A service of whose package a module is broken: to load it throws. */
async function startBroken(t: TestContext, module: string): Promise<Service> {
  const fixtures = copyPackage(t, { binary: 'linked' });
  const file = join(fixtures, '..', '..', 'lib', 'deferred', `${module}.js`);
  writeFileSync(file, `throw new Error('a fault of our own\\nforged');\n`);
  return startService(t, {
    script: join(fixtures, 'vanishing-service.cjs'),
    args: ['removed', 'never'],
  }).ready();
}

async function run(service: Service, line: string): Promise<string> {
  const from = service.stdout.length;
  service.write(`${line}\n`);
  return (await service.line(`done ${line} `, from)).slice(`done ${line} `.length);
}

/** The service lives and ends as it would, with this one warning. */
async function assertWarnedOnce(service: Service, entry: string): Promise<void> {
  service.write('quit\n');
  assert.deepEqual(await service.exited(), { code: 0, signal: null });
  const warnings = service.stderr.split('[GMR_INTERNAL]').slice(1);
  assert.equal(warnings.length, 1, service.stderr);
  assert.ok(warnings[0]?.includes(`gmr-native: ${entry} failed; the service is not affected: `), warnings[0]);
  assert.doesNotMatch(service.stderr, /^forged|Uncaught/m);
}

describe('a fault of our own costs the service nothing but one warning', PATIENT, () => {
  test('when it starts workers', async (t) => {
    const service = await startBroken(t, 'workers');
    for (let times = 0; times < 3; times += 1) assert.equal(await run(service, 'worker'), 'hello');
    assert.match(await service.reportOnSignal(), /==== +Threads +====/);
    await assertWarnedOnce(service, 'starting a worker');
  });

  test('when its event loop runs sections', async (t) => {
    const service = await startBroken(t, 'sections');
    assert.equal(await run(service, 'section'), '');
    for (let times = 0; times < 2; times += 1) {
      const report = await service.reportOnSignal();
      assert.match(report, /==== +Threads +====/);
      assert.doesNotMatch(report, /section content/);
    }
    await assertWarnedOnce(service, 'the sections of a report');
  });

  test('when it adds and removes listeners', async (t) => {
    const script = join(copyPackage(t, { binary: 'linked' }), 'listening-service.cjs');
    const program = `
      require('gmr-native').setupAutorun();
      process.listeners = () => { throw new Error('broken by the service'); };
      const listener = () => undefined;
      process.on('SIGUSR2', listener).on('SIGUSR2', listener).off('SIGUSR2', listener);
      process.stdin.on('data', () => process.exit());
      console.log('ready', process.listenerCount('SIGUSR2'));`;
    writeFileSync(script, program);
    const service = startService(t, { script });
    assert.equal(await service.line('ready '), 'ready 1');
    await assertWarnedOnce(service, 'the look at the listeners for the signal');
  });
});
