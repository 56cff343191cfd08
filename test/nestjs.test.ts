import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { FRAMEWORKS, needsFrameworks } from './support/frameworks';
import { installed, runGmr } from './support/gmr-command';
import { libPath } from './support/lib';
import { PATIENT } from './support/patience';
import { startService, type Service } from './support/service';

interface NestService {
  readonly service: Service;
  readonly url: string;
}

async function start(t: TestContext, preloaded: boolean, env = {}): Promise<NestService> {
  const service = startService(t, {
    script: 'nest-service.cjs',
    args: preloaded ? [FRAMEWORKS, 'preloaded'] : [FRAMEWORKS],
    ...(preloaded ? { execArgv: ['--require', libPath('autorun.js')] } : {}),
    env,
  });
  const url = (await service.line('ready ')).slice('ready '.length);
  return { service, url };
}

async function assertServes({ service, url }: NestService): Promise<void> {
  assert.equal(await (await fetch(url)).text(), 'orders');
  assert.ok(service.alive);
  assert.doesNotMatch(service.stdout, /shut down/);
}

const options = {
  ...PATIENT,
  skip: process.platform === 'linux' ? needsFrameworks.skip : 'gmr reads /proc, which is only on Linux',
};

describe('a NestJS service with enableShutdownHooks()', options, () => {
  for (const preloaded of [false, true]) {
    const how = preloaded ? 'by a preload' : 'in code';

    test(`that is set up ${how} answers signals and gmr trigger with reports, and still serves`, async (t) => {
      const nest = await start(t, preloaded);
      await assertServes(nest);
      for (let times = 0; times < 2; times += 1) {
        assert.match(await nest.service.reportOnSignal(), /trigger: +SIGUSR2 from pid /);
        await assertServes(nest);
      }
      await installed(nest.service);
      assert.equal((await runGmr(['trigger', String(nest.service.pid)])).code, 0);
      assert.match(await nest.service.report(), /trigger: +SIGUSR2 from gmr trigger, /);
      await assertServes(nest);
      assert.match(
        nest.service.stderr,
        /^gmr: GMR_SIGNAL_SHARED: SIGUSR2 .* cleanup \(.*\/@nestjs\/core\/nest-application-context\.js:\d+:\d+\) .*enableShutdownHooks\(\), nothing needs to be done/m,
      );
    });
  }

  test("shuts down on SIGUSR2 with signalListeners: 'call', but not by gmr trigger", async (t) => {
    const nest = await start(t, true, { GMR_SIGNAL_LISTENERS: 'call' });
    await installed(nest.service);
    assert.equal((await runGmr(['trigger', String(nest.service.pid)])).code, 0);
    await nest.service.report();
    await assertServes(nest);
    nest.service.signal();
    await nest.service.line('shut down by SIGUSR2');
  });

  test('still shuts down on SIGTERM', async (t) => {
    const { service } = await start(t, true);
    service.signal('SIGTERM');
    await service.line('shut down by SIGTERM');
    assert.deepEqual(await service.exited(), { code: null, signal: 'SIGTERM' });
  });
});
