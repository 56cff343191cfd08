// Everything that must hold before a release, besides the tests of behaviour: lint, the package as its users
// will see it, the conventions.

import { binOf, fail, run } from './process.mjs';

const tool = (name, command) =>
  binOf(name, command) ?? fail(`check: ${name} is not installed; run \`npm ci\``);

run(process.execPath, ['scripts/build.mjs']);
run(process.execPath, ['scripts/lint.mjs', ...process.argv.slice(2)]);
run(process.execPath, [tool('publint'), '--strict']);
// node16 covers every Node that package.json asks for; node10 resolution knows no `exports`.
// attw calls `npm pack`, which would build everything once more.
const env = { ...process.env, npm_config_ignore_scripts: 'true' };
run(process.execPath, [tool('@arethetypeswrong/cli', 'attw'), '--pack', '.', '--profile', 'node16'], { env });
run(process.execPath, ['scripts/test.mjs', 'conventions', 'package-contents']);
