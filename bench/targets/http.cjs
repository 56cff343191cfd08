'use strict';
// The server of http-overhead.mjs: `http.cjs none|gmr|watchdog`; prints `port <n>` and `ready`.

const fs = require('node:fs');
const http = require('node:http');

const OPTIONS = {
  gmr: { serviceName: 'bench' },
  watchdog: { serviceName: 'bench', blockedEventLoop: { thresholdMs: 200 } },
};

const options = OPTIONS[process.argv[2]];
if (options !== undefined) require('gmr-native').setupAutorun(options);

/** Some work per request: JSON, a promise and a timerless turn of the loop. */
const server = http.createServer(async (request, response) => {
  const body = await Promise.resolve(
    JSON.stringify({ url: request.url, list: Array.from({ length: 50 }, (_, i) => i) }),
  );
  response.setHeader('content-type', 'application/json');
  response.end(body);
});

server.listen(0, '127.0.0.1', () => fs.writeSync(1, `port ${server.address().port}\nready\n`));
