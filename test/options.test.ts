import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { constants } from 'node:os';
import { describe, test } from 'node:test';
import { assertRefused, fromEnvironment, readSettings } from './support/options';

describe('options', () => {
  test('have defaults for everything', () => {
    const { signal, ...others } = readSettings({}, {});
    const hasSignal = Object.hasOwn(constants.signals, 'SIGUSR2');
    assert.deepEqual(signal, hasSignal ? { name: 'SIGUSR2', number: constants.signals.SIGUSR2 } : false);
    assert.deepEqual(others, {
      version: undefined,
      serviceName: undefined,
      conf: undefined,
      mask: {},
      env: 'safe',
      fileEventHandler: undefined,
      fileEventHandlerInterval: 1,
      blockedEventLoop: false,
      onFatalError: false,
      logDir: undefined,
      format: ['text'],
      maxReports: 100,
      maxReportBytes: 16_777_216,
      keepReports: 3,
      frameOrder: 'innermost-first',
      frames: 'folded',
      maxFrames: 200,
      interruptTimeoutMs: 100,
      sectionTimeoutMs: 1000,
      reportTimeoutMs: 10_000,
      greenThreads: {
        enabled: true,
        maxHeapMb: 16_384,
        maxAnalysisMs: 3000,
        maxPauseMs: 1000,
        consistent: false,
        values: 'known',
        maxGroups: 50,
        maxFrames: 50,
        context: undefined,
      },
      signalListeners: 'skip',
      workers: true,
      optional: true,
    });
  });

  test('of greenThreads are completed one by one, from code, the environment and the defaults', () => {
    const environment = { GMR_GREEN_THREADS_MAX_GROUPS: '7', GMR_GREEN_THREADS_MAX_FRAMES: '9' };
    const { greenThreads } = readSettings({ greenThreads: { maxGroups: 3, enabled: false } }, environment);
    assert.deepEqual(greenThreads, {
      enabled: false,
      maxHeapMb: 16_384,
      maxAnalysisMs: 3000,
      maxPauseMs: 1000,
      consistent: false,
      values: 'known',
      maxGroups: 3,
      maxFrames: 9,
      context: undefined,
    });
  });

  test('take a context with the storage itself and the names of its keys, each once', () => {
    const storage = new AsyncLocalStorage();
    const context = { storage, keys: ['requestId', 'tenant', 'requestId'] };
    const { greenThreads } = readSettings({ greenThreads: { context } }, {});
    assert.equal(greenThreads.context?.storage, storage);
    assert.deepEqual(greenThreads.context.keys, ['requestId', 'tenant']);
  });

  test('of a context are refused when the storage is none or a key cannot be one', () => {
    const storage = new AsyncLocalStorage();
    const refuse = (context: unknown, ...says: readonly string[]): void =>
      assertRefused({ greenThreads: { context } }, "'greenThreads.context'", ...says);
    for (const value of [storage, null, true, [storage], () => storage]) refuse(value, 'expected');
    refuse({ keys: ['a'] }, 'an AsyncLocalStorage as storage', 'got undefined');
    refuse({ storage: new Map(), keys: ['a'] }, 'an AsyncLocalStorage as storage', 'got an object');
    refuse({ storage, keys: ['a'], key: 'b' }, 'storage and keys only', "got 'key'");
    refuse({ storage }, '1 to 16 keys', 'got undefined');
    refuse({ storage, keys: 'requestId' }, '1 to 16 keys', "got 'requestId'");
    refuse({ storage, keys: [] }, '1 to 16 keys', 'got 0 of them');
    refuse({ storage, keys: Array.from({ length: 17 }, (_, i) => `k${i}`) }, 'got 17 of them');
    for (const key of ['', 'x'.repeat(101), 'naïve', 'a\nb', 5, undefined, Symbol('a')]) {
      refuse({ storage, keys: ['a', key] }, '1 to 100 ASCII characters');
    }
  });

  test('of greenThreads are refused by their full name', () => {
    assertRefused({ greenThreads: true }, "'greenThreads'", 'an object');
    assertRefused({ greenThreads: { maxHeap: 1 } }, "'greenThreads.maxHeap'", "'greenThreads.maxHeapMb'");
    assertRefused({ greenThreads: { maxHeapMb: 0 } }, "'greenThreads.maxHeapMb'", '1 to 1000000');
  });

  test('with the value undefined count as not given', () => {
    assert.equal(readSettings({ maxFrames: undefined }, {}).maxFrames, 200);
  });

  test('with an unknown name are refused with the nearest known one', () => {
    assertRefused({ maxFrame: 10 }, "'maxFrame'", "'maxFrames'");
    assertRefused({ service: 'x' }, "'serviceName'");
    assertRefused({ ['x'.repeat(100_000)]: 1 }, 'unknown option');
  });

  test('that are no object are refused', () => {
    for (const options of [null, 'SIGUSR2', 5, [], true]) assertRefused(options, 'expected an object');
  });

  test('out of range say what was expected and what came', () => {
    for (const value of [1, 10_001, 2.5, Number.NaN, '200', null, 200n]) {
      assertRefused({ maxFrames: value }, "'maxFrames'", 'an integer from 2 to 10000');
    }
    assertRefused({ interruptTimeoutMs: 0 }, 'from 1 to 60000', 'got 0');
    assertRefused({ sectionTimeoutMs: -1 }, 'got -1');
    assertRefused({ reportTimeoutMs: 99 }, 'from 100 to 600000');
    assertRefused({ workers: 1 }, 'true or false');
    assertRefused({ optional: 'yes' }, "got 'yes'");
    assertRefused({ frameOrder: 'oslo' }, "'innermost-first', 'outermost-first'");
    assertRefused({ frames: 'some' }, "'folded', 'all'");
    assertRefused({ serviceName: ' ' }, 'non-empty');
    assertRefused({ serviceName: 'x'.repeat(201) }, '200 characters');
  });

  test('take the configuration as an object or a function, and nothing else', () => {
    const conf = { port: 1 };
    const getConf = (): object => conf;
    assert.equal(readSettings({ conf }, {}).conf, conf);
    assert.equal(readSettings({ conf: getConf }, {}).conf, getConf);
    const map = new Map();
    assert.equal(readSettings({ conf: map }, {}).conf, map);
    for (const value of ['x', 1, [], new Set(), Promise.resolve({}), null]) {
      assertRefused({ conf: value }, "'conf'", 'plain object');
    }
  });

  test('say what is masked and what is shown of the environment', () => {
    assert.equal(readSettings({ mask: false }, {}).mask, false);
    const mask = { keys: ['pin'], values: [/x+/, 'abcd'], allow: ['auth'] };
    assert.deepEqual(readSettings({ mask }, {}).mask, mask);
    for (const value of [
      true,
      'off',
      [],
      null,
      { keys: 'pin' },
      { keys: [''] },
      { allow: [5] },
      { key: [] },
    ]) {
      assertRefused({ mask: value }, "'mask'");
    }
    assertRefused({ mask: { values: ['abc'] } }, 'values[0]', '4 characters');
    for (const env of ['safe', 'masked', 'all', 'none']) assert.equal(readSettings({ env }, {}).env, env);
    assertRefused({ env: 'some' }, "'safe', 'masked', 'all', 'none'", "got 'some'");
  });

  test('never print what masking was told in an error', () => {
    assert.throws(
      () => readSettings({ mask: { values: ['s3c'], keys: [{ a: 's3c' }] } }, {}),
      (error: Error) => !error.message.includes('s3c'),
    );
  });

  test('take the version in each of its forms', () => {
    for (const version of [
      '1.2.3',
      { name: 'a', version: '1' },
      { versionStringWithPackage: () => '1' },
      { vendor_string: () => 'x' },
    ]) {
      assert.equal(readSettings({ version }, {}).version, version);
    }
    for (const version of ['', 5, {}, null]) assertRefused({ version }, "'version'");
  });
});

