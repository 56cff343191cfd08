// Makes the folder that is published, by default build/package: the files that users need, and a package.json without
// the fields that concern only a checkout. Prints its path. Does not build anything.
//
//   node scripts/stage-package.mjs [folder]
//
// Everything that packs the package (the release, the tests, the package checks) packs this folder.

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, fail, output } from './process.mjs';

/** Fields of package.json that mean something only in a checkout. `prepare`, for one, makes npm warn its users. */
const CHECKOUT_FIELDS = ['private', 'files', 'scripts', 'devDependencies'];

/** Files that are opened by their path instead of being required. */
const OPENED_BY_PATH = ['lib/formatter.bundle.js', 'lib/autorun/worker-preload.js'];

/** Stages the package and returns the paths in it. */
export function stagePackage(folder) {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const lib = new Set(neededInLib(manifest));
  const paths = packable().filter((path) => !path.startsWith('lib/') || lib.has(path));
  rmSync(folder, { recursive: true, force: true });
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (path === 'package.json') writeFileSync(join(folder, path), published(manifest));
    else if (path.startsWith('lib/')) writeFileSync(join(folder, path), withoutMap(path));
    else cpSync(join(ROOT, path), join(folder, path));
  }
  return paths;
}

/** The paths that `files` in package.json selects. */
function packable() {
  const text = output('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    shell: process.platform === 'win32',
  });
  if (text === null) fail('stage-package: npm pack --dry-run failed');
  // npm 11 prints an array with one package, npm 12 an object with the package under its name.
  const [description] = Object.values(JSON.parse(text));
  return description.files.map(({ path }) => path).toSorted();
}

function published(manifest) {
  const kept = Object.entries(manifest).filter(([field]) => !CHECKOUT_FIELDS.includes(field));
  return `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`;
}

/** With `--enable-source-maps` or coverage, Node would look for a map in every process and worker, and keep it. */
function withoutMap(path) {
  return readFileSync(join(ROOT, path), 'utf8').replace(/^\/\/# sourceMappingURL=.*\n?/gm, '');
}

/** The entries of the package with all that they require, and their types with all that these import. */
function neededInLib({ exports, bin }) {
  const entries = [...Object.values(exports), ...Object.values(bin)]
    .flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)))
    .map((path) => posix.normalize(path))
    .filter((path) => path.startsWith('lib/'));
  const needed = new Set();
  const waiting = [...entries, ...OPENED_BY_PATH];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (needed.has(path)) continue;
    if (!existsSync(join(ROOT, path))) fail(`stage-package: ${path} is missing; run \`npm run compile\``);
    needed.add(path);
    waiting.push(...referencesIn(path));
  }
  return needed;
}

function referencesIn(path) {
  const isType = path.endsWith('.d.ts');
  const pattern = isType ? /\b(?:from|import\() ?["'](\.[^"']+)["']/g : /\brequire\(["'](\.[^"']+)["']\)/g;
  const text = readFileSync(join(ROOT, path), 'utf8');
  return [...text.matchAll(pattern)].map(([, specifier]) => {
    const found = posix.join(posix.dirname(path), specifier);
    return isType ? `${found}.d.ts` : `${found.replace(/\.js$/, '')}.js`;
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = resolve(process.argv[2] ?? join(ROOT, 'build', 'package'));
  stagePackage(folder);
  process.stdout.write(`${folder}\n`);
}
