import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, after, afterEach, describe, test } from 'node:test';
import { copyPackage } from './support/package-copy';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';
import { type Service, startService } from './support/service';
import { shellCommand } from './support/shell';

const LINUX = process.platform === 'linux';
const BUILT = join(REPOSITORY_ROOT, 'build', 'Release', 'gmr_native.node');

/** One copy for all tests, because making it takes longer than using it. */
const fixtures = copyPackage({ after }, { binary: 'none' });
const packageRoot = join(fixtures, '..', '..');
const binary = join(packageRoot, 'build', 'Release', 'gmr_native.node');

// The service that gives up its rights must be able to open the folder.
chmodSync(packageRoot, 0o755);
mkdirSync(dirname(binary), { recursive: true });
afterEach(() => rmSync(binary, { recursive: true, force: true }));

function warningsIn(stderr: string): number {
  return stderr.split('[GMR_ADDON_UNAVAILABLE]').length - 1;
}

/** Asserts that the service runs, has warned once with the cause and the remedy, and that its API fails with a code. */
async function assertRunsWithout(service: Service, cause: RegExp, remedy: RegExp): Promise<void> {
  const line = await service.line('api ');
  assert.deepEqual(JSON.parse(line.slice('api '.length)), {
    generateReport: 'GMR_ADDON_UNAVAILABLE',
    writeReport: 'GMR_ADDON_UNAVAILABLE',
    required: 'GMR_ADDON_UNAVAILABLE',
    invalid: 'GMR_INVALID_OPTION',
  });
  await service.ready();
  await service.says('[GMR_ADDON_UNAVAILABLE]');
  assert.equal(warningsIn(service.stderr), 1, service.stderr);
  assert.match(service.stderr, cause);
  assert.match(service.stderr, remedy);
  assert.ok(service.alive);
}

function start(t: TestContext, ...args: readonly string[]): Service {
  return startService(t, { script: join(fixtures, 'unavailable-service.cjs'), args });
}

describe('a service whose addon cannot be loaded runs, with one warning', PATIENT, () => {
  test('when there is no binary', async (t) => {
    await assertRunsWithout(start(t), /No native build was found/, /prebuilds is missing[^]*to fix it, copy/);
  });

  test('when it has workers that call setup as well', async (t) => {
    await assertRunsWithout(start(t, 'workers'), /No native build was found/, /to fix it, /);
  });

  test('when the file is no binary, or empty', async (t) => {
    for (const content of ['this is not a shared object\n', '']) {
      writeFileSync(binary, content);
      await assertRunsWithout(start(t), /gmr_native\.node: /, /damaged[^]*to fix it, .*install it again/);
    }
  });

  test('when the binary is truncated anywhere', async (t) => {
    if (!LINUX) return t.skip('reads the headers of ELF files');
    const { size } = statSync(BUILT);
    for (const kept of [100, 5_000, Math.floor(size / 4), Math.floor(size / 2), size - 1]) {
      copyFileSync(BUILT, binary);
      truncateSync(binary, kept);
      // Unchecked, it would be mapped beyond its end, and the first access there is a SIGBUS.
      await assertRunsWithout(start(t), new RegExp(`truncated: ${kept} of ${size} bytes`), /damaged/);
    }
  });

  test('when the binary is for another processor', async (t) => {
    if (!LINUX) return t.skip('changes the header of an ELF file');
    const whole = readFileSync(BUILT);
    const machines = { x86: 3, arm: 40, 'x86-64': 62, arm64: 183 };
    for (const machine of Object.values(machines).filter((value) => value !== whole.readUInt16LE(0x12))) {
      const changed = Buffer.from(whole);
      changed.writeUInt16LE(machine, 0x12);
      // The fifth byte marks binaries for 32-bit machines.
      changed[4] = machine === machines.x86 || machine === machines.arm ? 1 : 2;
      writeFileSync(binary, changed);
      const service = start(t);
      await assertRunsWithout(
        service,
        new RegExp(`built for another architecture than ${process.arch}`),
        new RegExp(`to fix it, remove it and install it again on linux-${process.arch} itself`),
      );
      assert.doesNotMatch(service.stderr, /prebuilds is missing|damaged/);
    }
  });

  test('when its name belongs to something other than a file', async (t) => {
    if (!LINUX) return t.skip('macOS opens other files');
    mkdirSync(binary);
    await assertRunsWithout(start(t), /EISDIR/, /damaged/);
    rmSync(binary, { recursive: true });
    execFileSync('mkfifo', [binary]);
    await assertRunsWithout(start(t), /truncated: /, /damaged/);
  });

  test('when its user may not read the binary', async (t) => {
    copyFileSync(BUILT, binary);
    chmodSync(binary, 0);
    const service = process.getuid?.() === 0 ? start(t, 'nobody') : start(t);
    await assertRunsWithout(service, /EACCES|permission denied/i, /to fix it, let the user .* read /);
  });

  test('when all descriptors are in use', async (t) => {
    copyFileSync(BUILT, binary);
    const [shell, ...execArgv] = shellCommand('ulimit -n 64; exec "$@"', 'sh', process.execPath);
    const script = join(fixtures, 'unavailable-service.cjs');
    const service = startService(t, { execPath: shell, execArgv, script, args: ['exhausted'] });
    // The descriptors are released after the first call, so the second one succeeds.
    await service.ready();
    await service.says('[GMR_ADDON_UNAVAILABLE]');
    assert.equal(warningsIn(service.stderr), 1, service.stderr);
    assert.match(service.stderr, /gmr-native is not active: [^]*EMFILE/);
    assert.ok(service.alive);
  });

  test('when the files of the package are damaged, and it is only preloaded', async (t) => {
    const index = join(packageRoot, 'lib', 'index.js');
    const whole = readFileSync(index, 'utf8');
    const damages: readonly (() => void)[] = [
      () => writeFileSync(index, whole.slice(0, whole.length / 2)),
      () => writeFileSync(index, ''),
      () => rmSync(index),
    ];
    for (const damage of damages) {
      damage();
      const service = startService(t, {
        script: join(fixtures, 'plain-service.cjs'),
        cwd: packageRoot,
        execArgv: ['--require', 'gmr-native/autorun'],
      });
      await service.ready();
      await service.says('[GMR_SETUP_FAILED] GmrWarning: gmr-native is not active: ');
      assert.ok(service.alive);
    }
    writeFileSync(index, whole);
  });
});

describe('the signal, in a service whose addon cannot be loaded', PATIENT, () => {
  test('does not end the process, and a line says why there is no report', async (t) => {
    const script = join(fixtures, 'loading-service.cjs');
    const service = await startService(t, { script }).ready();
    service.signal();
    await service.says('no report on SIGUSR2');
    service.signal('SIGTERM');
    assert.deepEqual(await service.exited(), { code: null, signal: 'SIGTERM' });
  });

  test('has its usual effect where the service requested none', async (t) => {
    const script = join(fixtures, 'loading-service.cjs');
    const service = await startService(t, { script, args: ['{"signal":false}'] }).ready();
    service.signal();
    assert.deepEqual(await service.exited(), { code: null, signal: 'SIGUSR2' });
  });

  test('has its usual effect again after dispose()', async (t) => {
    const service = await start(t, 'disposed').ready();
    service.signal();
    assert.deepEqual(await service.exited(), { code: null, signal: 'SIGUSR2' });
  });
});
