import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = resolve(__dirname, '..', '..');

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${folder}/${entry.name}`);
}

function unexpected(offenders: readonly string[], rule: string): void {
  assert.deepEqual(offenders, [], rule);
}

describe('the package', () => {
  const manifest = JSON.parse(read('package.json')) as {
    readonly version: string;
    readonly gypfile?: boolean;
    readonly scripts: Readonly<Record<string, string>>;
  };

  test('runs nothing when it is installed', () => {
    const names = Object.keys(manifest.scripts);
    unexpected(
      names.filter((name) => /^(?:pre|post)?install$/.test(name)),
      'package managers block or fail on install scripts',
    );
    // Without it, npm runs `node-gyp rebuild` because there is a binding.gyp.
    assert.equal(manifest.gypfile, false);
  });

  test('has no script that does something when npm runs it because of its name', () => {
    const names = Object.keys(manifest.scripts);
    const hooks = names.filter((name) => names.includes(name.replace(/^(?:pre|post)/, '')));
    const wanted = ['pretest'];
    unexpected(
      hooks.filter((name) => /^(?:pre|post)/.test(name) && !wanted.includes(name)),
      'npm runs it before or after the script that it is named after',
    );
    // A script called `build` would run it each time.
    assert.equal(manifest.scripts['prebuild'], 'node scripts/prebuild.mjs');
  });

  test('has every script that CI, the workflows, the scripts and the documentation call', () => {
    const paths = [
      '.ci/run',
      'README.md',
      'CONTRIBUTING.md',
      ...filesIn('.github/workflows'),
      ...filesIn('docs'),
      ...filesIn('scripts'),
    ];
    const called = paths.flatMap((path) =>
      [...read(path).matchAll(/\bnpm run(?: -s| --silent)* ([a-z][\w:-]*)/g)].map((match) => ({
        path,
        script: match[1] ?? '',
      })),
    );
    assert.ok(called.some(({ path }) => path === '.ci/run'));
    unexpected(
      called
        .filter(({ script }) => manifest.scripts[script] === undefined)
        .map(({ path, script }) => `${path}: npm run ${script}`),
      'a script of another name',
    );
  });

  test('says the version of package.json in its reports', () => {
    const versions = [...read('src/version.ts').matchAll(/'([^']+)'/g)].map((match) => match[1]);
    assert.deepEqual(versions, [manifest.version]);
  });

  test('has its version in the change log', () => {
    const headings = [...read('CHANGELOG.md').matchAll(/^## \[([^\]]+)\]/gm)].map((match) => match[1]);
    assert.ok(
      headings.includes(manifest.version),
      `no heading for ${manifest.version} in ${headings.join(', ')}`,
    );
  });

  interface LockEntry {
    readonly resolved?: string;
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  }

  for (const path of [
    'package-lock.json',
    'tools/nodes/package-lock.json',
    'tools/arm64-nodes/package-lock.json',
    'tools/bundlers/package-lock.json',
    'tools/runtimes/package-lock.json',
    'tools/frameworks/package-lock.json',
    'tools/loaders/package-lock.json',
    'tools/tracers/package-lock.json',
  ]) {
    const lock = JSON.parse(read(path)) as { readonly packages: Readonly<Record<string, LockEntry>> };
    const entries = Object.entries(lock.packages);

    test(`has a ${path} that names no registry`, () => {
      assert.ok(entries.length > 1, `${path} is empty`);
      const hosts = entries.filter(([, entry]) => entry.resolved?.startsWith('http'));
      unexpected(
        hosts.map(([name]) => name),
        'npm install --omit-lockfile-registry-resolved',
      );
    });

    // npm leaves out what a registry does not have for other platforms, and then `npm ci` refuses the lock file.
    test(`has a ${path} that is complete for every platform`, () => {
      const optional = entries.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}));
      unexpected(
        optional.filter((name) => !Object.hasOwn(lock.packages, `node_modules/${name}`)),
        'missing in the lock file',
      );
    });
  }
});
