import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { FRAMEWORKS, needsFrameworks } from './support/frameworks';
import { installed, runGmr } from './support/gmr-command';
import { libPath } from './support/lib';
import { STACK_READING } from './support/native-addon';
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

  test('has the method of the controller for a request that it does not answer', STACK_READING, async (t) => {
    const { service, url } = await start(t, true);
    const arrived = new Promise((resolve) => {
      connect(Number(new URL(url).port), '127.0.0.1')
        .on('error', resolve)
        .on('close', resolve)
        .write('GET /orders/held/7 HTTP/1.1\r\nHost: x\r\n\r\n', resolve);
    });
    await arrived;
    await assertServes({ service, url });
    assert.match(
      await service.reportOnSignal(),
      /GET \/orders\/held\/7 in route \/orders\/held\/:id, no answer yet.*\n +handler of the route: hold \(.*nest-service\.cjs:\d+:\d+\)/,
    );
  });

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
