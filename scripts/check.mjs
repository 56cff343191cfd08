// Everything that must hold before a release, besides the tests of behaviour: lint, the package as its users
// will see it, the conventions.

import { join } from 'node:path';
import { ROOT, binOf, fail, run } from './process.mjs';

/** The published package, not the checkout. */
const PACKAGE = join(ROOT, 'build', 'package');

const tool = (name, command) =>
  binOf(name, command) ?? fail(`check: ${name} is not installed; run \`npm ci\``);

run(process.execPath, ['scripts/build.mjs']);
run(process.execPath, ['scripts/lint.mjs', ...process.argv.slice(2)]);
run(process.execPath, ['scripts/stage-package.mjs', PACKAGE]);
run(process.execPath, [tool('publint'), '--strict', PACKAGE]);
// node16 covers every Node that package.json asks for; node10 resolution knows no `exports`.
run(process.execPath, [tool('@arethetypeswrong/cli', 'attw'), '--pack', PACKAGE, '--profile', 'node16']);
run(process.execPath, ['scripts/test.mjs', 'conventions', 'docs-api', 'package-contents']);
