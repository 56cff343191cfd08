// Runs the compiled tests with the Node that runs this script.
//
//   node scripts/test.mjs [--coverage] [--differing | --reading | --between] [part of a file name]...
//
// For further runs on other versions of Node: --differing omits the tests that are the same on every Node. --reading also
// omits those of the system, so that only tests remain that read what V8 and Node keep in memory. --between also omits
// those for which the oldest and the newest version are enough.

import { fail } from './process.mjs';
import { runTests, testFiles } from './test-files.mjs';

const args = process.argv.slice(2);
const FLAGS = ['--coverage', '--differing', '--reading', '--between'];
const parts = args.filter((arg) => !FLAGS.includes(arg));
// Of the compiled files, told by the lines of the sources; that of the processes that the tests start is in it.
const flags = args.includes('--coverage') ? ['--enable-source-maps', '--experimental-test-coverage'] : [];
const files = testFiles(parts, {
  differing: args.includes('--differing'),
  reading: args.includes('--reading'),
  between: args.includes('--between'),
});
if (flags.length > 0 && Number.parseInt(process.versions.node, 10) < 24) {
  fail('test: --coverage needs Node 24: earlier ones stumble over source maps of bundles');
}
if (files.length === 0) fail(`test: no test file matches ${parts.join(' ')}`);
process.exitCode = runTests(files, { flags }) === 0 ? 0 : 1;
