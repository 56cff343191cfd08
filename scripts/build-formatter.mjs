// Bundles the formatter into lib/formatter.bundle.js: one script without Node APIs, run in a bare V8 isolate.
//
// Names stay (they show up in the stack of a failing formatter); white space goes (less to compile while a
// report waits). The result depends on the sources only.

import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLED } from './bundled-packages.mjs';
import { ROOT } from './process.mjs';

const require = createRequire(import.meta.url);
const { wantedRows } = require(join(ROOT, 'lib', 'explain', 'wanted-rows.js'));
const { contextRows } = require(join(ROOT, 'lib', 'context', 'context-rows.js'));
const { openRows } = require(join(ROOT, 'lib', 'open', 'open-rows.js'));
const OUTPUT = join(ROOT, 'lib', 'formatter.bundle.js');

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ['src/formatter/index.ts'],
  outfile: OUTPUT,
  bundle: true,
  format: 'iife',
  platform: 'neutral',
  target: 'es2022',
  minifyWhitespace: true,
  minifyIdentifiers: false,
  minifySyntax: false,
  sourcemap: false,
  legalComments: 'none',
  charset: 'ascii',
  // The bundle must not depend on compiler options of an editor's making.
  tsconfigRaw: {},
  banner: {
    js: `/*gmr-wanted\n${wantedRows()}*/\n/*gmr-context\n${contextRows()}*/\n/*gmr-open\n${openRows()}*/\n// gmr-native: the report formatter. Generated from src/formatter; see scripts/build-formatter.mjs.`,
  },
  metafile: true,
  logLevel: 'warning',
});

const packages = Object.keys(metafile.inputs).flatMap(
  (path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
);
const found = [...new Set(packages)].toSorted().join();
if (found !== BUNDLED.join())
  throw new Error(`the bundle contains ${found}: see scripts/bundled-packages.mjs`);

if (statSync(OUTPUT).size === 0) throw new Error(`${OUTPUT} is empty`);
