import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './paths';

/** The folder with the frameworks and process managers that gmr-native is tested with. */
export const FRAMEWORKS: string = join(REPOSITORY_ROOT, 'tools', 'frameworks', 'node_modules');

const isInstalled = existsSync(join(FRAMEWORKS, '.package-lock.json'));

/** Options of tests that need them. With `GMR_FRAMEWORKS_REQUIRED=1`, as in CI, they must be there. */
export const needsFrameworks: { readonly skip: string | false } = {
  skip:
    isInstalled || process.env['GMR_FRAMEWORKS_REQUIRED'] === '1'
      ? false
      : 'tools/frameworks is not installed: npm ci --no-bin-links --ignore-scripts --prefix tools/frameworks',
};
