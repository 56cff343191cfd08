'use strict';
// What the setup costs: prints {"ms", "rssBytes"} of require and setupAutorun, or with `none` of nothing at all.

const what = process.argv[2];

const rssBefore = process.memoryUsage.rss();
const began = performance.now();
if (what === 'gmr') require('gmr-native').setupAutorun({ serviceName: 'bench', version: '1.0.0' });
const ms = performance.now() - began;
const rssBytes = process.memoryUsage.rss() - rssBefore;

require('node:fs').writeSync(1, `${JSON.stringify({ ms, rssBytes })}\n`);
