import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { requireLib } from './support/lib';
import { copyPackage } from './support/package-copy';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';
import { mainBlock } from './support/report-text';
import { startService } from './support/service';

const { libcOf, loaderOf } = requireLib('addon/libc') as typeof import('../src/addon/libc');

const REQUIRED: readonly string[] = ['{"optional":false}'];
const ABI = process.versions.modules;
const OTHER_ABI = ABI === '127' ? '137' : '127';
const LINUX = process.platform === 'linux';
/** The tests' own binary, whatever Node they run on. */
const BUILT = join(REPOSITORY_ROOT, 'build', 'Release', 'gmr_native.node');

interface GlibcReport {
  readonly header: { readonly glibcVersionRuntime?: string };
}

/** A package without build/, with these files as its prebuilt binaries; returns the folder of its fixtures. */
function packageWith(t: TestContext, names: readonly string[]): string {
  const fixtures = copyPackage(t, { binary: 'none' });
  const folder = join(fixtures, '..', '..', 'prebuilds', `${process.platform}-${process.arch}`);
  mkdirSync(folder, { recursive: true });
  for (const name of names) copyFileSync(BUILT, join(folder, name));
  return fixtures;
}

function ownLibc(): string {
  return LINUX ? `.${libcOf(process.execPath)}` : '';
}

/** The beginning of an executable for 64-bit Linux that names this loader, as linkers write it. */
function executableFor(t: TestContext, loader: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gmr-loader-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const bytes = Buffer.alloc(512);
  bytes.write('\x7fELF\x02\x01\x01', 'latin1');
  bytes.writeBigUInt64LE(64n, 32); // The program headers follow the file header.
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(2, 56);
  bytes.writeUInt32LE(6, 64); // The first describes the headers themselves.
  bytes.writeUInt32LE(3, 120); // The second names the loader.
  bytes.writeBigUInt64LE(256n, 128);
  bytes.writeBigUInt64LE(BigInt(loader.length + 1), 152);
  bytes.write(loader, 256, 'latin1');
  const path = join(folder, 'executable');
  writeFileSync(path, bytes);
  return path;
}

describe('the C library', PATIENT, () => {
  test('is told by the loader that an executable names', (t) => {
    assert.equal(libcOf(executableFor(t, '/lib/ld-musl-x86_64.so.1')), 'musl');
    assert.equal(libcOf(executableFor(t, '/nix/store/abc-musl-1.2.5/lib/ld-musl-aarch64.so.1')), 'musl');
    assert.equal(libcOf(executableFor(t, '/lib64/ld-linux-x86-64.so.2')), 'glibc');
  });

  test('of this Node is the one that its own diagnostic report tells of', (t) => {
    if (!LINUX) return t.skip('Linux has two, others have one');
    const { glibcVersionRuntime } = (process.report.getReport() as unknown as GlibcReport).header;
    assert.equal(libcOf(process.execPath), glibcVersionRuntime === undefined ? 'musl' : 'glibc');
    assert.match(loaderOf(process.execPath) ?? '', /^\/.*\/ld-(linux|musl)/);
  });

  test('is not guessed from what is no executable', (t) => {
    const path = executableFor(t, '/lib/ld-musl-x86_64.so.1');
    writeFileSync(path, 'ld-musl');
    assert.equal(loaderOf(path), null);
    assert.equal(loaderOf(join(path, 'missing')), null);
  });
});

describe('the loader', PATIENT, () => {
  test('takes the binary of this Node from among those of others', async (t) => {
    const names = [`gmr-native.abi${OTHER_ABI}${ownLibc()}.node`, `gmr-native.abi${ABI}${ownLibc()}.node`];
    const script = join(packageWith(t, names), 'loading-service.cjs');
    const service = await startService(t, { script }).ready();
    assert.match(mainBlock(await service.reportOnSignal()).head, /main/);
  });

  test('touches no binary that is named after another ABI, and says which there are', async (t) => {
    // It would load: it is this Node's, under a wrong name.
    const name = `gmr-native.abi${OTHER_ABI}${ownLibc()}.node`;
    const service = startService(t, {
      script: join(packageWith(t, [name]), 'loading-service.cjs'),
      args: REQUIRED,
    });
    const line = await service.line('error ');
    assert.match(line, /^error GMR_ADDON_UNAVAILABLE /);
    assert.match(
      line,
      new RegExp(`prebuilt binaries for ${process.platform}-\\w+ and Node ABI ${OTHER_ABI}\\b`),
    );
    assert.match(line, /to fix it, run a Node that has a binary/);
    assert.doesNotMatch(line, /node-gyp rebuild/, 'there are no sources to build from');
  });

  test('touches no binary for the other C library', async (t) => {
    if (!LINUX) return t.skip('Linux has two C libraries, others have one');
    const other = ownLibc() === '.musl' ? 'glibc' : 'musl';
    const script = join(packageWith(t, [`gmr-native.abi${ABI}.${other}.node`]), 'loading-service.cjs');
    assert.match(
      await startService(t, { script, args: REQUIRED }).line('error '),
      /^error GMR_ADDON_UNAVAILABLE /,
    );
  });

  test('says how to build one if the sources are there', async (t) => {
    const fixtures = packageWith(t, [`gmr-native.abi${OTHER_ABI}${ownLibc()}.node`]);
    for (const part of ['binding.gyp', 'native']) {
      symlinkSync(join(REPOSITORY_ROOT, part), join(fixtures, '..', '..', part));
    }
    const service = startService(t, { script: join(fixtures, 'loading-service.cjs'), args: REQUIRED });
    assert.match(await service.line('error '), /npx --yes node-gyp rebuild --directory="\//);
  });

  test('says when the package has nothing for this platform', async (t) => {
    const fixtures = copyPackage(t, { binary: 'none' });
    const folder = join(fixtures, '..', '..', 'prebuilds', 'sunos-x64');
    mkdirSync(folder, { recursive: true });
    copyFileSync(BUILT, join(folder, `gmr-native.abi${ABI}.node`));
    const service = startService(t, { script: join(fixtures, 'loading-service.cjs'), args: REQUIRED });
    const line = await service.line('error ');
    assert.match(
      line,
      new RegExp(`no prebuilt binary for ${process.platform}-${process.arch}, only for sunos-x64`),
    );
    assert.match(
      line,
      new RegExp(`to fix it, install gmr-native on ${process.platform}-${process.arch} itself`),
    );
  });

  test('loads no addon of the service itself when its code was bundled into the service', (t) => {
    const root = mkdtempSync(join(tmpdir(), 'gmr-bundled-'));
    t.after(() => rmSync(root, { recursive: true, force: true }));
    mkdirSync(join(root, 'build', 'Release'), { recursive: true });
    writeFileSync(join(root, 'package.json'), '{ "name": "service" }');
    copyFileSync(BUILT, join(root, 'build', 'Release', 'addon_of_the_service.node'));
    const { loadFirst } = requireLib('addon/load') as typeof import('../src/addon/load');
    assert.throws(
      () => loadFirst(root),
      (error: Error) => /runs from a bundle/.test(error.message) && !error.message.includes('tried'),
    );
  });
});
