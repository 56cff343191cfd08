import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { stagePackage } from './support/staged-package';

const ROOT = resolve(__dirname, '..', '..');

interface Expected {
  /** Paths, or patterns in which `**` stands for any folders and `*` for a part of a name. */
  readonly files: readonly string[];
  /** Like `files`, but a checkout need not have them. */
  readonly optional: readonly string[];
}

/** `prebuilds/<platform>-<arch>/<name>.abi<n>[.<libc>].node`: any other name is taken for a binary for every Node. */
const PREBUILD = /^prebuilds\/[a-z0-9]+-[a-z0-9]+\/gmr-native\.abi\d+(\.glibc|\.musl)?\.node$/;

const expected = JSON.parse(
  readFileSync(join(ROOT, 'test', 'fixtures', 'package-contents.json'), 'utf8'),
) as Expected;
const folder = mkdtempSync(join(tmpdir(), 'gmr-contents-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const packed = packedFiles(stagePackage(folder));

/** The files that `npm pack` would put into the tarball. */
function packedFiles(cwd: string): string[] {
  const shell = process.platform === 'win32';
  const result = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd,
    encoding: 'utf8',
    shell,
  });
  assert.equal(result.status, 0, `npm pack failed: ${result.error?.message ?? result.stderr}`);
  const parsed = JSON.parse(result.stdout) as unknown;
  // npm 11 prints an array with one package, npm 12 an object with the package under its name.
  const [description] = Object.values(parsed as Readonly<Record<string, { files: { path: string }[] }>>);
  return (description?.files ?? []).map(({ path }) => path).sort();
}

function contentOf(path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

function hasMap(path: string): boolean {
  return /\.(?:js|d\.ts)$/.test(path) && /^\/\/# sourceMappingURL/m.test(contentOf(path));
}

/** Paths that a compiled module requires, or opens by a literal path beside or above its own. */
function referencesIn(path: string): string[] {
  const text = contentOf(path);
  const required = [...text.matchAll(/\brequire\(["'](\.[^"']+)["']\)/g)].map(
    ([, specifier = '']) => `${specifier.replace(/\.js$/, '')}.js`,
  );
  const opened = [...text.matchAll(/\bjoin\)?\(__dirname, ["']([^"']+\.js)["']\)/g)].map(
    ([, name = '']) => name,
  );
  return [...required, ...opened].map((name) => posix.join(posix.dirname(path), name));
}

function matcher(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const body = escaped.replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${body}$`);
}

describe('the published package', () => {
  test('holds what the committed list says, and nothing else', () => {
    const patterns = [...expected.files, ...expected.optional].map(matcher);
    const surplus = packed.filter((path) => !patterns.some((pattern) => pattern.test(path)));
    assert.deepEqual(surplus, [], 'packed, but not in test/fixtures/package-contents.json');

    const missing = expected.files.filter((pattern) => !packed.some((path) => matcher(pattern).test(path)));
    assert.deepEqual(missing, [], 'in test/fixtures/package-contents.json, but not packed');
  });

  test('has no scripts and no fields that concern only a checkout', () => {
    const published = Object.keys(JSON.parse(contentOf('package.json')) as object);
    const surplus = ['private', 'scripts', 'devDependencies', 'files'];
    assert.deepEqual(
      published.filter((field) => surplus.includes(field)),
      [],
    );
    assert.ok(published.includes('dependencies'));
  });

  test('has no source maps, and no comment that names one', () => {
    const mapped = packed.filter((path) => path.endsWith('.map') || hasMap(path));
    assert.deepEqual(mapped, []);
  });

  test('contains every module that its modules load, and every file that they open', () => {
    const missing = packed
      .filter((path) => /^lib\/.*\.js$/.test(path))
      .flatMap((path) => referencesIn(path).filter((found) => !existsSync(join(folder, found))));
    assert.deepEqual(missing, []);
  });

  test('contains no module that its entries do not load', () => {
    const modules = packed.filter((path) => /^lib\/.*\.js$/.test(path));
    const referenced = new Set(
      modules.flatMap(referencesIn).map((path) => path.replace(/(?<!\.js)$/, '.js')),
    );
    const entries = ['lib/index.js', 'lib/autorun.js', 'lib/cli/gmr.js'];
    assert.deepEqual(
      modules.filter((path) => !referenced.has(path) && !entries.includes(path)),
      [],
    );
  });

  test('holds every entry that package.json names', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
    };
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    const missing = targets.filter((path) => !packed.includes(path.replace('./', '')));
    assert.deepEqual(missing, []);
  });

  test('holds only prebuilds that are tagged with their ABI', () => {
    const binaries = packed.filter((path) => path.endsWith('.node'));
    assert.deepEqual(
      binaries.filter((path) => !PREBUILD.test(path)),
      [],
    );
    const untagged = binaries.filter(
      (path) => path.startsWith('prebuilds/linux') && !/glibc|musl/.test(path),
    );
    assert.deepEqual(untagged, [], 'Linux binaries say which libc they need');
  });

  test('holds no test', () => {
    const tests = packed.filter((path) => /(^|[/._])test[/._]|_test\.(cc|h)$/.test(path));
    assert.deepEqual(tests, []);
  });
});

describe('docs/dependencies.md', () => {
  const documented = readFileSync(join(ROOT, 'docs', 'dependencies.md'), 'utf8');

  for (const part of [
    '.',
    'tools/nodes',
    'tools/package-managers',
    'tools/bundlers',
    'tools/runtimes',
    'tools/test-runners',
  ]) {
    test(`justifies every dependency of ${part}/package.json`, () => {
      const manifest = JSON.parse(readFileSync(join(ROOT, part, 'package.json'), 'utf8')) as Readonly<
        Record<string, Readonly<Record<string, string>> | undefined>
      >;
      const groups = ['dependencies', 'devDependencies', 'optionalDependencies'];
      const entries = groups.flatMap((group) => Object.entries(manifest[group] ?? {}));
      // `npm:<package>@<version>` has the real name in its version.
      const names = entries.map(([name, version]) => /^npm:(.+)@/.exec(version)?.[1] ?? name);
      assert.ok(names.length > 0);
      assert.deepEqual(
        names.filter((name) => !documented.includes(`\`${name}\``)),
        [],
      );
    });
  }

  test('names no package that is not used', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, unknown>>;
    };
    const rows = [...documented.matchAll(/^\| (`[^|]*?) *\|/gm)].map((match) => match[1] ?? '');
    const named = rows.flatMap((row) => row.replaceAll('`', '').split(', '));
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((name) => !(`node_modules/${name}` in packages)),
      [],
    );
  });
});
