import { existsSync } from 'node:fs';
import { basename, join, toNamespacedPath } from 'node:path';
import { GmrError } from '../errors';
import { PACKAGE_ROOT } from '../paths';
import type { NativeAddon } from './contract';

/** What came of one file that was tried. */
export interface LoadAttempt {
  readonly path: string;
  readonly error: unknown;
}

let loaded: NativeAddon | undefined;

/**
 * The native addon, loaded at the first call.
 *
 * @throws GmrError `GMR_ADDON_UNAVAILABLE` with the paths tried, the cause, and what to do about it.
 */
export function loadAddon(): NativeAddon {
  loaded ??= loadFirst(PACKAGE_ROOT);
  return loaded;
}

/** As {@link loadAddon}, from any folder and without memory. */
export function loadFirst(root: string): NativeAddon {
  const attempts: LoadAttempt[] = [];
  for (const path of candidates(root, attempts)) {
    if (attempts.some((attempt) => attempt.path === path)) continue;
    try {
      return checked(open(path));
    } catch (error) {
      attempts.push({ path, error });
    }
  }
  const { explainFailure } = require('./explain-failure') as typeof import('./explain-failure');
  const cause = attempts[0]?.error;
  throw new GmrError('GMR_ADDON_UNAVAILABLE', explainFailure(root, attempts), { cause });
}

/** What `require` does with such a file in the end, without a fifth of a millisecond of looking for it. */
function open(path: string): NativeAddon {
  const holder = { exports: {} };
  process.dlopen(holder, toNamespacedPath(path));
  return holder.exports as NativeAddon;
}

/** Node does not check the ABI of Node-API addons, and ours calls V8: a wrong one would crash later. */
function checked(addon: NativeAddon): NativeAddon {
  if (addon.abi === process.versions.modules) return addon;
  throw new Error(`built for Node ABI ${addon.abi}, running on ${process.versions.modules}`);
}

/**
 * The files to try, best first. A generator, because node-gyp-build takes a third of the time that setup may take:
 * it is asked only when the two files that it nearly always finds are not there or do not load.
 */
function* candidates(root: string, attempts: LoadAttempt[]): Generator<string> {
  if (process.env['GMR_NATIVE_PREBUILD'] === undefined && process.env['PREBUILDS_ONLY'] === undefined) {
    const built = join(root, 'build', 'Release', 'gmr_native.node');
    if (existsSync(built)) yield built;
    const prebuilt = join(root, 'prebuilds', `${process.platform}-${process.arch}`, prebuildName());
    if (existsSync(prebuilt)) yield prebuilt;
  }
  yield* searched(root, attempts);
}

function prebuildName(): string {
  const { modules } = process.versions;
  if (process.platform !== 'linux') return `gmr-native.abi${modules}.node`;
  return `gmr-native.abi${modules}.${process.env['LIBC'] ?? likelyLibc()}.node`;
}

/**
 * Without musl's loader in its usual place this is glibc, and one question to the file system was enough. Where the
 * loader is elsewhere, the binary for glibc does not load, and `findPrebuild` looks closer.
 */
function likelyLibc(): string {
  const machine = process.arch === 'x64' ? 'x86_64' : 'aarch64';
  if (!existsSync(`/lib/ld-musl-${machine}.so.1`)) return 'glibc';
  return (require('./libc') as typeof import('./libc')).libcOf(process.execPath);
}

/** What node-gyp-build finds: with its own rules first, then without build/, whose ABI may be of another Node. */
function* searched(root: string, attempts: LoadAttempt[]): Generator<string> {
  const { findPrebuild, fitsLibc } = require('./find-prebuild') as typeof import('./find-prebuild');
  try {
    const nodeGypBuild = require('node-gyp-build') as { readonly resolve: (folder: string) => string };
    const path = nodeGypBuild.resolve(root);
    if (!fitsLibc(path)) throw new Error(`${basename(path)} is for another C library`);
    yield path;
  } catch (error) {
    attempts.push({ path: join(root, 'prebuilds'), error });
  }
  const prebuilt = findPrebuild(root);
  if (prebuilt !== null) yield prebuilt;
}
