// Makes prebuilds/<platform>-<arch>/gmr-native.abi<n>.<libc>.node for every Node of tools/nodes.
//
// Never without `--napi=false`: the addon uses V8, so a binary without an ABI tag would be picked up by, and
// crash, every other Node. One call per Node, since prebuildify has no option for headers but the variable.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeGypEnvironment } from './headers.mjs';
import { ROOT, binOf, fail, run } from './process.mjs';

const MAJORS = [20, 22, 24, 26];

const prebuildify = binOf('prebuildify') ?? fail('prebuilds: prebuildify is not installed; run `npm ci`');

for (const major of MAJORS) {
  const folder = join(ROOT, 'tools', 'nodes', 'node_modules', `node-${major}`);
  if (!existsSync(folder)) fail('prebuilds: run `npm ci --no-bin-links --prefix tools/nodes` first');
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  process.stdout.write(`prebuilds: Node ${version}\n`);
  run(process.execPath, [prebuildify, '-t', version, '--napi=false', '--strip', '--tag-libc', '--quiet'], {
    env: nodeGypEnvironment(folder),
  });
}
// prebuildify leaves the last version's binary in build/Release, which the loader prefers.
run(process.execPath, ['scripts/build.mjs']);
