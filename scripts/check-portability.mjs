// Does the C++ compile for other platforms? With the compilers that are at hand; none of them is needed elsewhere.
//
//   node scripts/check-portability.mjs [layer]...      for instance `process`; all layers take minutes
//
// zig is a C++ compiler with the headers of many systems: https://ziglang.org. This is no proof that anything works.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { findHeaders } from './headers.mjs';
import { isForSystem } from './native-sources.mjs';
import { ROOT, fail, hasProgram } from './process.mjs';

const COMPILERS = [
  { platform: 'linux-arm64', command: ['aarch64-linux-gnu-g++'] },
  { platform: 'linux-x64-musl', command: ['zig', 'c++', '-target', 'x86_64-linux-musl'] },
  { platform: 'darwin-arm64', command: ['zig', 'c++', '-target', 'aarch64-macos'] },
];

const LAYERS = ['base', 'process', 'unwind', 'image', 'os', 'v8', 'reporter', 'addon'];

function main() {
  const layers = process.argv.length > 2 ? process.argv.slice(2) : LAYERS;
  const unknown = layers.find((layer) => !LAYERS.includes(layer));
  if (unknown !== undefined) fail(`check-portability: expected ${LAYERS.join(', ')}, got ${unknown}`);
  const files = layers.flatMap((layer) =>
    readdirSync(join(ROOT, 'native', layer), { recursive: true })
      .filter((name) => name.endsWith('.cc'))
      .map((name) => join('native', layer, name)),
  );
  const folder = mkdtempSync(join(tmpdir(), 'gmr-portability-'));
  try {
    const results = COMPILERS.map((compiler) => {
      const ofSystem = files.filter((path) => isForSystem(path, compiler.platform.split('-')[0]));
      return compileAll(compiler, ofSystem, join(folder, 'object.o'));
    });
    if (results.some((failures) => failures > 0)) fail('check-portability: see above');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Number of files that do not compile. */
function compileAll({ platform, command }, files, object) {
  const [program, ...target] = command;
  if (!hasProgram(program)) {
    process.stdout.write(`*** SKIPPED: ${platform}, ${program} is not installed ***\n`);
    return 0;
  }
  const nodedir = findHeaders() ?? fail('check-portability: no Node headers found');
  const options = [
    '-std=gnu++20 -O0 -w -fno-rtti -fno-exceptions -DNODE_GYP_MODULE_NAME=gmr_native -DBUILDING_NODE_EXTENSION',
    '-DNAPI_VERSION=9 -DNAPI_DISABLE_CPP_EXCEPTIONS -isystem node_modules/node-addon-api -c',
  ].flatMap((words) => words.split(' '));
  options.push('-isystem', join(nodedir, 'include', 'node'), '-o', object);
  let failures = 0;
  for (const file of files) {
    const { status, stderr } = spawnSync(program, [...target, ...options, file], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (status === 0) continue;
    failures += 1;
    process.stderr.write(`${platform}: ${file}\n${stderr.slice(0, 2_000)}\n`);
  }
  process.stdout.write(
    `check-portability: ${platform}: ${files.length - failures} of ${files.length} files compile\n`,
  );
  return failures;
}

main();
