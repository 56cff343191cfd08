import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { libcOf } from './libc';
import type { LoadAttempt } from './load';
import { isOurPackage } from './package-state';

/**
 * The files to try when neither of the two usual ones loaded: the one that node-gyp-build finds by its own rules, then
 * the prebuilt one, whatever is in build/. A folder that cannot be searched counts as a failed attempt.
 *
 * node-gyp-build prefers build/ whenever it has a file, and decides about prebuilds/ only once per process.
 */
export function searchBinaries(root: string, attempts: LoadAttempt[]): string[] {
  // Outside of our package, it would load any addon that it finds, for instance one of the service itself.
  const byRules = isOurPackage(root) ? binaryByRules(root, attempts) : null;
  const given = process.env['GMR_NATIVE_PREBUILD'];
  const prebuilt = findPrebuild(root) ?? (given === undefined ? null : findPrebuild(given));
  return [byRules, prebuilt].filter((path) => path !== null);
}

function binaryByRules(root: string, attempts: LoadAttempt[]): string | null {
  try {
    const nodeGypBuild = require('node-gyp-build') as { readonly resolve: (folder: string) => string };
    const path = nodeGypBuild.resolve(root);
    if (!fitsLibc(path)) throw new Error(`${basename(path)} is for another C library`);
    return path;
  } catch (error) {
    attempts.push({ path: join(root, 'prebuilds'), error });
    return null;
  }
}

/** The names of the package's prebuilt binaries for this platform; empty when there is none. */
function prebuildsFor(root: string): string[] {
  const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  return filesOf(folder).filter((name) => name.endsWith('.node'));
}

/** The prebuilt binary for this Node, whatever is in build/; null when there is none. */
export function findPrebuild(root: string): string | null {
  const folder = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  const abi = `.abi${process.versions.modules}.`;
  const fitting = prebuildsFor(root).filter((name) => name.includes(abi));
  // Without a tag of the C library the file may be for either; loading it decides.
  const libc = `.${wantedLibc()}.`;
  const best = fitting.find((name) => name.includes(libc)) ?? fitting.find((name) => !hasLibc(name));
  return best === undefined ? null : join(folder, best);
}

/**
 * Whether a binary is for the C library of this Node, according to its name. musl would load one for glibc, and
 * node-gyp-build offers it: it takes every system but Alpine for glibc.
 */
function fitsLibc(path: string): boolean {
  const name = basename(path);
  return process.platform !== 'linux' || !hasLibc(name) || name.includes(`.${wantedLibc()}.`);
}

/** The C library that a binary must be for, unless the environment says otherwise. */
export function wantedLibc(): string {
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
