'use strict';
// Compares a dump with what the sources of this folder say of themselves.
//
//   node [flags] checks.cjs <green.node> [dump|dumpFromThread]
//
// Prints one line of JSON; the exit code is 1 when something differs.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const vm = require('node:vm');
const { Worker, isMainThread } = require('node:worker_threads');

const addon = require(process.argv[2]);
const way = process.argv[3] ?? 'dump';
const FILES = ['shapes.cjs', 'minified.cjs', 'module.mjs', 'compiled.cjs', 'evaluated.js'];
/** Run by eval, new Function and in two contexts of vm; their functions are called with a promise. */
const EVALUATED = `(async function evaluated(p) { /*@evaluated evaluated*/await p; })
//= 3x evaluated
`;

/** What stands in the comments of a source: places by "file:line:column", and chains with counts. */
function readMarks(file, source) {
  const places = new Map();
  const chains = [];
  for (const found of source.matchAll(/\/\*@(\w+) ?([^*]*)\*\/\s?/g)) {
    const before = source.slice(0, found.index + found[0].length);
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    places.set(`${file}:${line}:${column}`, { id: found[1], name: found[2] });
  }
  for (const found of source.matchAll(/\/\/= (\d.*)/g)) chains.push(...found[1].split(';'));
  return { places, chains };
}

function describeGroup(group, places, problems) {
  const parts = group.frames.map((frame, index) => {
    const mark = places.get(`${frame.file}:${frame.line}:${frame.column}`);
    const name = frame.className === '' ? frame.name : `${frame.className}.${frame.name}`;
    if (mark !== undefined && mark.name !== name)
      problems.push({ mark: mark.id, wanted: mark.name, got: name });
    const text = mark?.id ?? `${name} (${frame.file}:${frame.line}:${frame.column})`;
    return index + 1 < group.frames.length && frame.via !== '' ? `${text} [${frame.via}]` : text;
  });
  // With promise hooks, V8 takes the long way to a promise that is returned.
  const chain = parts.join(' < ').replace('child [resolve] < viaReturn', 'child < viaReturn');
  return `${group.count}x ${group.deadlock ? 'deadlock ' : ''}${chain}`;
}

function isNodesOwn(group) {
  return group.frames.every((frame) => frame.file.startsWith('node:'));
}

function startEvaluated(never) {
  const source = `${EVALUATED}//# sourceURL=evaluated.js`;
  const contexts = [vm.createContext({}), vm.createContext({})];
  const functions = contexts.map((context) => vm.runInContext(EVALUATED, context, 'evaluated.js'));
  // An indirect eval: the source is then the same, in its own scope.
  functions.push((0, eval)(source));
  return functions.map((run) => run(never()));
}

function useHooks() {
  const { AsyncLocalStorage, createHook } = require('node:async_hooks');
  createHook({ init() {}, before() {}, after() {}, destroy() {}, promiseResolve() {} }).enable();
  new AsyncLocalStorage().enterWith({ requestId: 1 });
}

async function main() {
  if (process.env.CHECK_WITH_HOOKS === '1') useHooks();
  const problem = addon.prepare();
  const kept = [require('./shapes.cjs'), require('./minified.cjs'), require('./compiled.cjs')];
  import('./module.mjs');
  kept.push(startEvaluated(kept[0].never));
  if (global.gc) global.gc();
  while (globalThis.greenModule === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  await new Promise((resolve) => setTimeout(resolve, 50));
  check(problem, kept);
}

function check(problem, kept) {
  const places = new Map();
  const wanted = [];
  for (const file of FILES) {
    const path = join(__dirname, file);
    const isFile = file !== 'evaluated.js';
    const name = file === 'module.mjs' ? `file://${path}` : isFile ? path : file;
    const marks = readMarks(name, isFile ? readFileSync(path, 'utf8') : EVALUATED);
    for (const [place, mark] of marks.places) places.set(place, mark);
    wanted.push(...marks.chains);
  }
  const dump = addon[way]({});
  const problems = [];
  const got = dump.groups
    .filter((group) => !isNodesOwn(group))
    .map((group) => describeGroup(group, places, problems));
  // main() itself has ended, or waits here.
  const missing = wanted.filter((chain) => !got.includes(chain));
  const extra = got.filter((chain) => !wanted.includes(chain));
  const ok = problem === '' && dump.status === 'ok' && missing.length + extra.length + problems.length === 0;
  const summary = {
    suspended: dump.suspendedFunctions,
    idle: dump.idleGenerators,
    unreadable: dump.unreadable,
  };
  const result = { ok, problem, reason: dump.reason, chains: got.length, ...summary, costMs: dump.costMs };
  console.log(JSON.stringify({ ...result, missing, extra, problems, kept: kept.length }));
  process.exit(ok ? 0 : 1);
}

if (process.env.CHECK_IN_WORKER === '1' && isMainThread) {
  new Worker(__filename, { argv: process.argv.slice(2) }).on('exit', (code) => process.exit(code));
} else {
  main();
}
