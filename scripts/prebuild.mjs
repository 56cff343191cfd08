// Makes prebuilds/<platform>-<arch>/gmr-native.abi<n>[.<libc>].node, for every Node that the package supports.
//
//   node scripts/prebuild.mjs [target]...      the named targets; without a name all that this machine can make
//   node scripts/prebuild.mjs <target> --node=24     the same, for one Node only
//   node scripts/prebuild.mjs --host           only those of this machine's own kind
//   node scripts/prebuild.mjs --from-build     only the binary for the running Node, from build/Release
//   node scripts/prebuild.mjs --missing        JSON: names of this machine's own binaries that are not up to date
//
// A binary that was made from the same sources by the same compiler is kept.
// Never without `--napi=false`: the addon uses V8, so a binary without an ABI tag would be picked up by, and
// crash, every other Node. One call per Node, since prebuildify has no option for headers but the variable.

import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeGypEnvironment } from './headers.mjs';
import { NODES, PLANNED, TARGETS, exactVersion, hostTarget, installedHeaders } from './prebuild-targets.mjs';
import { obstacle, prebuildPath, toolsFor } from './prebuild-targets.mjs';
import { ROOT, binOf, fail, output, run } from './process.mjs';

/** prebuildify builds in a copy: in the root it would leave the binary of another Node in build/Release. */
const WORK = join(ROOT, 'build', 'prebuild');

const onlyNode = process.argv.find((arg) => arg.startsWith('--node='))?.slice('--node='.length);

function main() {
  const args = process.argv.slice(2).filter((arg) => !arg.startsWith('--node='));
  if (args.includes('--from-build')) takeBuild();
  else if (args.includes('--missing')) process.stdout.write(`${JSON.stringify(missing())}\n`);
  else if (args.includes('--host')) makeAll(ownTarget());
  else if (args.length > 0) args.forEach((id) => makeAll(named(id)));
  else makePossible();
}

function named(id) {
  const target = TARGETS.find((one) => one.id === id);
  if (target === undefined)
    fail(`prebuild: expected one of ${TARGETS.map((one) => one.id).join(', ')}, got ${id}`);
  const reason = obstacle(target);
  return reason === null ? target : fail(`prebuild: ${id}: ${reason}`);
}

function ownTarget() {
  return hostTarget() ?? fail(`prebuild: no binaries are made for ${process.platform}-${process.arch}`);
}

function makePossible() {
  const reasons = new Map(TARGETS.map((target) => [target, obstacle(target)]));
  for (const [target, reason] of reasons) if (reason === null) makeAll(target);
  for (const [target, reason] of reasons) {
    if (reason !== null) process.stdout.write(`prebuild: ${target.id}: not made, ${reason}\n`);
  }
  for (const id of PLANNED) {
    process.stdout.write(`prebuild: ${id}: not made, the addon does not compile there yet\n`);
  }
}

function makeAll(target) {
  const nodes = NODES.filter(({ major }) => onlyNode === undefined || String(major) === onlyNode);
  if (nodes.length === 0) fail(`prebuild: expected --node=20, 22, 24 or 26, got ${onlyNode}`);
  for (const node of nodes) {
    const identity = identityOf(target, node.abi);
    const fresh = isFresh(target, node.abi, identity);
    if (!fresh) {
      make(target, node);
      remember(target, node.abi, identity);
    }
    say(target, node.abi, fresh ? 'is up to date' : 'made');
  }
}

/** node-gyp downloads what is not there, which says nothing when it fails. */
function headersOf(major) {
  const folder = installedHeaders(major);
  if (folder === null) {
    process.stdout.write(
      `prebuild: the headers of Node ${major} are missing in tools/nodes, so node-gyp downloads them. Without a network: ` +
        '`npm ci --no-bin-links --ignore-scripts --prefix tools/nodes`\n',
    );
  }
  return folder;
}