describe('the signal', { skip: process.platform === 'win32' ? 'Windows has no such signals' : false }, () => {
  test('may be any that is free to use, or none', () => {
    assert.deepEqual(readSettings({ signal: 'SIGQUIT' }, {}).signal, {
      name: 'SIGQUIT',
      number: constants.signals.SIGQUIT,
    });
    assert.equal(readSettings({ signal: false }, {}).signal, false);
  });

  test('is refused where taking it would hurt the process', () => {
    for (const signal of [
      'SIGKILL',
      'SIGSTOP',
      'SIGTERM',
      'SIGINT',
      'SIGSEGV',
      'SIGBUS',
      'SIGPROF',
      'SIGCHLD',
    ]) {
      assertRefused({ signal }, `got '${signal}'`);
    }
    assertRefused({ signal: 'SIGUSR1' }, 'inspector');
    assertRefused({ signalListeners: true }, "'skip', 'call'");
  });

  test('is refused when there is none of that name', () => {
    for (const signal of ['USR2', 'sigusr2', 'SIGNOTHING', '', 'toString', '__proto__', 12, true, null]) {
      assertRefused({ signal }, "'signal'", 'or false');
    }
  });
});

describe('the environment', () => {
  test('is read before PM2 has unpacked it, as in cluster mode', (t) => {
    t.after(() => delete process.env['pm2_env']);
    process.env['pm2_env'] = JSON.stringify({
      name: 'cart',
      pm_id: 1,
      GMR_SERVICE_NAME: 'shop',
      GMR_LOG_DIR: '/var',
    });
    const { serviceName, logDir } = readSettings();
    assert.deepEqual([serviceName, logDir], ['shop', '/var']);
  });

  for (const [what, handler] of [
    [
      'throws where a variable is missing',
      {
        get: (env, name) => {
          if (!(name in env)) throw new Error(`missing variable ${String(name)}`);
          return env[String(name)];
        },
      },
    ],
    [
      'cannot be read at all',
      {
        get: () => assert.fail('get'),
        ownKeys: () => assert.fail('ownKeys'),
      },
    ],
  ] satisfies readonly [string, ProxyHandler<NodeJS.ProcessEnv>][]) {
    test(`may be an object of the service's that ${what}`, (t) => {
      const { env } = process;
      t.after(() => {
        process.env = env;
      });
      process.env = new Proxy({ GMR_SERVICE_NAME: 'strict' }, handler);
      assert.equal(readSettings().serviceName, what.startsWith('throws') ? 'strict' : undefined);
    });
  }

  test('sets every option that is text, number or boolean', async () => {
    const { settings, warnings } = await fromEnvironment({
      GMR_VERSION: '9.9',
      GMR_SERVICE_NAME: 'cart',
      GMR_SIGNAL: 'none',
      GMR_SIGNAL_LISTENERS: 'call',
      GMR_FRAME_ORDER: 'outermost-first',
      GMR_FRAMES: 'all',
      GMR_MAX_FRAMES: '50',
      GMR_INTERRUPT_TIMEOUT_MS: '20',
      GMR_SECTION_TIMEOUT_MS: '30',
      GMR_REPORT_TIMEOUT_MS: '400',
      GMR_GREEN_THREADS: 'off',
      GMR_GREEN_THREADS_MAX_HEAP_MB: '100',
      GMR_GREEN_THREADS_MAX_ANALYSIS_MS: '300',
      GMR_GREEN_THREADS_MAX_PAUSE_MS: '200',
      GMR_GREEN_THREADS_CONSISTENT: 'yes',
      GMR_GREEN_THREADS_VALUES: 'none',
      GMR_GREEN_THREADS_MAX_GROUPS: '3',
      GMR_GREEN_THREADS_MAX_FRAMES: '4',
      GMR_MASK: '{"keys":["pin"]}',
      GMR_ENV: 'masked',
      GMR_WORKERS: 'no',
      GMR_OPTIONAL: '0',
    });
    assert.deepEqual(warnings, []);
    assert.deepEqual(settings, {
      version: '9.9',
      serviceName: 'cart',
      conf: undefined,
      mask: { keys: ['pin'], values: [], allow: [] },
      env: 'masked',
      fileEventHandler: undefined,
      fileEventHandlerInterval: 1,
      blockedEventLoop: false,
      onFatalError: false,
      logDir: undefined,
      format: ['text'],
      maxReports: 100,
      maxReportBytes: 16_777_216,
      keepReports: 3,
      signal: false,
      signalListeners: 'call',
      frameOrder: 'outermost-first',
      frames: 'all',
      maxFrames: 50,
      interruptTimeoutMs: 20,
      sectionTimeoutMs: 30,
      reportTimeoutMs: 400,
      greenThreads: {
        enabled: false,
        maxHeapMb: 100,
        maxAnalysisMs: 300,
        maxPauseMs: 200,
        consistent: true,
        values: 'none',
        maxGroups: 3,
        maxFrames: 4,
        context: undefined,
      },
      workers: false,
      optional: false,
    });
  });

  test('gives way to what code says', () => {
    assert.equal(readSettings({ maxFrames: 7 }, { GMR_MAX_FRAMES: '50' }).maxFrames, 7);
    assert.equal(readSettings({ workers: true }, { GMR_WORKERS: 'false' }).workers, true);
  });

  test('is warned about where it is wrong, and then not used', async () => {
    const { settings, warnings } = await fromEnvironment({
      GMR_MAX_FRAMES: '1e3',
      GMR_WORKERS: 'perhaps',
      GMR_SIGNAL: 'SIGKILL',
    });
    assert.equal(settings.maxFrames, 200);
    assert.equal(settings.workers, true);
    assert.deepEqual(settings.signal, readSettings({}, {}).signal);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['GMR_INVALID_OPTION', 'GMR_INVALID_OPTION', 'GMR_INVALID_OPTION'],
    );
    const text = warnings.map(({ message }) => message).join('\n');
    for (const name of ['GMR_MAX_FRAMES', 'GMR_WORKERS', 'GMR_SIGNAL']) assert.ok(text.includes(name), text);
  });

  test('says with a word whether there is masking', async () => {
    for (const [word, mask] of [
      ['off', false],
      ['none', false],
      ['0', false],
      ['on', { keys: [], values: [], allow: [] }],
    ] as const) {
      assert.deepEqual((await fromEnvironment({ GMR_MASK: word })).settings.mask, mask, word);
    }
    const { settings, warnings } = await fromEnvironment({ GMR_MASK: '{"values":["hunter2"', GMR_ENV: 'x' });
    // Masking stays on where nobody can tell what was meant.
    assert.deepEqual([settings.mask, settings.env, warnings.length], [{}, 'safe', 2]);
    assert.doesNotMatch(String(warnings), /hunter2/);
  });

  test('is not set where a variable is empty', async () => {
    const { settings, warnings } = await fromEnvironment({ GMR_MAX_FRAMES: '', GMR_SERVICE_NAME: '' });
    assert.equal(settings.maxFrames, 200);
    assert.equal(settings.serviceName, undefined);
    assert.deepEqual(warnings, []);
  });
});
