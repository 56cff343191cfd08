import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { scratchFolder } from './support/files';
import { installed, linuxOnly, runGmr } from './support/gmr-command';
import { libPath } from './support/lib';
import { buildNativeAddon } from './support/native-addon';
import { PATIENT, eventually } from './support/patience';
import { type Service, startService } from './support/service';

function start(t: TestContext, options: object, words: readonly string[], extra = {}): Promise<Service> {
  const args = [JSON.stringify(options), ...words];
  return startService(t, { script: 'shared-signal-service.cjs', args, ...extra }).ready();
}

/** Waits until the event loop has turned, so that libuv has called any listeners. */
async function turned(service: Service): Promise<void> {
  const seen = service.stdout.length;
  service.write('ping\n');
  await service.line('pong', seen);
}

async function assertNotCalled(service: Service): Promise<void> {
  await turned(service);
  await turned(service);
  assert.doesNotMatch(service.stdout, /listener/);
  assert.ok(service.alive);
}

const ADDED = ['before', 'once-before', 'bound-before', 'after', 'once-after'];

describe("the application's listeners for the signal of reports", PATIENT, () => {
  for (const word of ADDED) {
    test(`(${word} the setup) are not called, and the report comes`, async (t) => {
      const service = await start(t, {}, [word]);
      await service.reportOnSignal();
      await service.reportOnSignal();
      await assertNotCalled(service);
    });
  }

  for (const word of ADDED.filter((added) => !added.startsWith('once'))) {
    test(`(${word} the setup) are called with signalListeners: 'call', and the report comes`, async (t) => {
      const service = await start(t, { signalListeners: 'call' }, [word]);
      await service.reportOnSignal();
      await service.line('listener 1');
      await service.reportOnSignal();
      await service.line('listener 2');
      assert.doesNotMatch(service.stderr, /GMR_SIGNAL_SHARED/);
    });
  }

  test('are called with GMR_SIGNAL_LISTENERS=call', async (t) => {
    const service = await start(t, {}, ['before'], { env: { GMR_SIGNAL_LISTENERS: 'call' } });
    await service.reportOnSignal();
    await service.line('listener 1');
  });

  test('are not called by a signal that the process sends to itself', async (t) => {
    const service = await start(t, {}, ['once-before']);
    service.write('signal-self\n');
    assert.match(await service.report(), new RegExp(`trigger: +SIGUSR2 from pid ${service.pid} `));
    await assertNotCalled(service);
  });

  test('may be removed: the signal still prints a report instead of ending the process', async (t) => {
    const service = await start(t, {}, ['before']);
    service.write('remove\n');
    await service.line('removed true');
    await service.reportOnSignal();
    await service.reportOnSignal();
    assert.ok(service.alive);
  });

  test('are called again when the setup was disposed of', async (t) => {
    const service = await start(t, {}, ['before']);
    service.write('dispose\n');
    await service.line('disposed');
    service.signal();
    await service.line('listener 1');
    assert.equal(service.reportCount, 0);
  });

  test('are called from the next signal on when a second setup enables that', async (t) => {
    const service = await start(t, {}, ['before'], { env: { GMR_SIGNAL_LISTENERS: 'call' } });
    await service.reportOnSignal();
    await service.line('listener 1');
    service.write('setup\n');
    await service.line('set up');
    await service.reportOnSignal();
    await service.line('listener 2');
  });
});

describe('a setup that comes again while signals arrive', PATIENT, () => {
  test('never exposes the signal to its default action', async (t) => {
    const service = await start(t, {}, []);
    const burst = setInterval(() => service.signal(), 1);
    t.after(() => clearInterval(burst));
    for (let times = 0; times < 200; times += 1) service.write('setup\n');
    await eventually('all setups are done', () => {
      if (!service.alive) throw new Error(service.stderr.slice(-2000));
      return service.stdout.split('set up').length > 200 || undefined;
    });
    clearInterval(burst);
    await turned(service);
    assert.ok(service.alive);
  });
});

