// Builds for Linux arm64 with Debian's cross compiler, and runs under an emulator the tests that can run there.
//
//   node scripts/test-arm64.mjs [--node=20|24] [--machine] [--cpu=cortex-a72] [part of a test file's name]...
//
// The default is Node 24, as an emulated process. --machine emulates a whole machine with a Linux of its own, which
// is slower, but can run the tests of blocked threads: they ask the kernel. Where something is missing, it says what,
// and nothing fails. All happens in build/arm64/: the build of the checkout stays as it is.

import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildForArm64 } from './arm64-build.mjs';
import { runInMachine, whyNoMachine } from './arm64-machine.mjs';
import { TARGETS, obstacle } from './prebuild-targets.mjs';
import { ROOT, fail, hasProgram, run, tryRun } from './process.mjs';
import { testFiles } from './test-files.mjs';

const EMULATOR = 'qemu-aarch64-static';
/** Where Debian has the C library for arm64. */
const LIBRARIES = '/usr/aarch64-linux-gnu';
const NODES = join(ROOT, 'tools', 'arm64-nodes');

/** The emulator is about so much slower. */
const TIME_SCALE = 8;

/**
 * What can run as an emulated process. Such an emulator tells nothing of where a thread is blocked, so no test that
 * needs it; and no test of what is the same on all processors.
 */
const PROCESS_SUITES = [
  'blocked-worker',
  'green-threads',
  'native-around',
  'native-jsframes',
  'native-stress',
  'native-unwind',
];

/** What runs in an emulated machine: all that may depend on the processor. */
const MACHINE_SUITES = [
  ...PROCESS_SUITES,
  'blocked-main',
  'ground-truth',
  'loader-lock',
  'native-memory',
  'no-trace',
];

/** The kernel starts arm64 programs by the emulator in this namespace, and nowhere else. Needs Linux 6.7. */
const IN_NAMESPACE = String.raw`
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc || exit 99
printf '%s' ':qemu-aarch64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:'"$0"':F' \
  >/proc/sys/fs/binfmt_misc/register || exit 99
exec "$@"`;

async function main() {
  const args = process.argv.slice(2);
  const option = (name) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const major = option('node') ?? '24';
  const wholeMachine = args.includes('--machine');
  const parts = args.filter((arg) => !arg.startsWith('--'));
  const reason = whyNot(major) ?? (wholeMachine ? whyNoMachine() : whyNoProcess(major));
  if (reason !== null) {
    process.stdout.write(`test-arm64: SKIPPED, ${reason}\n`);
    return;
  }
  const node = nodeFolder(major);
  const folder = join(ROOT, 'build', 'arm64', `node-${major}`);
  run(process.execPath, ['scripts/build.mjs', 'ts']);
  buildForArm64(folder, node);
  const usual = wholeMachine ? MACHINE_SUITES : PROCESS_SUITES;
  const files = testFiles(parts.length === 0 ? usual : parts);
  if (files.length === 0) fail(`test-arm64: no test file matches ${parts.join(' ')}`);
  const command = ['--test', '--test-reporter=spec', '--test-concurrency=1', ...files];
  const status = wholeMachine
    ? await runInMachine({ folder, node, args: command, env: testEnvironment(), cpu: option('cpu') ?? 'max' })
    : inNamespace([join(node, 'bin', 'node'), ...command], { cwd: folder });
  process.exitCode = status === 0 ? 0 : 1;
}

function nodeFolder(major) {
  return join(NODES, 'node_modules', `node-${major}`);
}

/** What is missing to build, and to run; null when all is there. */
function whyNot(major) {
  const target = TARGETS.find(({ id }) => id === 'linux-arm64-glibc');
  const compiler = obstacle(target);
  if (compiler !== null) return compiler;
  const node = join(nodeFolder(major), 'bin', 'node');
  if (!existsSync(node)) {
    const install = `npm ci --os=linux --cpu=arm64 --no-bin-links --prefix ${relative(ROOT, NODES)}`;
    return `needs ${relative(ROOT, node)}: ${install}`;
  }
  return null;
}

function whyNoProcess(major) {
  if (!hasProgram(EMULATOR)) return `needs ${EMULATOR}; on Debian: apt-get install qemu-user-static`;
  const node = join(nodeFolder(major), 'bin', 'node');
  if (inNamespace([node, '-e', '0'], { stdio: 'ignore' }) !== 0)
    return 'needs a user namespace with a binfmt_misc of its own (Linux 6.7)';
  return null;
}

function testEnvironment() {
  const scale = Number(process.env.GMR_TEST_TIME_SCALE ?? TIME_SCALE);
  return {
    GMR_TEST_ADDONS: 'made',
    GMR_TEST_TIME_SCALE: String(scale),
    // The usual limits of a report, and of the time that a thread stands still for one.
    GMR_REPORT_TIMEOUT_MS: String(Math.min(10_000 * scale, 600_000)),
    GMR_GREEN_THREADS_MAX_PAUSE_MS: String(Math.min(1000 * scale, 60_000)),
  };
}

function inNamespace(command, options) {
  const env = {
    ...process.env,
    ...testEnvironment(),
    QEMU_LD_PREFIX: LIBRARIES,
    GMR_TEST_EMULATED_PROCESS: '1',
  };
  const emulator = join('/usr/bin', EMULATOR);
  const inside = ['bash', '-c', IN_NAMESPACE, emulator, ...command];
  return tryRun('unshare', ['--user', '--map-root-user', '--mount', ...inside], { env, ...options });
}

await main();
