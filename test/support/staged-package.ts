import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './paths';

/** Makes the package in this folder in its published form; returns the folder. */
export function stagePackage(folder: string): string {
  const script = join(REPOSITORY_ROOT, 'scripts', 'stage-package.mjs');
  execFileSync(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  return folder;
}