describe('the warning GMR_SIGNAL_SHARED', PATIENT, () => {
  for (const word of ADDED) {
    test(`names function and file of a listener that was added ${word} the setup`, async (t) => {
      const service = await start(t, {}, [word]);
      await service.says('GMR_SIGNAL_SHARED');
      assert.match(
        service.stderr,
        /^gmr: GMR_SIGNAL_SHARED: SIGUSR2 .* sharedListener \(\/.*\/shared-signal-service\.cjs:\d+:\d+\) .*NOT called.*signalListeners: 'call'.*\n/m,
      );
    });
  }

  test('comes once, however many listeners there are', async (t) => {
    const service = await start(t, {}, ['before', 'after']);
    for (let i = 0; i < 3; i += 1) service.write('listen\nsetup\n');
    await turned(service);
    await service.says('GMR_SIGNAL_SHARED');
    // The thread that writes the report writes all lines in order.
    await service.reportOnSignal();
    assert.equal(service.stderr.split('GMR_SIGNAL_SHARED').length, 2);
  });

  test('comes while the event loop is blocked', async (t) => {
    const script = join(scratchFolder(t), 'blocked.cjs');
    const program = `require(${JSON.stringify(libPath('index.js'))}).setupAutorun();
      process.on('SIGUSR2', function late() {}); for (;;);`;
    writeFileSync(script, program);
    const service = startService(t, { script });
    await service.says('GMR_SIGNAL_SHARED');
    assert.match(service.stderr, / late \(/);
  });

  test('does not come for listeners of another signal, or none', async (t) => {
    for (const [options, words] of [
      [{ signal: 'SIGHUP' }, ['before', 'after']],
      [{ signal: false }, ['before']],
      [{}, []],
    ] as const) {
      const service = await start(t, options, words);
      await turned(service);
      if (options.signal === false) continue;
      await service.reportOnSignal(options.signal ?? 'SIGUSR2');
      assert.doesNotMatch(service.stderr, /GMR_SIGNAL_SHARED/);
    }
  });

  test("leaves nothing in the application's async graph", async (t) => {
    const script = join(scratchFolder(t), 'graph.cjs');
    const program = `const seen = [];
      require('node:async_hooks').createHook({ init: (id, type) => seen.push(type) }).enable();
      require(${JSON.stringify(libPath('index.js'))}).setupAutorun();
      const before = seen.length;
      process.on('SIGUSR2', function listener() {});
      require('node:fs').writeSync(1, 'seen ' + JSON.stringify(seen.slice(before)) + '\\n');
      process.removeAllListeners('SIGUSR2');
      process.stdin.resume();`;
    writeFileSync(script, program);
    const service = startService(t, { script });
    // The resources that Node makes for a listener of any signal.
    assert.equal(await service.line('seen '), 'seen ["SIGNALWRAP"]');
    await service.says('GMR_SIGNAL_SHARED');
  });
});

describe('gmr trigger', linuxOnly, () => {
  for (const policy of ['skip', 'call']) {
    test(`reaches no listener with signalListeners: '${policy}'`, async (t) => {
      const service = await start(t, { signalListeners: policy }, ['once-before', 'after']);
      await installed(service);
      const { code, stderr } = await runGmr(['trigger', String(service.pid)]);
      assert.deepEqual(
        { code, stderr },
        { code: 0, stderr: `gmr: sent SIGUSR2 to process ${service.pid}\n` },
      );
      assert.match(await service.report(), /trigger: +SIGUSR2 from gmr trigger, pid \d+ uid \d+\n/);
      await assertNotCalled(service);
    });
  }

  test('says so where it can only send an ordinary signal', async (t) => {
    const service = await start(t, {}, ['once-before']);
    await installed(service);
    const { code, stderr } = await runGmr(['trigger', String(service.pid)], '', ['--no-addons']);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /sent SIGUSR2 .*\ngmr: the signal was sent as kill\(1\) would send it, .*signalListeners: 'call' .+\n$/,
    );
    assert.match(await service.report(), /trigger: +SIGUSR2 from pid \d+ uid/);
    await assertNotCalled(service);
  });
});

