import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A prebuilt binary, described by its path below prebuilds/. */
export interface Prebuild {
  /** For example `linux-x64`. */
  readonly platform: string;
  readonly abi: string;
  /** Null where the platform has only one C library. */
  readonly libc: string | null;
}

/** The parts of the installed package that decide which remedy helps. */
export interface PackageState {
  /** False when the folder is not the package at all: its code was bundled. */
  readonly isOurs: boolean;
  /** True when `node-gyp rebuild` has everything that it needs. */
  readonly hasSources: boolean;
  readonly prebuilds: readonly Prebuild[];
}

/** Never throws: parts that cannot be read count as missing. */
export function readPackageState(root: string): PackageState {
  return {
    isOurs: isOurPackage(root),
    hasSources: existsSync(join(root, 'binding.gyp')) && existsSync(join(root, 'native', 'addon')),
    prebuilds: namesIn(join(root, 'prebuilds')).flatMap((platform) => prebuildsOf(root, platform)),
  };
}

/** Whether the package.json of a folder is that of gmr-native. A file that exists but cannot be read counts as ours. */
export function isOurPackage(root: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name?: unknown };
    return manifest.name === 'gmr-native';
  } catch (error) {
    const code: unknown = (error as { code?: unknown }).code;
    return typeof code === 'string' && code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

function prebuildsOf(root: string, platform: string): Prebuild[] {
  return namesIn(join(root, 'prebuilds', platform)).flatMap((name) => {
    const [, abi, libc] = /^gmr-native\.abi(\d+)(?:\.(glibc|musl))?\.node$/.exec(name) ?? [];
    return abi === undefined ? [] : [{ platform, abi, libc: libc ?? null }];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
