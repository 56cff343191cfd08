// Which versions of the system's libraries a Linux binary asks for, and are they too new?
//
//   node scripts/binary-floor.mjs <file>...    fails when one of them needs more than Node itself does

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { fail } from './process.mjs';

/**
 * The oldest distributions that Node's own binaries run on have glibc 2.28 (Node 20 to 26 ask for exactly that), and
 * their libstdc++, of GCC 8, has these versions.
 */
const FLOOR = { GLIBC: [2, 28], GLIBCXX: [3, 4, 25], CXXABI: [1, 3, 11] };

/**
 * The versions above the floor that a binary asks for, like `GLIBC_2.34`; empty when there are none.
 *
 * They are names in its table of strings, which `strip` leaves alone. Reading the names and not the table behind them
 * can only find too much.
 */
export function tooNewVersions(file) {
  const names = readFileSync(file)
    .toString('latin1')
    .matchAll(/\b(GLIBC|GLIBCXX|CXXABI)_(\d+(?:\.\d+)+)(?=\0)/g);
  const above = [...names].filter(([, library, version]) => isAbove(version, FLOOR[library]));
  return [...new Set(above.map(([name]) => name))];
}

function isAbove(version, floor) {
  const parts = version.split('.').map(Number);
  const index = parts.findIndex((part, position) => part !== (floor[position] ?? 0));
  return index >= 0 && parts[index] > (floor[index] ?? 0);
}

function main(files) {
  if (files.length === 0) fail('binary-floor: expected files');
  const problems = files
    .map((file) => ({ file, versions: tooNewVersions(file) }))
    .filter(({ versions }) => versions.length > 0)
    .map(({ file, versions }) => `  ${file} needs ${versions.join(', ')}\n`);
  if (problems.length > 0) fail(`binary-floor: too new for what Node itself runs on:\n${problems.join('')}`);
  process.stdout.write(`binary-floor: ${files.length} loadable wherever Node is\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv.slice(2));
