import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { libcOf } from './libc';

/** What is in the package's folder of prebuilt binaries for this platform; empty when there is none. */
export function prebuildsFor(root: string): string[] {
  const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  return filesOf(folder).filter((name) => name.endsWith('.node'));
}

/**
 * The prebuilt binary for this Node, whatever lies in build/; null when there is none.
 *
 * node-gyp-build takes build/ whenever something is there, and decides on the other only once per process.
 */
export function findPrebuild(root: string): string | null {
  const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  const abi = `.abi${process.versions.modules}.`;
  const fitting = prebuildsFor(root).filter((name) => name.includes(abi));
  // Without a tag of the C library the file may be for either; loading it tells.
  const libc = `.${wantedLibc()}.`;
  const best = fitting.find((name) => name.includes(libc)) ?? fitting.find((name) => !hasLibc(name));
  return best === undefined ? null : join(folder, best);
}

/**
 * Whether a binary is for the C library of this Node, as far as its name tells. musl would load one for glibc, and
 * node-gyp-build offers it: it takes every system but Alpine for glibc.
 */
export function fitsLibc(path: string): boolean {
  const name = basename(path);
  return process.platform !== 'linux' || !hasLibc(name) || name.includes(`.${wantedLibc()}.`);
}

function wantedLibc(): string {
  return process.env['LIBC'] ?? libcOf(process.execPath);
}

function hasLibc(name: string): boolean {
  return name.includes('.musl.') || name.includes('.glibc.');
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
