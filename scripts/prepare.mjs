// Run by npm after `npm ci` in a checkout, and before packing; never at a consumer of the published package.

import { ROOT, binOf, run } from './process.mjs';

const commands = { typescript: 'tsc', esbuild: 'esbuild', 'node-gyp': 'node-gyp' };
const missing = Object.keys(commands).filter((name) => binOf(name, commands[name]) === null);

if (missing.length > 0) {
  // `npm ci --omit=dev` in a checkout: nothing to build with, and that is what was asked for.
  process.stdout.write(
    `prepare: nothing built in ${ROOT}: ${missing.join(', ')} not installed (--omit=dev?)\n`,
  );
} else {
  run(process.execPath, ['scripts/build.mjs']);
}
