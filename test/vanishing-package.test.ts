import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { copyPackage } from './support/package-copy';
import { PATIENT } from './support/patience';
import { startService, type Service } from './support/service';
import { shellCommand } from './support/shell';

const HOWS = ['removed', 'replaced', 'unreadable'] as const;

const notRoot = process.getuid?.() === 0 ? false : 'only root can give up its rights';

function start(t: TestContext, how: string, when: string): Service {
  const script = join(copyPackage(t, { binary: 'linked' }), 'vanishing-service.cjs');
  return startService(t, { script, args: [how, when] });
}

async function run(service: Service, line: string): Promise<string> {
  const from = service.stdout.length;
  service.write(`${line}\n`);
  return (await service.line(`done ${line} `, from)).slice(`done ${line} `.length);
}

/** Codes of all warnings, except those of Node itself. */
function warnings(service: Service): string[] {
  return [...service.stderr.matchAll(/\[(GMR_\w+)\]/g)].map((match) => match[1] ?? '');
}

function noFaultOf(service: Service): void {
  assert.doesNotMatch(service.stderr, /MODULE_NOT_FOUND|Cannot find module|another version|Uncaught|DEP\d+/);
}

async function everythingWorks(service: Service): Promise<void> {
  assert.match(await service.reportOnSignal(), /==== +Threads +====/);
  assert.equal(await run(service, 'section'), '');
  assert.equal(await run(service, 'listen'), '');
  assert.match(await service.reportOnSignal(), /section content/);
  await service.line('heard ');
  assert.equal(await run(service, 'generate'), 'a report');
  assert.equal(await run(service, 'write'), 'null');
  await service.report();
  assert.equal(await run(service, 'setup'), '');
  const last = await service.reportOnSignal();
  assert.match(last, /configuration content/);
  assert.match(last, /late-name/);
  assert.match(last, /section content/);
}

for (const when of ['at-once', 'later']) {
  for (const how of HOWS) {
    const skip = how === 'unreadable' && notRoot;
    describe(`a service whose package is ${how} after setup, ${when}`, { ...PATIENT, skip }, () => {
      test('makes every kind of report, as before', async (t) => {
        const service = await start(t, how, when).ready();
        if (when === 'later') await run(service, 'vanish');
        await everythingWorks(service);
        service.write('quit\n');
        assert.deepEqual(await service.exited(), { code: 0, signal: null });
        assert.deepEqual(warnings(service), []);
        noFaultOf(service);
      });

      test('starts workers, with one warning', async (t) => {
        const service = await start(t, how, when).ready();
        if (when === 'later') await run(service, 'vanish');
        for (let times = 0; times < 3; times++) assert.equal(await run(service, 'worker'), 'hello');
        service.write('quit\n');
        assert.deepEqual(await service.exited(), { code: 0, signal: null });
        assert.deepEqual(warnings(service), ['GMR_PACKAGE_CHANGED']);
        noFaultOf(service);
      });
    });
  }
}

describe('a service that has no descriptor left after setup', PATIENT, () => {
  for (const when of ['at-once', 'later']) {
    test(`goes on, and makes complete reports when there are some again (${when})`, async (t) => {
      const folder = copyPackage(t, { binary: 'linked' });
      const [execPath, ...execArgv] = shellCommand('ulimit -n 40; exec "$0" "$@"');
      const args = [join(folder, 'vanishing-service.cjs'), 'exhausted', when];
      const service = startService(t, { execPath, execArgv, script: process.execPath, args });
      await service.ready();
      if (when === 'later') await run(service, 'vanish');
      service.signal();
      assert.match(await run(service, 'generate'), /^(a report|GmrError GMR_\w+)$/);
      assert.equal(await run(service, 'setup'), '');
      assert.equal(await run(service, 'listen'), '');
      await run(service, 'relax');
      await service.report();
      service.skipReports();
      assert.match(await service.reportOnSignal(), /configuration content/);
      service.write('quit\n');
      assert.deepEqual(await service.exited(), { code: 0, signal: null });
      noFaultOf(service);
    });
  }
});
