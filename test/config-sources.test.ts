import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ConfigurationSnapshot } from '../src/report/model';
import { requireLib } from './support/lib';
import { REPOSITORY_ROOT } from './support/paths';

const { snapshotConfiguration } = requireLib(
  'sections/configuration',
) as typeof import('../src/sections/configuration');

type Settings = Parameters<typeof snapshotConfiguration>[0];

function snapshot(conf: Settings['conf'], more: Partial<Settings> = {}): ConfigurationSnapshot {
  return snapshotConfiguration({ conf, mask: {}, env: 'none', ...more });
}

/** What is printed of a configuration that can be read. */
function objectsOf(conf: Settings['conf'], more: Partial<Settings> = {}): ConfigurationSnapshot['objects'] {
  const { objects, failures } = snapshot(conf, more);
  assert.deepEqual(failures, {});
  return objects;
}

/** A package that only the tests know, without its types. */
const load = createRequire(join(REPOSITORY_ROOT, 'package.json')) as (name: string) => unknown;

describe('the configuration', () => {
  test('is copied, bounded and masked', () => {
    const conf: Record<string, unknown> = { port: 80, db: { password: 'x' } };
    conf['self'] = conf;
    assert.deepEqual(objectsOf(conf), { conf: { port: 80, db: { password: '***' }, self: '[circular]' } });
  });

  test('may be a Map, with Maps in it', () => {
    const conf = new Map<string, unknown>([
      ['port', 80],
      ['db', new Map([['password', 'x']])],
    ]);
    assert.deepEqual(objectsOf(conf), { conf: { port: 80, db: { password: '***' } } });
    assert.deepEqual(
      objectsOf(() => conf),
      { conf: { port: 80, db: { password: '***' } } },
    );
  });

  test('is empty when none was given', () => assert.deepEqual(objectsOf(undefined), {}));

  test('is not there, with the reason, when its function does not give an object', () => {
    const text = [
      () => {
        throw new Error('broken: a://u:p@h');
      },
      () => 'text' as unknown as object,
      () => Promise.reject(new Error('late')),
    ].map((conf) => {
      const { objects, failures } = snapshot(conf);
      assert.deepEqual(objects, {});
      return failures['conf'] ?? '';
    });
    assert.match(text[0] ?? '', /broken: a:\/\/u:\*\*\*@h/);
    assert.match(text[1] ?? '', /got string/);
    assert.match(text[2] ?? '', /promise/);
  });

  test('that fails does not cost the environment', () => {
    const conf = (): never => {
      throw new Error('x');
    };
    const { environment } = snapshotConfiguration({ conf, mask: {}, env: 'masked' }, { A: 'b' });
    assert.deepEqual(environment.variables, { A: 'b' });
  });

  test('never calls functions that are in it', () => {
    let calls = 0;
    const value = objectsOf({ handler: () => calls++, list: [() => calls++] });
    assert.equal(calls, 0);
    assert.match(JSON.stringify(value), /\[function handler\]/);
  });

  test('is printed as it is when masking is off', () => {
    assert.deepEqual(objectsOf({ password: 'x' }, { mask: false }), { conf: { password: 'x' } });
  });
});

describe('an instance of convict', () => {
  type Convict = (schema: object) => Settings['conf'] & object;
  const convict = load('convict') as Convict;
  const schema = {
    port: { format: Number, default: 80 },
    number: { format: Number, default: 4711, sensitive: true },
    db: {
      host: { default: 'h' },
      login: { default: 'hunter2', sensitive: true },
      unset: { default: null, nullable: true, format: String, sensitive: true },
      deep: { er: { default: ['hunter2'], format: Array, sensitive: true } },
      password: { default: 'by its name' },
    },
  };

  test('is shown with its values, and without those that its schema calls sensitive', () => {
    assert.deepEqual(objectsOf(convict(schema)), {
      conf: {
        port: 80,
        number: '***',
        db: { host: 'h', login: '***', unset: null, deep: { er: '***' }, password: '***' },
      },
    });
  });

  test('is shown whole when masking is off', () => {
    assert.match(JSON.stringify(objectsOf(convict(schema), { mask: false })), /hunter2.*by its name/);
  });

  test('may come from a function', () => {
    assert.doesNotMatch(JSON.stringify(objectsOf(() => convict(schema))), /hunter2/);
  });
});

