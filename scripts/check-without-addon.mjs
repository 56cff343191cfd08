// What users see where there is no native addon, Windows for instance: one clear error, or a warning on request.
// Run by CI on Windows as it is, and by .ci/run with --no-addons.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './process.mjs';

const gmr = createRequire(import.meta.url)(join(ROOT, 'lib', 'index.js'));

assert.throws(
  () => gmr.setupAutorun(),
  (error) => {
    process.stdout.write(`${error.message}\n`);
    return error.code === 'GMR_ADDON_UNAVAILABLE' && error.message.includes('to fix it');
  },
);
gmr.setupAutorun({ optional: true });
process.stdout.write('check-without-addon: as documented\n');
