// Gets the arm64 Linux and the few Debian packages that scripts/arm64-machine.mjs runs, with apt, but without root
// and without a word to this machine's own apt.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output } from './process.mjs';

/** The kernel for virtual machines: small, and all that is needed is built in. */
const KERNEL = 'linux-image-cloud-arm64';
const PACKAGES = ['binutils', 'busybox-static', 'libatomic1', 'libstdc++6', 'strace'];

/**
 * Downloads and unpacks them into `folder`, unless they are there. Hands back the files of the system and the
 * kernel, or the reason why they are not to be had.
 */
export function debianForArm64(folder) {
  const root = join(folder, 'root');
  const stamp = join(folder, 'packages');
  const wanted = [KERNEL, ...PACKAGES].join(' ');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    rmSync(folder, { recursive: true, force: true });
    const reason = download(folder) ?? unpack(folder, root);
    if (reason !== null) return { reason };
    writeFileSync(stamp, wanted);
  }
  const boot = join(root, 'boot');
  const kernel = readdirSync(boot).find((name) => name.startsWith('vmlinuz'));
  return kernel === undefined
    ? { reason: 'the package of the kernel has none' }
    : { root, kernel: join(boot, kernel) };
}

function download(folder) {
  const apt = join(folder, 'apt');
  const debs = join(folder, 'debs');
  for (const path of [join(apt, 'state', 'lists', 'partial'), join(debs, 'partial')])
    mkdirSync(path, { recursive: true });
  // As if nothing were installed: so all that the packages need comes with them.
  const installed = join(apt, 'status');
  writeFileSync(installed, '');
  const settings = [
    'APT::Architecture=arm64',
    'APT::Architectures=arm64',
    'APT::Sandbox::User=root',
    `Dir::State=${join(apt, 'state')}`,
    `Dir::State::status=${installed}`,
    `Dir::Cache=${apt}`,
    `Dir::Cache::archives=${debs}`,
  ].flatMap((setting) => ['-o', setting]);
  if (output('apt-get', [...settings, 'update']) === null)
    return 'apt-get cannot read the lists of Debian arm64';
  const depends = output('apt-cache', [...settings, 'depends', KERNEL]) ?? '';
  const kernel = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (kernel === undefined) return `apt has no ${KERNEL}`;
  const install = ['install', '--download-only', '--no-install-recommends', '--yes', ...PACKAGES];
  if (output('apt-get', [...settings, ...install]) === null)
    return `apt cannot download ${PACKAGES.join(', ')}`;
  // Without what it needs to be installed on a real machine.
  if (output('apt-get', [...settings, 'download', kernel], { cwd: debs }) === null)
    return `apt cannot download ${kernel}`;
  return null;
}

function unpack(folder, root) {
  const debs = join(folder, 'debs');
  for (const name of readdirSync(debs)) {
    if (name.endsWith('.deb') && output('dpkg', ['-x', join(debs, name), root]) === null)
      return `dpkg cannot unpack ${name}`;
  }
  return null;
}
