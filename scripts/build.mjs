// Builds everything: lib/ and build/test (tsc), the formatter bundle (esbuild), the addon (node-gyp).
//
//   node scripts/build.mjs [ts] [native] [flags of build-native.mjs]

import { binOf, fail, run } from './process.mjs';

const args = process.argv.slice(2);
const parts = args.filter((arg) => arg === 'ts' || arg === 'native');
const flags = args.filter((arg) => !parts.includes(arg));
const wants = (part) => parts.length === 0 || parts.includes(part);

if (wants('ts')) {
  const tsc = binOf('typescript', 'tsc');
  if (tsc === null) fail('build: typescript is not installed; run `npm ci`');
  run(process.execPath, [tsc, '-b', ...(process.env.GMR_SOURCE_MAPS === '1' ? ['--sourceMap'] : [])]);
  run(process.execPath, ['scripts/build-hot.mjs']);
  run(process.execPath, ['scripts/build-formatter.mjs']);
}
if (wants('native')) run(process.execPath, ['scripts/build-native.mjs', ...flags]);
