import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { RawOf } from '../src/masking/raw';
import type { MaskOptions } from '../src/options';
import type { ProcessFacts } from '../src/report/model';
import { requireLib } from './support/lib';

const { collectPackageFacts } = requireLib(
  'sections/package-facts',
) as typeof import('../src/sections/package-facts');
const { collectProcessFacts } = requireLib(
  'sections/process-facts',
) as typeof import('../src/sections/process-facts');
const { readDeployment } = requireLib('deployment') as typeof import('../src/deployment');
const { maskFacts } = requireLib(
  'formatter/mask-photograph',
) as typeof import('../src/formatter/mask-photograph');
const { Masker } = requireLib('masking/mask') as typeof import('../src/masking/mask');
const { Gate } = requireLib('masking/gate') as typeof import('../src/masking/gate');

/** The facts in the form that a view gets. */
function maskedFacts(mask: MaskOptions | false): ProcessFacts {
  const raw = collectProcessFacts('1.0', undefined) as unknown as RawOf<ProcessFacts>;
  const facts = maskFacts(raw, new Gate(new Masker(mask)));
  assert.ok(!('status' in facts));
  return facts;
}

describe('the package', () => {
  /** A folder with a package.json at its root, one without a name below it, and a script beneath. */
  function makePackage(
    t: TestContext,
    description: unknown,
  ): { readonly root: string; readonly script: string } {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'gmr-package-')));
    t.after(() => rmSync(root, { recursive: true }));
    mkdirSync(join(root, 'dist', 'bin'), { recursive: true });
    writeFileSync(
      join(root, 'package.json'),
      typeof description === 'string' ? description : JSON.stringify(description),
    );
    writeFileSync(join(root, 'dist', 'package.json'), '{"type":"module"}');
    return { root, script: join(root, 'dist', 'bin', 'serve.mjs') };
  }

  test('is the nearest one upward that has a name', (t) => {
    const author = 'Acme <a@example.org> (https://example.org)';
    const { root, script } = makePackage(t, { name: '@acme/cart', version: '1.2.3', author });
    assert.deepEqual(collectPackageFacts(undefined, { mainScript: script }), {
      product: '@acme/cart',
      vendor: 'Acme',
      version: '1.2.3',
      root,
    });
  });

  test('is named by its script when there is none', (t) => {
    for (const broken of ['{', '[]', 'null', '{"name":5}']) {
      const { script } = makePackage(t, broken);
      const facts = collectPackageFacts(undefined, { mainScript: script });
      assert.equal(facts.product, 'serve');
      assert.equal(facts.version, 'unknown');
    }
    assert.equal(collectPackageFacts(undefined, { mainScript: null }).product, 'node');
  });

  test('is that of the working directory if the main script belongs to a tool', (t) => {
    const { root } = makePackage(t, { name: 'shop', version: '7.0.0' });
    const install = (name: string): string => {
      const folder = join(root, 'node_modules', '.pnpm', `${name}@1`, 'node_modules', name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
      return join(folder, 'cli.js');
    };
    const named = (mainScript: string, folder?: string): string => {
      const { product, version } = collectPackageFacts(undefined, { mainScript, folder });
      return `${product} ${version}`;
    };
    assert.equal(named(install('next'), root), 'shop 7.0.0');
    assert.equal(named(install('next'), join(root, 'dist')), 'shop 7.0.0');
    // A tool without an application is one itself; so is one whose folder is the tool's.
    assert.equal(named(install('next'), tmpdir()), 'next 1.0.0');
    assert.equal(named(install('next'), join(root, 'node_modules', '.pnpm')), 'next 1.0.0');
    // Package managers only start the application, which answers under its name itself.
    assert.equal(named(install('npm'), root), 'npm 1.0.0');
    // An application that runs elsewhere is not named after that place.
    assert.equal(named(join(root, 'dist', 'server.js'), tmpdir()), 'shop 7.0.0');
  });

  test('has the version that was given as text', (t) => {
    const { script } = makePackage(t, { name: 'cart', version: '1.2.3' });
    const facts = collectPackageFacts('2.0-rc1', { mainScript: script });
    assert.deepEqual([facts.product, facts.version], ['cart', '2.0-rc1']);
  });

  test('may be given as a package.json', () => {
    const version = { name: 'a', version: '3', author: { name: 'Me' } };
    assert.deepEqual(collectPackageFacts(version, { mainScript: null }), {
      product: 'a',
      vendor: 'Me',
      version: '3',
      root: null,
    });
  });

  test('may be given as an object in the manner of oslo, in both spellings', () => {
    const camel = {
      vendorString: () => 'V',
      productString: () => 'P',
      versionStringWithPackage: () => '1-2',
    };
    const snake = {
      vendor_string: () => 'V',
      product_string: () => 'P',
      version_string_with_package: () => '1-2',
    };
    for (const version of [camel, snake]) {
      assert.deepEqual(collectPackageFacts(version, { mainScript: null }), {
        product: 'P',
        vendor: 'V',
        version: '1-2',
        root: null,
      });
    }
  });

  test('loses only the fact whose method throws', () => {
    const facts = collectPackageFacts(
      {
        vendorString: () => 'V',
        versionStringWithPackage: () => {
          throw new Error('no tag');
        },
      },
      { mainScript: null },
    );
    assert.equal(facts.vendor, 'V');
    assert.match(facts.version, /unknown .*no tag/);
  });

  const skip = process.platform === 'win32' ? 'there are no FIFOs' : false;
  test('is not waited for when its description is a FIFO', { skip }, (t) => {
    const { root, script } = makePackage(t, { name: 'cart' });
    execFileSync('mkfifo', [join(root, 'dist', 'bin.fifo')]);
    renameSync(join(root, 'dist', 'bin.fifo'), join(root, 'dist', 'package.json'));
    assert.equal(collectPackageFacts(undefined, { mainScript: script }).product, 'cart');
  });

  test('survives an object whose properties throw', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    );
    assert.match(collectPackageFacts(hostile, { mainScript: null }).version, /unknown .*trap/);
  });
});

