// Runs the compiled tests with the Node that runs this script.
//
//   node scripts/test.mjs [part of a file name]...

import { fail } from './process.mjs';
import { runTests, testFiles } from './test-files.mjs';

const parts = process.argv.slice(2);
const files = testFiles(parts);
if (files.length === 0) fail(`test: no test file matches ${parts.join(' ')}`);
process.exitCode = runTests(files) === 0 ? 0 : 1;
