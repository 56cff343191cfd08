// Runs the compiled tests with the Node that runs this script.
//
//   node scripts/test.mjs [--coverage] [part of a file name]...

import { fail } from './process.mjs';
import { runTests, testFiles } from './test-files.mjs';

const args = process.argv.slice(2);
const parts = args.filter((arg) => arg !== '--coverage');
// Of the compiled files, told by the lines of the sources; that of the processes that the tests start is in it.
const flags = args.includes('--coverage') ? ['--enable-source-maps', '--experimental-test-coverage'] : [];
const files = testFiles(parts);
if (flags.length > 0 && Number.parseInt(process.versions.node, 10) < 24) {
  fail('test: --coverage needs Node 24: earlier ones stumble over source maps of bundles');
}
if (files.length === 0) fail(`test: no test file matches ${parts.join(' ')}`);
process.exitCode = runTests(files, { flags }) === 0 ? 0 : 1;
