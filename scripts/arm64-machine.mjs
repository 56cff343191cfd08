// A whole arm64 machine under an emulator: its own Linux, a few Debian packages, Node, and a build of the checkout,
// all in memory. It starts, runs one command, and is gone.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { debianForArm64 } from './arm64-packages.mjs';
import { CpioWriter } from './cpio.mjs';
import { ROOT, fail, hasProgram } from './process.mjs';

const EMULATOR = 'qemu-system-aarch64';
const MACHINE = join(ROOT, 'build', 'arm64', 'machine');
/** What the tests' programs require, besides what is built. */
const MODULES = ['ajv', 'bindings', 'commander', 'express', 'node-gyp-build'];
/** Of the packages, and of the build. */
const NOT_NEEDED = {
  root: new Set(['boot', 'lib/modules', 'usr/share']),
  build: new Set([
    'node_modules',
    'build/Release/.deps',
    'test/native/build/Release/.deps',
    'test/native/build/Release/obj.target',
  ]),
};

/** The emulator is slow at signing addresses as processors do, and has a quick way of its own. */
const PROCESSORS = { max: 'max,pauth-impdef=on' };

/** Starts the line on the console with the exit status of the command. */
const STATUS = 'gmr-machine-status:';

/** What is missing; null when all is there. Downloads what can be downloaded. */
export function whyNoMachine() {
  if (!hasProgram(EMULATOR)) return `needs ${EMULATOR}; on Debian: apt-get install qemu-system-arm`;
  for (const program of ['apt-get', 'dpkg'])
    if (!hasProgram(program)) return `needs ${program}: not on Debian`;
  return debianForArm64(MACHINE).reason ?? null;
}

/**
 * Runs Node of the folder `node` with these arguments, in the build `folder`. Hands back its exit status, or null
 * when the machine ended before it. `cpu`: a processor that the emulator knows.
 */
export async function runInMachine({ folder, node, args, env, cpu }) {
  const { root, kernel } = debianForArm64(MACHINE);
  const image = join(MACHINE, `${basename(folder)}.cpio`);
  writeImage(image, { root, folder, node, init: initProgram(args, env) });
  const options = [
    ['-machine', 'virt'],
    ['-cpu', PROCESSORS[cpu] ?? cpu],
    ['-accel', 'tcg,thread=multi'],
    ['-smp', '2'],
    ['-m', '3072'],
    ['-kernel', kernel],
    ['-initrd', image],
    ['-append', 'console=ttyAMA0 quiet panic=-1'],
    ['-display', 'none'],
    ['-monitor', 'none'],
    ['-serial', 'stdio'],
    ['-nic', 'none'],
    ['-no-reboot'],
  ];
  const machine = spawn(EMULATOR, options.flat(), { stdio: ['ignore', 'pipe', 'inherit'] });
  machine.on('error', (error) => fail(`cannot start ${EMULATOR}: ${error.message}`));
  let status = null;
  for await (const line of createInterface({ input: machine.stdout })) {
    if (line.startsWith(STATUS)) status = Number(line.slice(STATUS.length));
    else process.stdout.write(`${line}\n`);
  }
  return status;
}

/** The first file system of the machine, and all that it has. */
function writeImage(image, { root, folder, node, init }) {
  const archive = new CpioWriter(image);
  archive.addTree(root, '', (path) => !NOT_NEEDED.root.has(relative(root, path)));
  archive.addTree(join(node, 'bin', 'node'), 'opt/node/bin/node');
  archive.addTree(folder, 'work', (path) => !NOT_NEEDED.build.has(relative(folder, path)));
  for (const name of withDependencies(MODULES))
    archive.addTree(join(ROOT, 'node_modules', name), join('work', 'node_modules', name));
  archive.addProgram('init', init);
  archive.close();
}

function withDependencies(names, found = new Set()) {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    const manifest = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
    withDependencies(Object.keys(manifest.dependencies ?? {}), found);
  }
  return [...found];
}

/** The first program of the machine, and the only one besides the command. */
function initProgram(args, env) {
  const variables = Object.entries({
    HOME: '/root',
    NO_COLOR: '1',
    PATH: '/opt/node/bin:/usr/bin:/bin:/usr/sbin:/sbin',
    ...env,
  });
  return `#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /root /tmp /sbin /usr/bin /usr/sbin
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/shm && mount -t tmpfs shm /dev/shm
ip link set lo up
mkdir -p /etc && echo '127.0.0.1 localhost' >/etc/hosts
${variables.map(([name, value]) => `export ${name}=${quoted(value)}`).join('\n')}
cd /work
# Through a pipe: Node draws on a terminal.
{ node ${args.map(quoted).join(' ')} 2>&1; echo $? >/status; } | cat
echo; echo ${STATUS}$(cat /status)
poweroff -f
`;
}

function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
