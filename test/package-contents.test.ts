import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';

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
const packed = packedFiles();

/** What `npm pack` would put into the tarball. */
function packedFiles(): string[] {
  const shell = process.platform === 'win32';
  const result = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
    shell,
  });
  assert.equal(result.status, 0, `npm pack failed: ${result.error?.message ?? result.stderr}`);
  const parsed = JSON.parse(result.stdout) as unknown;
  // npm 11 prints an array with one package, npm 12 an object with the package under its name.
  const [description] = Object.values(parsed as Readonly<Record<string, { files: { path: string }[] }>>);
  return (description?.files ?? []).map(({ path }) => path).sort();
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

  test('holds the output of every source, and no output of a source that is gone', () => {
    const outputs = packed.filter((path) => /^lib\/.*\.js$/.test(path) && path !== 'lib/formatter.bundle.js');
    const orphans = outputs.filter((path) => !packed.includes(path.replace(/^lib\/(.*)\.js$/, 'src/$1.ts')));
    assert.deepEqual(orphans, [], 'remove lib/ and build again');

    const sources = packed.filter((path) => path.startsWith('src/'));
    // A map for each would be too much: those of the modules in lib/index.js are in the map of that.
    const suffixes = ['.js', '.d.ts', '.d.ts.map'];
    const missing = sources
      .flatMap((path) => suffixes.map((suffix) => path.replace(/^src\/(.*)\.ts$/, `lib/$1${suffix}`)))
      .filter((path) => !packed.includes(path));
    assert.deepEqual(missing, [], 'build before packing');
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

  for (const folder of ['.', 'tools/nodes', 'tools/package-managers']) {
    test(`justifies every dependency of ${folder}/package.json`, () => {
      const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Readonly<
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