describe('an instance of nconf', () => {
  interface Nconf {
    Provider: new () => Provider;
    use(name: string, options: object): Provider;
  }
  interface Provider {
    env(options?: unknown): Provider;
    overrides(values: object): Provider;
    defaults(values: object): Provider;
  }
  const nconf = load('nconf') as Nconf;

  test('is shown as it decides: the store that was added first wins', () => {
    const provider = new nconf.Provider()
      .overrides({ db: { host: 'over' } })
      .defaults({ db: { host: 'under', password: 'x' }, port: 80 });
    assert.deepEqual(objectsOf(provider), { conf: { db: { host: 'over', password: '***' }, port: 80 } });
  });

  test('does not bring the whole environment with it', (t) => {
    t.after(() => ['GMR_TEST_PLAIN', 'port'].forEach((name) => delete process.env[name]));
    process.env['GMR_TEST_PLAIN'] = 'unexpected';
    process.env['port'] = '81';
    const provider = new nconf.Provider().env().defaults({ port: 80 });
    // What the environment overrides is configuration; everything else in it is not.
    assert.deepEqual(objectsOf(provider), { conf: { port: '81' } });
    const chosen = new nconf.Provider().env(['GMR_TEST_PLAIN']).defaults({ port: 80 });
    assert.deepEqual(objectsOf(chosen), { conf: { GMR_TEST_PLAIN: 'unexpected', port: 80 } });
  });

  test('may be the module itself', () => {
    nconf.use('memory', { type: 'memory' });
    (nconf as unknown as { set(key: string, value: unknown): void }).set('a:b', 1);
    assert.deepEqual(objectsOf(nconf), { conf: { a: { b: 1 } } });
  });
});

describe('node-config', () => {
  process.env['NODE_CONFIG'] = JSON.stringify({ db: { host: 'h', password: 'x' }, port: 80 });
  process.env['SUPPRESS_NO_CONFIG_WARNING'] = 'y';
  const config = load('config') as { get(key: string): unknown; port: number };

  test('is shown with its values, and stays as changeable as it was', () => {
    assert.deepEqual(objectsOf(config), { conf: { db: { host: 'h', password: '***' }, port: 80 } });
    config.port = 81;
    assert.deepEqual(objectsOf(config)['conf'], { db: { host: 'h', password: '***' }, port: 81 });
  });

  test('is known among others, which then have their names', () => {
    const { objects, failures } = snapshot({
      main: config,
      flags: { beta: true },
      get live(): object {
        return new Map([['token', 'x']]);
      },
    });
    assert.deepEqual(failures, {});
    assert.deepEqual(Object.keys(objects), ['main', 'flags', 'live']);
    assert.deepEqual([objects['flags'], objects['live']], [{ beta: true }, { token: '***' }]);
  });

  test('costs itself only when it fails', () => {
    const broken = {
      getProperties: () => {
        throw new Error('no a://u:p@h');
      },
      getSchema: () => ({}),
      validate: () => undefined,
      get: () => undefined,
      has: () => true,
    };
    const { objects, failures } = snapshot({ main: config, broken });
    assert.deepEqual(Object.keys(objects), ['main']);
    assert.deepEqual(failures, { broken: "'broken' threw Error: no a://u:***@h" });
  });

  test('under a name that says secret is hidden in all its members', () => {
    assert.deepEqual(objectsOf({ main: config, credentials: { a: 'x', region: 'eu' } })['credentials'], {
      a: '***',
      region: 'eu',
    });
  });
});

describe('the environment', () => {
  const variables = {
    NODE_ENV: 'production',
    PWD: '/srv/app',
    CART_DB: 'postgres://u:hunter2@h/x',
    API_TOKEN: 'hunter2',
    DEBUG: 'a://u:hunter2@h',
    PLAIN: 'visible',
  };
  const show = (env: Settings['env'], mask: Settings['mask'] = {}): ConfigurationSnapshot['environment'] =>
    snapshotConfiguration({ conf: undefined, mask, env }, variables).environment;

  test("is shown with its names and a few values by default ('safe')", () => {
    assert.deepEqual(show('safe').variables, {
      NODE_ENV: 'production',
      PWD: '/srv/app',
      CART_DB: null,
      API_TOKEN: null,
      DEBUG: 'a://u:***@h',
      PLAIN: null,
    });
  });

  test("is shown without secrets with 'masked'", () => {
    assert.deepEqual(show('masked').variables, {
      ...variables,
      PWD: '/srv/app',
      CART_DB: 'postgres://u:***@h/x',
      API_TOKEN: '***',
      DEBUG: 'a://u:***@h',
    });
  });

  test("is shown as it is with 'all', and not at all with 'none'", () => {
    assert.deepEqual(show('all').variables, variables);
    assert.deepEqual(show('none'), { policy: 'none', variables: {}, leftOut: 0 });
  });

  test('follows the options of masking', () => {
    assert.equal(show('masked', { keys: ['plain'] }).variables['PLAIN'], '***');
    assert.equal(show('safe', { values: ['production'] }).variables['NODE_ENV'], '***');
    assert.equal(show('masked', false).variables['API_TOKEN'], 'hunter2');
  });

  test('is bounded', () => {
    const many = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [`V${index}`, 'x'.repeat(10_000)]),
    );
    for (const env of ['safe', 'masked', 'all'] as const) {
      const { environment } = snapshotConfiguration({ conf: undefined, mask: {}, env }, many);
      assert.equal(Object.keys(environment.variables).length, 1000);
      assert.equal(environment.leftOut, 2000);
      assert.ok(JSON.stringify(environment).length < 5_000_000);
    }
  });
});