function make(target, { major }) {
  const prebuildify = binOf('prebuildify') ?? fail('prebuild: prebuildify is not installed; run `npm ci`');
  const folder = join(WORK, 'work');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ['native', 'binding.gyp', 'package.json']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  const options = ['--napi=false', '--strip', '--quiet', ...(target.libc === null ? [] : ['--tag-libc'])];
  run(
    process.execPath,
    [prebuildify, '--out', ROOT, '--arch', target.arch, '-t', exactVersion(major), ...options],
    {
      cwd: folder,
      env: {
        // prebuildify takes whatever is not Alpine for glibc.
        ...(target.libc === null ? {} : { PREBUILD_LIBC: target.libc }),
        JOBS: 'max',
        ...nodeGypEnvironment(headersOf(major)),
        ...toolsFor(target),
      },
    },
  );
  rmSync(folder, { recursive: true, force: true });
}

/** The build of the checkout is compiled with the same options: CI has it anyway, for each Node. */
function takeBuild() {
  const target = ownTarget();
  const abi = process.versions.modules;
  run(process.execPath, ['scripts/build.mjs', 'native']);
  const { flags } = JSON.parse(readFileSync(join(ROOT, 'build', 'gmr-build.json'), 'utf8'));
  if (flags.some((flag) => flag !== '--gmr_werror=1'))
    fail(`prebuild: build/ was made with ${flags.join(' ')}`);

  const file = join(ROOT, prebuildPath(target, abi));
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(join(ROOT, 'build', 'Release', 'gmr_native.node'), file);
  if (target.platform === 'linux') run('strip', ['--strip-all', file]);
  if (target.platform === 'darwin') run('strip', ['-Sx', file]);
  remember(target, abi, identityOf(target, abi));
  say(target, abi, 'taken from build/');
}

/** What the tests of the packed package wait for. */
function missing() {
  const target = hostTarget();
  if (target === undefined) return [`${process.platform}-${process.arch}`];
  const stale = NODES.filter(({ abi }) => !isFresh(target, abi, identityOf(target, abi)));
  return stale.map(({ abi }) => prebuildPath(target, abi));
}

/** Everything that the binary follows from. */
function identityOf(target, abi) {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'binding.gyp')));
  const sources = readdirSync(join(ROOT, 'native'), { recursive: true, withFileTypes: true });
  const files = sources
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  for (const file of files.toSorted()) hash.update(file.slice(ROOT.length)).update(readFileSync(file));
  const variables = ['CC', 'CXX', 'CFLAGS', 'CXXFLAGS', 'LDFLAGS'];
  const environment = { ...process.env, ...toolsFor(target) };
  return {
    abi,
    sources: hash.digest('hex'),
    compiler: output(environment.CXX ?? 'c++', ['--version'])?.split('\n')[0] ?? 'unknown',
    variables: variables.map((name) => environment[name] ?? ''),
  };
}

function stampOf(target, abi) {
  return join(WORK, `${target.id}-${abi}.json`);
}

function isFresh(target, abi, identity) {
  const file = join(ROOT, prebuildPath(target, abi));
  const stamp = stampOf(target, abi);
  return existsSync(file) && existsSync(stamp) && readFileSync(stamp, 'utf8') === describe(file, identity);
}

function remember(target, abi, identity) {
  const file = join(ROOT, prebuildPath(target, abi));
  if (!existsSync(file)) fail(`prebuild: prebuildify ended well, but there is no ${file}`);
  mkdirSync(WORK, { recursive: true });
  writeFileSync(stampOf(target, abi), describe(file, identity));
}

function describe(file, identity) {
  const binary = createHash('sha256').update(readFileSync(file)).digest('hex');
  return JSON.stringify({ ...identity, binary }, null, 2);
}

function say(target, abi, what) {
  const path = prebuildPath(target, abi);
  const kilobytes = Math.round(statSync(join(ROOT, path)).size / 1024);
  process.stdout.write(`prebuild: ${path} ${what}, ${kilobytes} KB\n`);
}

main();
