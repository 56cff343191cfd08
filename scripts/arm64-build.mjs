// Builds a copy of the checkout, and the addons of its tests, for Linux arm64 with Debian's cross compiler.

import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { nodeGypEnvironment } from './headers.mjs';
import { toolsFor } from './prebuild-targets.mjs';
import { ROOT, fail, packageScript, run } from './process.mjs';

/** What Node and the tests need of the checkout. */
const COPIED = ['native', 'test', 'lib', 'binding.gyp', 'package.json', join('build', 'test')];

/** `headers`: folder of an arm64 Node. */
export function buildForArm64(folder, headers) {
  for (const path of COPIED) {
    const to = join(folder, path);
    // Without what is not there any more; but compiled addons of the tests stay, for the next time.
    if (path !== 'test') rmSync(to, { recursive: true, force: true });
    mkdirSync(dirname(to), { recursive: true });
    const isBuilt = (from) => relative(ROOT, from) === join('test', 'native', 'build');
    cpSync(join(ROOT, path), to, {
      recursive: true,
      preserveTimestamps: true,
      filter: (from) => !isBuilt(from),
    });
  }
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) symlinkSync(join(ROOT, 'node_modules'), modules);
  nodeGyp(folder, headers);
  // The tests ask here how the product was built.
  writeFileSync(join(folder, 'build', 'gmr-build.json'), JSON.stringify({ headers, flags: [] }));
  nodeGyp(join(folder, 'test', 'native'), headers);
}

function nodeGyp(folder, headers) {
  const script =
    packageScript('node-gyp', 'bin/node-gyp.js') ?? fail('test-arm64: run `npm ci` for node-gyp');
  const env = { ...nodeGypEnvironment(headers), ...toolsFor({ platform: 'linux', arch: 'arm64' }) };
  const flags = ['--arch=arm64', '--gmr_werror=1', '--loglevel=error'];
  run(process.execPath, [script, 'configure', ...flags], { cwd: folder, env, stdio: 'inherit' });
  run(process.execPath, [script, 'build', '--jobs=2', '--loglevel=error'], { cwd: folder, env });
}
