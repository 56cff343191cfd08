import { describeError } from '../errors';
import { IS_LOCATED } from '../paths';
import { wantedLibc } from './find-prebuild';
import type { LoadAttempt } from './load';
import type { PackageState, Prebuild } from './package-state';

/** The causes of a missing addon, as far as they need different remedies. */
export type Diagnosis =
  | 'bun'
  | 'deno'
  | 'permission-model'
  | 'addons-disabled'
  | 'bundled'
  | 'no-descriptors'
  | 'not-executable'
  | 'unreadable'
  | 'other-architecture'
  | 'damaged'
  | 'old-libc'
  | 'electron'
  | 'not-copied'
  | 'other-platform'
  | 'other-abi'
  | 'other-libc'
  | 'unknown';

/** Error messages of Node and of the system's loader: glibc, musl and macOS. */
const MESSAGES = {
  'no-descriptors': /\bE[MN]FILE\b|too many open files|no file descriptors available/i,
  // The file can be read, but a mount option or a policy forbids running code from it.
  'not-executable': /failed to map segment/i,
  unreadable: /\bEACCES\b|\bEPERM\b|permission denied|operation not permitted/i,
  // The words of src/addon/whole-binary.ts, or of the loader of macOS.
  'other-architecture': /built for another architecture|incompatible architecture|wrong architecture/i,
  'old-libc': /version `(?:GLIBC|GLIBCXX|CXXABI)_/,
  damaged:
    /truncated:|\bEISDIR\b|invalid elf header|file too short|exec format error|not a mach-o|cannot map|elf file/i,
} as const;

/**
 * Returns the first cause that applies. Facts about the process come first, because they hold whatever is on the disk.
 */
export function diagnose(state: PackageState, attempts: readonly LoadAttempt[]): Diagnosis {
  return ofProcess(attempts) ?? ofLocation(state) ?? ofErrors(attempts) ?? ofBinaries(state) ?? 'unknown';
}

function ofProcess(attempts: readonly LoadAttempt[]): Diagnosis | null {
  if (process.versions['bun'] !== undefined) return 'bun';
  if (process.versions['deno'] !== undefined) return 'deno';
  if (!attempts.some(({ error }) => codeOf(error) === 'ERR_DLOPEN_DISABLED')) return null;
  return hasPermissionModel() ? 'permission-model' : 'addons-disabled';
}

function ofLocation(state: PackageState): Diagnosis | null {
  return IS_LOCATED && state.isOurs ? null : 'bundled';
}

/** A file that fits by its name but does not load explains more than the files that do not exist. */
function ofErrors(attempts: readonly LoadAttempt[]): Diagnosis | null {
  const text = attempts.map(({ error }) => `${String(codeOf(error))} ${describeError(error)}`).join('\n');
  const kinds = Object.keys(MESSAGES) as (keyof typeof MESSAGES)[];
  return kinds.find((kind) => MESSAGES[kind].test(text)) ?? null;
}

function ofBinaries({ prebuilds, hasSources }: PackageState): Diagnosis | null {
  if (process.versions['electron'] !== undefined) return 'electron';
  // A checkout has no binaries either, but it can build them.
  if (prebuilds.length === 0) return hasSources ? null : 'not-copied';
  const ours = prebuilds.filter(({ platform }) => platform === `${process.platform}-${process.arch}`);
  if (ours.length === 0) return 'other-platform';
  const fitting = ours.filter(({ abi }) => abi === process.versions.modules);
  if (fitting.length === 0) return 'other-abi';
  return fitting.every(isForOtherLibc) ? 'other-libc' : null;
}

function isForOtherLibc({ libc }: Prebuild): boolean {
  return libc !== null && libc !== wantedLibc();
}

/** `process.permission` exists only under `--permission` (or `--experimental-permission`). */
function hasPermissionModel(): boolean {
  return (process as { permission?: unknown }).permission !== undefined;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
}
