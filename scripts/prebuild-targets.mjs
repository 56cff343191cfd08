// Which binaries the published package holds, and which of them this machine can make.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, hasProgram } from './process.mjs';

/** Node versions and their ABIs. The exact version that a binary is built with is in tools/nodes/package.json. */
export const NODES = [
  { major: 20, abi: '115' },
  { major: 22, abi: '127' },
  { major: 24, abi: '137' },
  { major: 26, abi: '147' },
];

export const TARGETS = [
  { id: 'linux-x64-glibc', platform: 'linux', arch: 'x64', libc: 'glibc' },
  { id: 'linux-arm64-glibc', platform: 'linux', arch: 'arm64', libc: 'glibc' },
  { id: 'linux-x64-musl', platform: 'linux', arch: 'x64', libc: 'musl' },
  { id: 'linux-arm64-musl', platform: 'linux', arch: 'arm64', libc: 'musl' },
  { id: 'darwin-x64', platform: 'darwin', arch: 'x64', libc: null },
  { id: 'darwin-arm64', platform: 'darwin', arch: 'arm64', libc: null },
];

/** What the package shall hold too, once native/process and native/os are written for it. */
export const PLANNED = ['win32-x64', 'win32-arm64'];

/** Debian's compiler for the other Linux. */
const CROSS_PREFIX = { arm64: 'aarch64-linux-gnu-', x64: 'x86_64-linux-gnu-' };

/** Where a binary belongs, relative to the root. */
export function prebuildPath({ platform, arch, libc }, abi) {
  const tags = [`gmr-native.abi${abi}`, ...(libc === null ? [] : [libc]), 'node'];
  return join('prebuilds', `${platform}-${arch}`, tags.join('.'));
}

/** `20.20.2` for 20. */
export function exactVersion(major) {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'tools', 'nodes', 'package.json'), 'utf8'));
  return manifest.optionalDependencies[`node-${major}`].split('@')[1];
}

/** Folder with the headers of that Node; null when it is not installed, and node-gyp has to download them. */
export function installedHeaders(major) {
  const folder = join(ROOT, 'tools', 'nodes', 'node_modules', `node-${major}`);
  return existsSync(join(folder, 'include', 'node', 'node.h')) ? folder : null;
}

/** C library of this machine: a report of Node has the version of glibc when that is what Node runs on. */
export function hostLibc() {
  if (process.platform !== 'linux') return null;
  return process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

/** The target of this machine itself. */
export function hostTarget() {
  return TARGETS.find(
    ({ platform, arch, libc }) =>
      platform === process.platform && arch === process.arch && libc === hostLibc(),
  );
}

/** Why this machine cannot make the binary; null when it can. */
export function obstacle(target) {
  if (target === hostTarget()) return null;
  if (target.platform !== process.platform) return `needs a machine with ${target.platform}`;
  if (target.platform === 'darwin') return null; // Xcode compiles for both.
  if (target.libc !== hostLibc()) {
    return target.libc === 'musl'
      ? 'needs Alpine: scripts/prebuild-in-container.sh in a container of node:24-alpine'
      : 'needs a Linux with glibc';
  }
  const compiler = `${CROSS_PREFIX[target.arch]}g++`;
  if (hasProgram(compiler)) return null;
  return `needs ${compiler}; on Debian: apt-get install g++-${CROSS_PREFIX[target.arch].slice(0, -1).replaceAll('_', '-')}`;
}

/** What the compiler and strip are told by the environment. */
export function toolsFor(target) {
  if (target.platform !== 'linux' || target.arch === process.arch) return {};
  const prefix = CROSS_PREFIX[target.arch];
  return { CC: `${prefix}gcc`, CXX: `${prefix}g++`, PREBUILD_STRIP_BIN: `${prefix}strip` };
}
