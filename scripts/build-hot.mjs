// Puts src/index.ts, src/hot.ts and the modules that this hands on into one file, lib/index.js: setup then loads one
// file instead of a dozen. Runs after tsc, whose output works without it.
//
// Each of these modules is replaced by a line that hands on what lib/index.js has of it, so there is one instance of
// it, whoever asks; and the other modules ask lib/index.js without that detour. Users see the names of src/index.ts
// only: the rest is behind a symbol.
// What a service with a configuration needs besides is one file of its own in the same way: see GROUPS.
// Nothing is minified: Node prints the line that an error was thrown on, and small is not what makes it fast.

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
  sourcemap: 'linked',
  sourcesContent: false,
  charset: 'utf8',
  // The result must not depend on compiler options of an editor's making.
  tsconfigRaw: {},
  banner: { js: '"use strict";\n// Generated from src/index.ts and src/hot.ts; see scripts/build-hot.mjs.' },
  plugins: [{ name: 'cold', setup: keepRequired }],
  logLevel: 'warning',
};

/** Entries that are loaded when needed, each with all that it imports, but for what lib/index.js has, in one file. */
const GROUPS = ['sections/configuration'];

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

/** esbuild would define each export as a getter. A plain object takes 0.3 ms less, a tenth of all that there is. */
async function bundle({ hotNames, publicNames }) {
  const contents = [
    `import { ${hotNames} } from './hot';`,
    `import { ${publicNames.filter((name) => !hotNames.includes(name))} } from './index';`,
    `module.exports = { ${publicNames} };`,
    "Object.defineProperty(module.exports, '__esModule', { value: true });",
    `Object.defineProperty(module.exports, ${HOT}, { value: { ${hotNames} } });`,
  ];
  await build({
    ...OPTIONS,
    stdin: { contents: contents.join('\n'), resolveDir: SOURCES, sourcefile: 'exports', loader: 'ts' },
    outfile: join(LIB, 'index.js'),
    format: 'cjs',
  });
}

/** The modules that it takes in stay files of their own as well, for those who need one of them alone. */
async function bundleGroup(name, hotModules) {
  const keepHot = ({ onResolve }) => {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const imported = nameOf(join(resolveDir, path));
      if (!hotModules.includes(imported)) return undefined;
      const way = posix.relative(posix.dirname(name), imported);
      return { path: way.startsWith('.') ? way : `./${way}`, external: true };
    });
  };
  await build({
    ...OPTIONS,
    entryPoints: [join(SOURCES, `${name}.ts`)],
    outfile: join(LIB, `${name}.js`),
    format: 'cjs',
    banner: { js: `"use strict";\n// Generated from src/${name}.ts; see scripts/build-hot.mjs.` },
    plugins: [{ name: 'group', setup: keepHot }],
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
  const shortened = text.replace(/\brequire\("(\.[^"]+)"\)/g, (call, specifier) =>
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

const found = await explore();
check(found.modules);
await bundle(found);
const hotModules = ['hot', ...found.modules];
hotModules.forEach(handOn);
for (const name of GROUPS) await bundleGroup(name, hotModules);
coldModules(hotModules).forEach((name) => shortenWays(name, hotModules));
