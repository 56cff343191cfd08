import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { requireLib } from './support/lib';

const { collectPackageFacts } = requireLib(
  'sections/package-facts',
) as typeof import('../src/sections/package-facts');
const { collectProcessFacts } = requireLib(
  'sections/process-facts',
) as typeof import('../src/sections/process-facts');
const { maskFacts } = requireLib(
  'formatter/mask-photograph',
) as typeof import('../src/formatter/mask-photograph');
const { Masker } = requireLib('config/mask') as typeof import('../src/config/mask');

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
    assert.deepEqual(collectPackageFacts(undefined, script), {
      product: '@acme/cart',
      vendor: 'Acme',
      version: '1.2.3',
      root,
    });
  });

  test('is named by its script when there is none', (t) => {
    for (const broken of ['{', '[]', 'null', '{"name":5}']) {
      const { script } = makePackage(t, broken);
      const facts = collectPackageFacts(undefined, script);
      assert.equal(facts.product, 'serve');
      assert.equal(facts.version, 'unknown');
    }
    assert.equal(collectPackageFacts(undefined, null).product, 'node');
  });

  test('has the version that was given as text', (t) => {
    const { script } = makePackage(t, { name: 'cart', version: '1.2.3' });
    const facts = collectPackageFacts('2.0-rc1', script);
    assert.deepEqual([facts.product, facts.version], ['cart', '2.0-rc1']);
  });

  test('may be given as a package.json', () => {
    const version = { name: 'a', version: '3', author: { name: 'Me' } };
    assert.deepEqual(collectPackageFacts(version, null), {
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
      assert.deepEqual(collectPackageFacts(version, null), {
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
      null,
    );
    assert.equal(facts.vendor, 'V');
    assert.match(facts.version, /unknown .*no tag/);
  });

  const skip = process.platform === 'win32' ? 'there are no FIFOs' : false;
  test('is not waited for when its description is a FIFO', { skip }, (t) => {
    const { root, script } = makePackage(t, { name: 'cart' });
    execFileSync('mkfifo', [join(root, 'dist', 'bin.fifo')]);
    renameSync(join(root, 'dist', 'bin.fifo'), join(root, 'dist', 'package.json'));
    assert.equal(collectPackageFacts(undefined, script).product, 'cart');
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
    assert.match(collectPackageFacts(hostile, null).version, /unknown .*trap/);
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
    });
    const script = realpathSync(join(__dirname, 'support', 'lib.js'));
    process.env['pm_exec_path'] = script;
    // A child of the service has the variable too.
    assert.notEqual(collectProcessFacts('1.0', undefined).mainScript, script);
    process.argv = [process.execPath, '/opt/pm2/lib/ProcessContainerFork.js'];
    assert.equal(collectProcessFacts('1.0', undefined).mainScript, script);
  });

  test('are shown as they are, or with more masked, where the options say so', (t) => {
    const { argv } = process;
    t.after(() => (process.argv = argv));
    process.argv = [...argv, '--password=visible', '--pin=1234', 'meerkat'];
    const lastOf = (mask: ConstructorParameters<typeof Masker>[0]): readonly string[] =>
      maskFacts(collectProcessFacts('1.0', undefined), new Masker(mask)).argv.slice(-3);
    assert.deepEqual(lastOf(false), ['--password=visible', '--pin=1234', 'meerkat']);
    assert.deepEqual(lastOf({ keys: ['pin'], values: ['meerkat'] }), ['--password=***', '--pin=***', '***']);
    assert.deepEqual(lastOf({ allow: ['password'] }), ['--password=visible', '--pin=1234', 'meerkat']);
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
    const facts = maskFacts(collectProcessFacts('1.0', undefined), new Masker({}));
    assert.doesNotMatch(JSON.stringify(facts), /hunter2/);
    assert.deepEqual(facts.argv.slice(-3), ['--password', '***', '--db=a://u:***@h']);
    assert.equal(facts.nodeOptions, '--title=x --require=./a?token=***');
  });
});
