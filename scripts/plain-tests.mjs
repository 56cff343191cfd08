// Builds and runs the tests of the decoder: a program without Node, of native/{base,process,unwind,image} and test/plain.
//
//   node scripts/plain-tests.mjs [part of a name]
//   node scripts/plain-tests.mjs --list | --build
//
// The compiler is $CXX, else g++ or c++. Only what changed is compiled again; the objects are in build/plain/.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isForSystem } from './native-sources.mjs';
import { ROOT, fail, hasProgram, run, tryRun } from './process.mjs';

const LAYERS = ['base', 'process', 'unwind', 'image'].map((layer) => join('native', layer));
const TESTS = join('test', 'plain');
const BUILD = join('build', 'plain');
const PROGRAM = join(BUILD, 'plain_tests');
// As binding.gyp and Node's own flags have it, but quickly compiled.
const FLAGS = (
  '-std=gnu++20 -O0 -fno-rtti -fvisibility=hidden -pthread ' +
  '-Wall -Wextra -Werror -Wno-restrict -Wno-unused-parameter -Wno-cast-function-type'
).split(' ');
const JOBS = 2;

async function main() {
  const compiler = process.env.CXX ?? ['g++', 'c++'].find(hasProgram) ?? fail('plain-tests: no C++ compiler');
  const [filter] = process.argv.slice(2);
  await build(compiler.split(' '));
  if (filter === '--build') return;
  const status = tryRun(join(ROOT, PROGRAM), filter === undefined ? [] : [filter]);
  if (typeof status === 'string') fail(`plain-tests: ended by ${status}`);
  process.exitCode = status;
}

function sourcesIn(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.cc') && isForSystem(name))
    .map((name) => join(folder, name));
}

function chooseSources() {
  return [...LAYERS, TESTS].flatMap(sourcesIn);
}

async function build(compiler) {
  mkdirSync(join(ROOT, BUILD), { recursive: true });
  const stamp = join(ROOT, BUILD, 'flags.txt');
  const wanted = [...compiler, ...FLAGS].join(' ');
  const isOther = !existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted;
  const units = chooseSources().map((source) => ({
    source,
    object: join(BUILD, source.replace(/\.cc$/, '.o')),
  }));
  const stale = units.filter((unit) => isOther || isStale(unit));
  await compileAll(compiler, stale);
  writeFileSync(stamp, wanted);
  const objects = units.map(({ object }) => object);
  const list = objects.join('\n');
  const listed = join(ROOT, BUILD, 'objects.txt');
  const isLinked =
    existsSync(join(ROOT, PROGRAM)) && existsSync(listed) && readFileSync(listed, 'utf8') === list;
  if (stale.length === 0 && isLinked) return;
  const [program, ...target] = compiler;
  run(program, [...target, ...FLAGS, '-o', PROGRAM, ...objects]);
  writeFileSync(listed, list);
}

/** Is there a file that the object was made of, and that is newer? */
function isStale({ object }) {
  const path = join(ROOT, object);
  const dependencies = path.replace(/\.o$/, '.d');
  if (!existsSync(path) || !existsSync(dependencies)) return true;
  const madeAtMs = statSync(path).mtimeMs;
  const names = readFileSync(dependencies, 'utf8')
    .replace(/^[^:]*:/, '')
    .split(/[\s\\]+/)
    .filter(Boolean);
  return names.some((name) => {
    const file = join(ROOT, name);
    return !existsSync(file) || statSync(file).mtimeMs > madeAtMs;
  });
}

async function compileAll([program, ...target], units) {
  const queue = [...units];
  let failed = 0;
  const work = async () => {
    for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
      mkdirSync(join(ROOT, dirname(unit.object)), { recursive: true });
      const args = [...target, ...FLAGS, '-MMD', '-c', unit.source, '-o', unit.object];
      const isCompiled = await compile(program, args);
      if (!isCompiled) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: JOBS }, work));
  if (failed > 0) fail(`plain-tests: ${failed} of ${units.length} files do not compile`);
}

function compile(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit' });
    child.on('error', (error) => fail(`plain-tests: cannot start ${program}: ${error.message}`));
    child.on('close', (status) => resolve(status === 0));
  });
}

await main();
