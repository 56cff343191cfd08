// Builds for Linux arm64 with Debian's cross compiler, and runs under an emulator the tests that can run there.
//
//   node scripts/test-arm64.mjs [--node=20|24] [part of a test file's name]...
//
// The default is Node 24. Where something is missing, it says what, and nothing fails. All happens in
// build/arm64/: the build of the checkout stays as it is.

import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { nodeGypEnvironment } from './headers.mjs';
import { TARGETS, obstacle, toolsFor } from './prebuild-targets.mjs';
import { ROOT, fail, hasProgram, packageScript, run, tryRun } from './process.mjs';
import { testFiles } from './test-files.mjs';

const EMULATOR = 'qemu-aarch64-static';
/** Where Debian has the C library for arm64. */
const LIBRARIES = '/usr/aarch64-linux-gnu';
const NODES = join(ROOT, 'tools', 'arm64-nodes');

/** The emulator is about so much slower. */
const TIME_SCALE = 8;

/**
 * What can run there. An emulator tells nothing of where a thread is blocked, so no test that needs it; and no test
 * of what is the same on all processors.
 */
const SUITES = [
  'blocked-worker',
  'green-threads',
  'native-around',
  'native-jsframes',
  'native-stress',
  'native-unwind',
];

/** What the emulated Node and the tests need of the checkout. */
const COPIED = ['native', 'test', 'lib', 'binding.gyp', 'package.json', join('build', 'test')];

/** The kernel starts arm64 programs by the emulator in this namespace, and nowhere else. Needs Linux 6.7. */
const IN_NAMESPACE = String.raw`
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc || exit 99
printf '%s' ':qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:'"$0"':F' \
  >/proc/sys/fs/binfmt_misc/register || exit 99
exec "$@"`;

function main() {
  const args = process.argv.slice(2);
  const major = args.find((arg) => arg.startsWith('--node='))?.slice('--node='.length) ?? '24';
  const parts = args.filter((arg) => !arg.startsWith('--'));
  const reason = whyNot(major);
  if (reason !== null) {
    process.stdout.write(`test-arm64: SKIPPED, ${reason}\n`);
    return;
  }
  const folder = join(ROOT, 'build', 'arm64', `node-${major}`);
  run(process.execPath, ['scripts/build.mjs', 'ts']);
  build(folder, nodeFolder(major));
  const files = testFiles(parts.length === 0 ? SUITES : parts);
  if (files.length === 0) fail(`test-arm64: no test file matches ${parts.join(' ')}`);
  const options = ['--test', '--test-reporter=spec', '--test-concurrency=1'];
  const status = inNamespace([join(nodeFolder(major), 'bin', 'node'), ...options, ...files], { cwd: folder });
  process.exitCode = status === 0 ? 0 : 1;
}

function nodeFolder(major) {
  return join(NODES, 'node_modules', `node-${major}`);
}

/** What is missing; null when all is there. */
function whyNot(major) {
  const target = TARGETS.find(({ id }) => id === 'linux-arm64-glibc');
  const compiler = obstacle(target);
  if (compiler !== null) return compiler;
  if (!hasProgram(EMULATOR)) return `needs ${EMULATOR}; on Debian: apt-get install qemu-user-static`;
  const node = join(nodeFolder(major), 'bin', 'node');
  if (!existsSync(node)) {
    const install = `npm ci --os=linux --cpu=arm64 --no-bin-links --prefix ${relative(ROOT, NODES)}`;
    return `needs ${relative(ROOT, node)}: ${install}`;
  }
  if (inNamespace([node, '-e', '0'], { stdio: 'ignore' }) !== 0)
    return 'needs a user namespace with a binfmt_misc of its own (Linux 6.7)';
  return null;
}

function inNamespace(command, options) {
  const env = {
    ...process.env,
    QEMU_LD_PREFIX: LIBRARIES,
    GMR_TEST_ADDONS: 'made',
    GMR_TEST_TIME_SCALE: process.env.GMR_TEST_TIME_SCALE ?? String(TIME_SCALE),
  };
  const emulator = join('/usr/bin', EMULATOR);
  const inside = ['bash', '-c', IN_NAMESPACE, emulator, ...command];
  return tryRun('unshare', ['--user', '--map-root-user', '--mount', ...inside], { env, ...options });
}

function build(folder, headers) {
  for (const path of COPIED) {
    const to = join(folder, path);
    // Without what is not there any more; but compiled addons of the tests stay, for the next time.
    if (path !== 'test') rmSync(to, { recursive: true, force: true });
    mkdirSync(dirname(to), { recursive: true });
    const isBuilt = (from) => relative(ROOT, from) === join('test', 'native', 'build');
    cpSync(join(ROOT, path), to, {
      recursive: true,
      preserveTimestamps: true,
      filter: (from) => !isBuilt(from),
    });
  }
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) symlinkSync(join(ROOT, 'node_modules'), modules);
  nodeGyp(folder, headers);
  // The tests ask here how the product was built.
  writeFileSync(join(folder, 'build', 'gmr-build.json'), JSON.stringify({ headers, flags: [] }));
  nodeGyp(join(folder, 'test', 'native'), headers);
}

function nodeGyp(folder, headers) {
  const script =
    packageScript('node-gyp', 'bin/node-gyp.js') ?? fail('test-arm64: run `npm ci` for node-gyp');
  const env = { ...nodeGypEnvironment(headers), ...toolsFor({ platform: 'linux', arch: 'arm64' }) };
  const flags = ['--arch=arm64', '--gmr_werror=1', '--loglevel=error'];
  run(process.execPath, [script, 'configure', ...flags], { cwd: folder, env, stdio: 'inherit' });
  run(process.execPath, [script, 'build', '--jobs=2', '--loglevel=error'], { cwd: folder, env });
}

main();
