import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './paths';

/** What is changed in the copy. */
export interface PackageDamage {
  /** `linked`: the real binary. `none`: no binary anywhere. `garbage`: a file that is no binary. */
  readonly binary: 'linked' | 'none' | 'garbage';
  /** Text put in place of the formatter bundle; null removes it. */
  readonly formatterBundle?: string | null;
}

/**
 * A copy of the compiled package in a folder of its own, damaged on purpose, with the fixtures in it:
 * `require('gmr-native')` in these fixtures finds the copy. Returns the folder of the fixtures.
 */
export function copyPackage(
  t: { readonly after: (undo: () => void) => void },
  damage: PackageDamage,
): string {
  const root = mkdtempSync(join(tmpdir(), 'gmr-package-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const part of ['package.json', 'lib', join('test', 'fixtures')]) {
    cpSync(join(REPOSITORY_ROOT, part), join(root, part), { recursive: true });
  }
  symlinkSync(join(REPOSITORY_ROOT, 'node_modules'), join(root, 'node_modules'));
  if (damage.binary === 'linked') symlinkSync(join(REPOSITORY_ROOT, 'build'), join(root, 'build'));
  if (damage.binary === 'garbage') {
    mkdirSync(join(root, 'build', 'Release'), { recursive: true });
    writeFileSync(join(root, 'build', 'Release', 'gmr_native.node'), 'this is not a shared object\n');
  }
  const bundle = join(root, 'lib', 'formatter.bundle.js');
  if (damage.formatterBundle === null) rmSync(bundle);
  else if (damage.formatterBundle !== undefined) writeFileSync(bundle, damage.formatterBundle);
  return join(root, 'test', 'fixtures');
}
