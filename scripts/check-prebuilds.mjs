// Are all binaries there that the published package promises? And do they load wherever Node itself does?

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, fail } from './process.mjs';

const ABIS = [115, 127, 137, 147];

const PLATFORMS = [
  { folder: 'linux-x64', libc: '.glibc' },
  { folder: 'linux-arm64', libc: '.glibc' },
  { folder: 'linux-x64', libc: '.musl' },
  { folder: 'linux-arm64', libc: '.musl' },
  { folder: 'darwin-x64', libc: '' },
  { folder: 'darwin-arm64', libc: '' },
  { folder: 'win32-x64', libc: '' },
  { folder: 'win32-arm64', libc: '' },
];

/** The oldest glibc that Node's own binaries run on. */
const GLIBC_FLOOR = [2, 28];

/** Newest `GLIBC_x.y` symbol version that a binary asks for, above the floor; null when there is none. */
function tooNewGlibc(file) {
  const versions = [
    ...readFileSync(file)
      .toString('latin1')
      .matchAll(/GLIBC_(\d+)\.(\d+)/g),
  ];
  const newer = versions.find(
    ([, major, minor]) => Number(major) > GLIBC_FLOOR[0] || Number(minor) > GLIBC_FLOOR[1],
  );
  return newer?.[0] ?? null;
}

const problems = PLATFORMS.flatMap(({ folder, libc }) =>
  ABIS.flatMap((abi) => {
    const name = join('prebuilds', folder, `gmr-native.abi${abi}${libc}.node`);
    if (!existsSync(join(ROOT, name))) return [`${name} is missing`];
    const glibc = libc === '.glibc' ? tooNewGlibc(join(ROOT, name)) : null;
    return glibc === null ? [] : [`${name} needs ${glibc}`];
  }),
);

if (problems.length > 0) fail(`check-prebuilds:\n${problems.map((line) => `  ${line}\n`).join('')}`);
process.stdout.write('check-prebuilds: all there\n');
