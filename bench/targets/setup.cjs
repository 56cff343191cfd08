'use strict';
// What the setup costs: prints {"ms", "rssBytes"} of require and setupAutorun, or with `none` of nothing at all.

const what = process.argv[2];

// What every service has loaded anyway: streams and timers are no cost of ours.
void require('node:http');

const rssBefore = process.memoryUsage.rss();
const began = performance.now();
if (what === 'gmr') require('gmr-native').setupAutorun();
const ms = performance.now() - began;
const rssBytes = process.memoryUsage.rss() - rssBefore;

require('node:fs').writeSync(1, `${JSON.stringify({ ms, rssBytes })}\n`);
