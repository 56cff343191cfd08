// Builds build/Release/gmr_native.node for the Node that runs this script.
//
//   node scripts/build-native.mjs [--gmr_asan=1] [--gmr_tsan=1] [--gmr_werror=1] [--verbose]
//
// Flags may also stand in GMR_BUILD_FLAGS. node-gyp is silent unless it fails or warns. A second build with the
// same Node, headers, flags and list of sources is incremental; anything else starts from scratch.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findHeaders, nodeGypEnvironment } from './headers.mjs';
import { ROOT, fail, packageScript } from './process.mjs';

const BUILD = join(ROOT, 'build');
const BINARY = join(BUILD, 'Release', 'gmr_native.node');
/** Folders of others in it. */
const KEPT = ['test', 'prebuild', 'arm64', 'plain', 'tables'];
/** What the present build/ was configured for. Read by the tests too. */
const STAMP = join(BUILD, 'gmr-build.json');

function main() {
  const given = [...(process.env.GMR_BUILD_FLAGS ?? '').split(' '), ...process.argv.slice(2)].filter(Boolean);
  const verbose = given.includes('--verbose');
  const flags = given.filter((flag) => flag !== '--verbose').toSorted((a, b) => (a < b ? -1 : 1));
  const unknown = flags.find((flag) => !/^--gmr_[a-z]+=[01]$/.test(flag));
  if (unknown) fail(`build-native: unknown flag ${unknown}; expected --gmr_<name>=0|1 or --verbose`);

  const nodedir = chooseHeaders();
  const wanted = JSON.stringify({ ...identity(nodedir), flags }, null, 2);
  const env = nodeGypEnvironment(nodedir);
  if (!existsSync(BINARY) || !existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== wanted) {
    forgetBuild();
    nodeGyp(['configure', ...flags], env, verbose);
    mkdirSync(BUILD, { recursive: true });
    writeFileSync(STAMP, wanted);
  }
  nodeGyp(['build', '--jobs=max'], env, verbose);
  if (!existsSync(BINARY)) fail(`build-native: node-gyp ended well, but there is no ${BINARY}`);
}

function chooseHeaders() {
  try {
    const nodedir = findHeaders();
    if (nodedir === null)
      process.stdout.write('build-native: no headers beside this Node; node-gyp downloads them\n');
    return nodedir;
  } catch (error) {
    return fail(`build-native: ${error.message}`);
  }
}

/** Everything that makes an existing build unusable when it changes, except the text of the sources. */
function identity(nodedir) {
  const gyp = readFileSync(join(ROOT, 'binding.gyp'), 'utf8');
  const sources = readdirSync(join(ROOT, 'native'), { recursive: true }).map(String).sort();
  return {
    abi: process.versions.modules,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    headers: nodedir,
    compiler: [
      process.env.CC ?? '',
      process.env.CXX ?? '',
      process.env.CFLAGS ?? '',
      process.env.CXXFLAGS ?? '',
    ],
    layout: createHash('sha256').update(gyp).update(sources.join('\n')).digest('hex'),
  };
}

/** Like `node-gyp clean`, but leaves the compiled tests alone, and what other scripts keep there. */
function forgetBuild() {
  if (!existsSync(BUILD)) return;
  for (const name of readdirSync(BUILD)) {
    if (!KEPT.includes(name)) rmSync(join(BUILD, name), { recursive: true, force: true });
  }
}

function nodeGyp(args, env, verbose) {
  const script = packageScript('node-gyp', 'bin/node-gyp.js');
  if (script === null) fail('build-native: node-gyp is not installed; run `npm ci`');
  const result = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: verbose ? 'inherit' : 'pipe',
  });
  const printed = verbose ? '' : `${result.stdout}${result.stderr}`;
  const failed = result.error !== undefined || result.status !== 0;
  if (failed || /\bwarning:/.test(printed)) process.stderr.write(printed);
  if (failed) {
    // Half a build must not pass for a good one the next time.
    rmSync(STAMP, { force: true });
    fail(
      `build-native: node-gyp ${args.join(' ')} failed (${result.error?.message ?? result.status ?? result.signal})`,
    );
  }
}

main();
