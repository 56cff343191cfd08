import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { REPOSITORY_ROOT } from './paths';

const FOLDER = join(REPOSITORY_ROOT, 'test', 'native');
const BINARY = join(FOLDER, 'build', 'Release', 'gmr_fixture.node');

/** Builds the tests' own addon, unless it is newer than its source. It fits every version of Node. */
export function buildNativeAddon(): void {
  const source = join(FOLDER, 'gmr_fixture.cc');
  if (existsSync(BINARY) && statSync(BINARY).mtimeMs > statSync(source).mtimeMs) return;
  const nodeGyp = join(dirname(require.resolve('node-gyp/package.json')), 'bin', 'node-gyp.js');
  const nodedir = headersFolder();
  execFileSync(process.execPath, [nodeGyp, 'rebuild'], {
    cwd: FOLDER,
    stdio: 'pipe',
    env: { ...process.env, ...(nodedir === undefined ? {} : { npm_config_nodedir: nodedir }) },
  });
}

/** Node-API is the same in the headers of every version: the nearest will do. Without any, node-gyp fetches them. */
function headersFolder(): string | undefined {
  const candidates = [
    process.env['GMR_NODEDIR'],
    dirname(dirname(process.execPath)),
    process.env['npm_config_nodedir'],
  ];
  return candidates.find((folder) => folder && existsSync(join(folder, 'include', 'node', 'node_api.h')));
}
