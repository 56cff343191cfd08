// Bundles src/index.ts, src/hot.ts and the modules that hot.ts re-exports into one file, lib/index.js, so that setup
// loads one file instead of a dozen. Runs after tsc, whose output also works without it.
//
// Each of these modules is replaced by a line that hands on what lib/index.js has of it, so there is one instance of
// it, whoever asks; and the other modules ask lib/index.js without that detour. Users see the names of src/index.ts
// only: the rest is behind a symbol.
// What setup does not need goes into a few files in lib/deferred/: see src/deferred.ts, which loads them.
// lib/index.js is not minified: Node prints the line that an error was thrown on, and small is not what makes it fast.
// The output has source maps only with GMR_SOURCE_MAPS=1, for coverage: with --enable-source-maps or NODE_V8_COVERAGE,
// Node reads the maps of all files that name one, and keeps them in the process and in each of its workers.

import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './process.mjs';

const SOURCES = join(ROOT, 'src');
const LIB = join(ROOT, 'lib');
const HOT = "Symbol.for('gmr-native.hot')";

const OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  sourcemap: process.env.GMR_SOURCE_MAPS === '1' ? 'linked' : false,
  sourcesContent: false,
  charset: 'utf8',
  // The result must not depend on compiler options of an editor's making.
  tsconfigRaw: {},
  banner: { js: '"use strict";\n// Generated from src/index.ts and src/hot.ts; see scripts/build-hot.mjs.' },
  plugins: [{ name: 'cold', setup: keepRequired }],
  logLevel: 'warning',
};

/** What is required instead of imported is a file of its own, looked for from lib/ when the time comes. */
function keepRequired({ onResolve }) {
  onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) =>
    kind === 'require-call' ? { path: `./${nameOf(join(resolveDir, path))}`, external: true } : undefined,
  );
}

/** `autorun/setup` for the path of src/autorun/setup.ts. */
function nameOf(path) {
  return relative(SOURCES, path).split(sep).join('/').replace(/\.ts$/, '');
}

/** The modules that src/hot.ts must hand on, and the names that it and src/index.ts export. */
async function explore() {
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: ['src/hot.ts', 'src/index.ts'],
    outdir: LIB,
    format: 'esm',
    metafile: true,
    write: false,
  });
  const modules = Object.keys(metafile.inputs).map((path) => nameOf(join(ROOT, path)));
  const outputs = Object.values(metafile.outputs);
  const namesOf = (entry) => outputs.find(({ entryPoint }) => entryPoint === entry).exports;
  return {
    modules: modules.filter((name) => name !== 'hot' && name !== 'index'),
    hotNames: namesOf('src/hot.ts'),
    publicNames: namesOf('src/index.ts'),
  };
}

function check(modules) {
  const hot = readFileSync(join(SOURCES, 'hot.ts'), 'utf8');
  for (const name of modules) {
    // Else whoever requires that module would get an object without its exports.
    if (!hot.includes(`export * from './${name}';`)) throw new Error(`src/hot.ts does not hand on ${name}`);
    const text = readFileSync(join(SOURCES, `${name}.ts`), 'utf8');
    if (name.includes('/') && /\b__(?:dirname|filename)\b/.test(text)) {
      throw new Error(`src/${name}.ts: take folders from src/paths.ts; in lib/index.js it is in another one`);
    }
  }
}

/**
 * esbuild would define each export as a getter. A plain object takes 0.3 ms less, a tenth of the time of setup. The
 * object with the names for our own modules takes 0.1 ms, so it is made when one of them needs it.
 */
async function bundle({ hotNames, publicNames }) {
  const contents = [
    `import { ${hotNames} } from './hot';`,
    `import { ${publicNames.filter((name) => !hotNames.includes(name))} } from './index';`,
    `module.exports = { ${publicNames} };`,
    "Object.defineProperty(module.exports, '__esModule', { value: true });",
    'let hot;',
    `Object.defineProperty(module.exports, ${HOT}, { get: () => (hot ??= { ${hotNames} }) });`,
  ];
  await build({
    ...OPTIONS,
    stdin: { contents: contents.join('\n'), resolveDir: SOURCES, sourcefile: 'exports', loader: 'ts' },
    outfile: join(LIB, 'index.js'),
    format: 'cjs',
  });
}

