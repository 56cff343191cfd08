// Makes this machine's binaries and fetches the package managers, then tests the packed package with all of them.

import { run } from './process.mjs';

const shell = process.platform === 'win32';

run(process.execPath, ['scripts/prebuild.mjs', '--host']);
run('npm', ['ci', '--no-bin-links', '--ignore-scripts', '--prefix', 'tools/package-managers'], { shell });
run(process.execPath, ['scripts/build.mjs', 'ts']);
run(process.execPath, ['scripts/test.mjs', 'tarball'], {
  env: { ...process.env, GMR_TARBALL_REQUIRED: '1' },
});
