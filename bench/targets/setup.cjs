'use strict';
// What the setup costs: prints {"ms", "rssBytes"} of require and setupAutorun (`gmr`), of the same in a process that has
// loaded a package with `exports` before (`later`), of the require of such a package with nothing in it (`empty`: Node's
// own share; its resolver of `exports` is loaded with the first one), of nothing at all (`none`), or of the require of
// the package with that name and its `registerThread`.

const { createRequire } = require('node:module');

const what = process.argv[2];
const requireInEmpty = createRequire(require.resolve('./empty-package/package.json'));

// What every service has loaded anyway: streams and timers are no cost of ours.
void require('node:http');
if (what === 'later') requireInEmpty('empty-package');

const rssBefore = process.memoryUsage.rss();
const began = performance.now();
if (what === 'gmr' || what === 'later') require('gmr-native').setupAutorun();
else if (what === 'empty') requireInEmpty('empty-package');
else if (what !== 'none') require(what).registerThread();
const ms = performance.now() - began;
const rssBytes = process.memoryUsage.rss() - rssBefore;

require('node:fs').writeSync(1, `${JSON.stringify({ ms, rssBytes })}\n`);
