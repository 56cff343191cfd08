import { existsSync } from 'node:fs';
import { join, toNamespacedPath } from 'node:path';
import { deferred, loadDeferredFrom } from '../deferred';
import { GmrError, describeError } from '../errors';
import { IS_LOCATED, PACKAGE_ROOT } from '../paths';
import type { NativeAddon } from './contract';
import { checkWhole } from './whole-binary';

/** The outcome for one file that was tried. */
export interface LoadAttempt {
  readonly path: string;
  readonly error: unknown;
}

let loaded: NativeAddon | undefined;

/**
 * The native addon, loaded at the first call.
 *
 * @throws GmrError `GMR_ADDON_UNAVAILABLE` with the paths tried, the cause, and the remedy.
 */
export function loadAddon(): NativeAddon {
  if (loaded === undefined) {
    const addon = loadFirst(PACKAGE_ROOT);
    loadDeferredFrom((path) => addon.compileOwn(path));
    loaded = addon;
  }
  return loaded;
}

/** Does the same from any folder, without remembering the result. */
export function loadFirst(root: string): NativeAddon {
  const attempts: LoadAttempt[] = [];
  if (IS_LOCATED && isNode()) {
    for (const path of candidates(root, attempts)) {
      if (attempts.some((attempt) => attempt.path === path)) continue;
      try {
        return checked(open(path));
      } catch (error) {
        attempts.push({ path, error });
      }
    }
  }
  throw new GmrError('GMR_ADDON_UNAVAILABLE', explain(root, attempts), { cause: attempts[0]?.error });
}

/**
 * Bun and Deno claim to have an ABI of Node, but have neither its V8 nor its event loop. Only a missing symbol would
 * keep the addon from running there, so no file is opened.
 */
function isNode(): boolean {
  return process.versions['bun'] === undefined && process.versions['deno'] === undefined;
}

/** Does what `require` does in the end, without its search for the file, which takes a fifth of a millisecond. */
function open(path: string): NativeAddon {
  checkWhole(path);
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
 * it is called only when the two files that it nearly always finds are not there or do not load.
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
  return (deferred('addon/libc') as typeof import('./libc')).libcOf(process.execPath);
}

/** Searches the usual and the unusual places. */
function* searched(root: string, attempts: LoadAttempt[]): Generator<string> {
  try {
    yield* (deferred('addon/find-prebuild') as typeof import('./find-prebuild')).searchBinaries(
      root,
      attempts,
    );
  } catch (error) {
    // The modules that would search cannot be loaded.
    attempts.push({ path: join(root, 'prebuilds'), error });
  }
}

/** Where files can no longer be opened, the module that explains the failure cannot be loaded either. */
function explain(root: string, attempts: readonly LoadAttempt[]): string {
  try {
    const { explainFailure } = deferred('addon/explain-failure') as typeof import('./explain-failure');
    return explainFailure(root, attempts);
  } catch (error) {
    const causes = [...attempts.map((attempt) => attempt.error), error].map((cause) => describeError(cause));
    return `expected a native addon of gmr-native, got none: ${causes.join('; ')}`;
  }
}
