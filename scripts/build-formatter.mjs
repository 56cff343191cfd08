// Bundles the formatter into lib/formatter.bundle.js: one script without Node APIs, run in a bare V8 isolate.
//
// Names stay (they show up in the stack of a failing formatter); white space goes (less to compile while a
// report waits). The result depends on the sources only.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './process.mjs';

const OUTPUT = join(ROOT, 'lib', 'formatter.bundle.js');

await build({
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
  charset: 'utf8',
  // The bundle must not depend on compiler options of an editor's making.
  tsconfigRaw: {},
  banner: {
    js: '// gmr-native: the report formatter. Generated from src/formatter; see scripts/build-formatter.mjs.',
  },
  logLevel: 'warning',
});

if (statSync(OUTPUT).size === 0) throw new Error(`${OUTPUT} is empty`);