describe('the facts of the process', () => {
  test('say who it is', () => {
    const facts = collectProcessFacts('1.0', 'cart-api');
    assert.equal(facts.serviceName, 'cart-api');
    assert.equal(facts.versions['node'], process.versions.node);
    assert.equal(facts.execPath, process.execPath);
    assert.equal(facts.cwd, process.cwd());
    assert.equal(facts.argv[0], process.argv[0]);
    assert.equal(facts.mainScript, realpathSync(process.argv[1] ?? ''));
    assert.ok(Math.abs(facts.startedAtMs - performance.timeOrigin) < 1000);
    assert.match(facts.gmrVersion, /^\d+\.\d+\.\d+/);
    assert.equal(facts.host.length > 0, true);
  });

  test('name the script of the service under PM2, and not that of PM2', (t) => {
    const { argv } = process;
    t.after(() => {
      process.argv = argv;
      delete process.env['pm_exec_path'];
      delete process.env['pm_id'];
    });
    const script = realpathSync(join(__dirname, 'support', 'lib.js'));
    process.env['pm_exec_path'] = script;
    process.env['pm_id'] = '0';
    // A child of the service has the variable too.
    assert.notEqual(collectProcessFacts('1.0', undefined).mainScript, script);
    process.argv = [process.execPath, '/opt/pm2/lib/ProcessContainerFork.js'];
    assert.equal(collectProcessFacts('1.0', undefined).mainScript, script);
  });

  test('are shown as they are, or with more masked, where the options say so', (t) => {
    const { argv } = process;
    t.after(() => (process.argv = argv));
    process.argv = [...argv, '--password=visible', '--plate=1234', 'meerkat'];
    const lastOf = (mask: MaskOptions | false): readonly string[] => maskedFacts(mask).argv.slice(-3);
    assert.deepEqual(lastOf(false), ['--password=visible', '--plate=1234', 'meerkat']);
    assert.deepEqual(lastOf({ keys: ['plate'], values: ['meerkat'] }), [
      '--password=***',
      '--plate=***',
      '***',
    ]);
    assert.deepEqual(lastOf({ allow: ['password'] }), ['--password=visible', '--plate=1234', 'meerkat']);
  });

  test('are masked when they are formatted', (t) => {
    const { argv } = process;
    const before = process.env['NODE_OPTIONS'];
    t.after(() => {
      process.argv = argv;
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
    });
    process.argv = [...argv, '--password', 'hunter2', '--db=a://u:hunter2@h'];
    process.env['NODE_OPTIONS'] = '--title=x --require=./a?token=hunter2';
    const facts = maskedFacts({});
    assert.doesNotMatch(JSON.stringify(facts), /hunter2/);
    assert.deepEqual(facts.argv.slice(-3), ['--password', '***', '--db=a://u:***@h']);
    assert.equal(facts.nodeOptions, '--title=x --require=./a?token=***');
  });
});

