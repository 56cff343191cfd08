// Records a stack of Node for test/plain: the memory that decoding it reads, and nothing beside.
//
//   node scripts/record-stack.mjs        with Node 20 on Linux x64, and after `npm run compile`
//
// Writes test/plain/recordings/node20-stack.bin. What the program below does is what test/plain/recorded_stack.cc expects.

import { mkdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ROOT, fail, run } from './process.mjs';

const TARGET = join(ROOT, 'test', 'plain', 'recordings', 'node20-stack.bin');

// No path is in it: the program has none, and that of the addon is not read.
const PROGRAM = `
const addon = require(process.argv[1]);
class Store {
  load(key) {
    if (!addon.recordHere(process.argv[2])) process.exit(1);
    return key;
  }
}
function outer(store) {
  return ['a'].map((key) => store.load(key));
}
addon.check();
outer(new Store());
`;

if (process.versions.v8.split('.').slice(0, 2).join('.') !== '11.3' || process.arch !== 'x64')
  fail('record-stack: needs Node 20 on x64');
const require = createRequire(import.meta.url);
const { buildNativeAddon } = require(join(ROOT, 'build', 'test', 'support', 'native-addon.js'));
mkdirSync(dirname(TARGET), { recursive: true });
run(process.execPath, ['-e', PROGRAM, buildNativeAddon('jsframes_fixture'), TARGET]);
process.stdout.write(`${statSync(TARGET).size} bytes\n`);