/** Names of the modules in each file of lib/deferred/, from the table in src/deferred.ts. */
function deferredFiles() {
  const source = readFileSync(join(SOURCES, 'deferred.ts'), 'utf8');
  const [, table] = /^const FILE_OF = \{\n([^}]*)\} as const;$/m.exec(source);
  const files = {};
  for (const [, name, file] of table.matchAll(/^ {2}'?([\w/-]+)'?: '([\w-]+)',$/gm)) {
    (files[file] ??= []).push(name);
  }
  return files;
}

/**
 * Makes one file: its modules with all their imports, except those that lib/index.js has. White space is removed, as in
 * the formatter's bundle: setup reads these files, and Node never prints a line of them.
 */
async function bundleDeferred(file, names, hotModules) {
  const takeHot = ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\./, namespace: 'hot' }, ({ path }) => ({ path, external: true }));
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) =>
      hotModules.includes(nameOf(join(resolveDir, path))) ? { path: 'index', namespace: 'hot' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'hot' }, () => ({
      contents: `module.exports = require('../index')[${HOT}];`,
    }));
  };
  const members = names.map((name) => `'${name}': () => require('./${name}'),`);
  await build({
    ...OPTIONS,
    stdin: {
      contents: `module.exports = { ${members.join(' ')} };`,
      resolveDir: SOURCES,
      sourcefile: file,
      loader: 'ts',
    },
    outfile: join(LIB, 'deferred', `${file}.js`),
    format: 'cjs',
    minifyWhitespace: true,
    banner: { js: `"use strict";\n// Generated from src/; see src/deferred.ts and scripts/build-hot.mjs.` },
    plugins: [{ name: 'deferred', setup: takeHot }],
  });
}

/** How the module of that name gets at what lib/index.js has. */
function requireHot(name) {
  const path = posix.relative(posix.dirname(name), 'index');
  return `require('${path.startsWith('.') ? path : `./${path}`}')[${HOT}]`;
}

/** A module that stayed a file of its own: each file on its way to a hot one would take its third of a millisecond. */
function shortenWays(name, hotModules) {
  const file = join(LIB, `${name}.js`);
  const text = readFileSync(file, 'utf8');
  const shortened = text.replace(/\brequire\(["'](\.[^"']+)["']\)/g, (call, specifier) =>
    hotModules.includes(posix.join(posix.dirname(name), specifier)) ? requireHot(name) : call,
  );
  if (shortened !== text) writeFileSync(file, shortened);
}

function coldModules(hotModules) {
  const sources = readdirSync(SOURCES, { recursive: true }).filter((path) => path.endsWith('.ts'));
  const names = sources.map((path) => nameOf(join(SOURCES, path)));
  return names.filter((name) => name !== 'index' && !hotModules.includes(name));
}

function handOn(name) {
  writeFileSync(join(LIB, `${name}.js`), `'use strict';\nmodule.exports = ${requireHot(name)};\n`);
  rmSync(join(LIB, `${name}.js.map`), { force: true });
}

// Removes source maps of an earlier build, because lib/ is packed with all its files.
if (!OPTIONS.sourcemap) {
  const files = readdirSync(LIB, { recursive: true }).filter((path) => path.endsWith('.js.map'));
  for (const path of files) rmSync(join(LIB, path));
}
const found = await explore();
check(found.modules);
await bundle(found);
const hotModules = ['hot', ...found.modules];
hotModules.forEach(handOn);
for (const [file, names] of Object.entries(deferredFiles())) await bundleDeferred(file, names, hotModules);
coldModules(hotModules).forEach((name) => shortenWays(name, hotModules));
