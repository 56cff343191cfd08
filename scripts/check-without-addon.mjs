// Checks what users get without a native addon, for instance on Windows: the service runs with one clear warning, or
// fails if it requires the addon. Run by CI on Windows, and by .ci/run with --no-addons.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './process.mjs';

const gmr = createRequire(import.meta.url)(join(ROOT, 'lib', 'index.js'));

const warnings = [];
process.on('warning', (warning) => warnings.push(warning));
gmr.setupAutorun();
gmr.setupAutorun({ serviceName: 'again' });

assert.throws(
  () => gmr.setupAutorun({ optional: false }),
  (error) => error.code === 'GMR_ADDON_UNAVAILABLE' && error.message.includes('to fix it'),
);
await assert.rejects(gmr.generateReport(), { code: 'GMR_ADDON_UNAVAILABLE' });
// Node emits warnings a little later.
await new Promise((resolve) => setImmediate(resolve));
assert.deepEqual(
  warnings.map(({ code }) => code),
  ['GMR_ADDON_UNAVAILABLE'],
);
process.stdout.write('check-without-addon: as documented\n');
