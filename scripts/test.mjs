// Runs the compiled tests with the Node that runs this script.
//
//   node scripts/test.mjs [--coverage] [--differing] [part of a file name]...
//
// --differing leaves out the tests that are the same on every Node, for further runs on other versions.

import { fail } from './process.mjs';
import { runTests, testFiles } from './test-files.mjs';

const args = process.argv.slice(2);
const FLAGS = ['--coverage', '--differing'];
const parts = args.filter((arg) => !FLAGS.includes(arg));
// Of the compiled files, told by the lines of the sources; that of the processes that the tests start is in it.
const flags = args.includes('--coverage') ? ['--enable-source-maps', '--experimental-test-coverage'] : [];
const files = testFiles(parts, { differing: args.includes('--differing') });
if (flags.length > 0 && Number.parseInt(process.versions.node, 10) < 24) {
  fail('test: --coverage needs Node 24: earlier ones stumble over source maps of bundles');
}
if (files.length === 0) fail(`test: no test file matches ${parts.join(' ')}`);
process.exitCode = runTests(files, { flags }) === 0 ? 0 : 1;