describe('what the environment says about the service', () => {
  test('is read as OpenTelemetry specifies', () => {
    const attributes =
      'service.name=cart, service.version = 1.2%2B7 ,k8s.pod.name=cart-7d,deployment.environment.name=pr%C3%BCfung';
    const found = readDeployment({ OTEL_RESOURCE_ATTRIBUTES: attributes });
    assert.equal(found.serviceName, 'cart');
    assert.equal(found.version, '1.2+7');
    assert.deepEqual(found.shown, {
      'service.name': 'cart',
      'service.version': '1.2+7',
      'k8s.pod.name': 'cart-7d',
      'deployment.environment.name': 'prüfung',
    });
    const both = { OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: 'checkout' };
    assert.equal(readDeployment(both).serviceName, 'checkout');
  });

  test('is discarded as a whole when a part is malformed', () => {
    for (const text of ['a=1,service.name=%E0%A4%A', 'service.name=cart,=x', 'service.name=cart,loose']) {
      const found = readDeployment({ OTEL_RESOURCE_ATTRIBUTES: text });
      assert.deepEqual([found.serviceName, found.shown], [null, {}], text);
    }
    assert.equal(readDeployment({ OTEL_RESOURCE_ATTRIBUTES: ',a=1,' }).shown['a'], '1');
  });

  test('is not shown in part: half a secret does not look like one', () => {
    const note = `${'a'.repeat(240)} ghp_0123456789abcdefghijABCDEFGHIJ012345`;
    const found = readDeployment({ OTEL_RESOURCE_ATTRIBUTES: `note=${encodeURIComponent(note)}` });
    assert.equal(found.shown['note'], `(not shown: ${note.length} characters)`);
  });

  test('is that of PM2, also while it is packed, and never without its id', () => {
    const fork = { name: 'cart', pm_id: '3', NODE_APP_INSTANCE: '1', pm_exec_path: '/srv/server.js' };
    const unpacked = readDeployment(fork);
    assert.equal(unpacked.serviceName, 'cart');
    assert.deepEqual(unpacked.shown, { 'pm2.name': 'cart', 'pm2.id': '3', 'pm2.instance': '1' });
    const packed = JSON.stringify({ ...fork, pm_id: 3, NODE_APP_INSTANCE: 1, pm_cwd: '/srv', args: [] });
    assert.deepEqual(readDeployment({ pm2_env: packed, name: 'daemon' }), { ...unpacked, folder: '/srv' });
    const attributes = 'service.name=cart-api';
    const withBoth = JSON.stringify({ ...fork, OTEL_RESOURCE_ATTRIBUTES: attributes });
    assert.equal(readDeployment({ pm2_env: withBoth }).serviceName, 'cart-api');
    assert.equal(readDeployment({ name: 'mine' }).serviceName, null);
    assert.equal(readDeployment({ pm2_env: '{', name: 'mine' }).serviceName, null);
  });

  test('is less than what the options say, and more than the package', (t) => {
    const keys = ['OTEL_SERVICE_NAME', 'OTEL_RESOURCE_ATTRIBUTES', 'pm_id', 'name'];
    t.after(() => keys.forEach((key) => delete process.env[key]));
    const named = (given?: string): string => collectProcessFacts(undefined, given).serviceName;
    const ofPackage = named();
    Object.assign(process.env, { pm_id: '0', name: 'pm2-name' });
    assert.equal(named(), 'pm2-name');
    process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'service.name=attribute,service.version=9.9';
    assert.equal(named(), 'attribute');
    assert.equal(collectProcessFacts(undefined, undefined).package.version, '9.9');
    assert.equal(collectProcessFacts('1.0', undefined).package.version, '1.0');
    process.env['OTEL_SERVICE_NAME'] = 'otel';
    assert.equal(named(), 'otel');
    assert.equal(named('option'), 'option');
    assert.ok(!['pm2-name', 'attribute', 'otel'].includes(ofPackage));
  });

  test('is masked by name and by form', (t) => {
    t.after(() => delete process.env['OTEL_RESOURCE_ATTRIBUTES']);
    process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'db.password=hunter2,url=redis://:hunter2@db,zone=eu';
    const { deployment } = maskedFacts({});
    assert.deepEqual(deployment, { 'db.password': '***', url: 'redis://:***@db', zone: 'eu' });
  });
});