describe("Node's own listeners for the signal of reports", PATIENT, () => {
  test('of --report-on-signal write their report as well', async (t) => {
    const folder = scratchFolder(t);
    const execArgv = ['--report-on-signal', `--report-directory=${folder}`];
    const service = await start(t, {}, [], { execArgv });
    await service.reportOnSignal();
    const isThere = (): string | undefined => readdirSync(folder).find((name) => name.endsWith('.json'));
    await eventually("Node's report is there", isThere);
    assert.doesNotMatch(service.stderr, /GMR_SIGNAL_SHARED/);
  });

  test('of --heapsnapshot-signal write their snapshot as well', async (t) => {
    const folder = scratchFolder(t);
    const execArgv = ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${folder}`];
    const service = await start(t, {}, [], { execArgv });
    await service.reportOnSignal();
    const isThere = (): string | undefined =>
      readdirSync(folder).find((name) => name.endsWith('.heapsnapshot'));
    await eventually("Node's snapshot is there", isThere);
    assert.doesNotMatch(service.stderr, /GMR_SIGNAL_SHARED/);
  });

  test("have the application's listeners called, too, and the warning says so", async (t) => {
    const execArgv = ['--report-on-signal', `--report-directory=${scratchFolder(t)}`];
    const service = await start(t, {}, ['after'], { execArgv });
    await service.reportOnSignal();
    await service.line('listener 1');
    await service.says('GMR_SIGNAL_SHARED');
    assert.match(service.stderr, /GMR_SIGNAL_SHARED: .* sharedListener .*is called, because a flag of Node/);
  });
});

describe('a handler in C that was there before the setup', linuxOnly, () => {
  before(() => buildNativeAddon('gmr_fixture'));

  async function handled(service: Service): Promise<string> {
    const seen = service.stdout.length;
    service.write('handled\n');
    return service.line('handled ', seen);
  }

  test('is still called, and a warning names its module', async (t) => {
    const service = await start(t, {}, ['handler']);
    await service.reportOnSignal();
    assert.equal(await handled(service), 'handled 1');
    await service.reportOnSignal();
    assert.equal(await handled(service), 'handled 2');
    assert.match(
      service.stderr,
      /GMR_SIGNAL_SHARED: SIGUSR2 .*\/gmr_fixture\.node has a handler in C .*still called/,
    );
  });

  test('is not called by gmr trigger', async (t) => {
    const service = await start(t, {}, ['handler']);
    await installed(service);
    assert.equal((await runGmr(['trigger', String(service.pid)])).code, 0);
    await service.report();
    assert.equal(await handled(service), 'handled 0');
  });

  test('and that replaced ours is called from the next setup on, and reports work again', async (t) => {
    const service = await start(t, {}, ['late-handler']);
    await service.reportOnSignal();
    service.write('catch-signal\n');
    await service.line('catching true');
    // It calls our handler, as a well-behaved handler does.
    await service.reportOnSignal();
    assert.equal(await handled(service), 'handled 1');
    service.write('setup\n');
    await service.line('set up');
    // Now our handler calls it, and it calls ours.
    await service.reportOnSignal();
    assert.equal(await handled(service), 'handled 2');
    await service.says('GMR_SIGNAL_SHARED');
    assert.match(service.stderr, /GMR_SIGNAL_SHARED: .*\/gmr_fixture\.node has a handler in C /);
  });

  test('has the signal for itself when the setup was disposed of', async (t) => {
    const service = await start(t, {}, ['handler']);
    service.write('dispose\n');
    await service.line('disposed');
    service.signal();
    while ((await handled(service)) !== 'handled 1') assert.ok(service.alive);
    assert.equal(service.reportCount, 0);
  });
});
