// Shows what gmr-native is for: a real service, blocked by a real bug, tells where it hangs.
//
//   npm run demo
//
// Ends with 0 only if the report names the function that blocks the event loop, and both workers.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';

const LIMIT_MS = 20_000;
const BLOCKING_FUNCTION = 'isSubscriberAddress';
/** Takes about forever to find out that this is no address. */
const BAD_ADDRESS = `${'margaret'.repeat(8)}@example`;

const say = (line) => process.stdout.write(`\n  > ${line}\n`);

/** Collects a stream of the service; `until` resolves with the text once it matches. */
function collect(stream) {
  let text = '';
  let wake = () => {};
  stream.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    wake();
  });
  return async function until(pattern) {
    while (!pattern.test(text)) await new Promise((resolve) => (wake = resolve));
    return text;
  };
}

/** The status of a request, or null when it was given up. */
function request(port, path, signal) {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path, signal }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', () => resolve(null));
  });
}

async function demonstrate(service) {
  const stdout = collect(service.stdout);
  const stderr = collect(service.stderr);

  const port = Number(/^ready (\d+)$/m.exec(await stdout(/^ready \d+$/m))[1]);
  say(`The newsletter service runs: pid ${service.pid}, port ${port}, two workers.`);
  say(`GET / answers ${await request(port, '/')}.`);

  say(`GET /subscribe?address=${BAD_ADDRESS} ...`);
  const hanging = new AbortController();
  void request(port, `/subscribe?address=${encodeURIComponent(BAD_ADDRESS)}`, hanging.signal);
  await stdout(/^checking /m);
  const answered = await request(port, '/', AbortSignal.timeout(500));
  if (answered !== null) throw new Error(`the service should hang, but it answered ${answered}`);
  say('... and now nothing answers any more, not even GET /. The event loop is blocked.');

  say(`kill -USR2 ${service.pid}\n`);
  const sentAt = performance.now();
  service.kill('SIGUSR2');
  const report = await stderr(/^==== End of report.*\n/m);
  const tookMs = performance.now() - sentAt;
  hanging.abort();

  process.stdout.write(report);
  for (const worker of ['mailer', 'statistics']) {
    if (!report.includes(worker)) throw new Error(`the report does not know the worker ${worker}`);
  }
  const line = report.split('\n').find((text) => text.includes(BLOCKING_FUNCTION));
  if (line === undefined) throw new Error(`the report does not name ${BLOCKING_FUNCTION}`);
  say(
    `The report was complete after ${tookMs.toFixed(0)} ms, and says where it hangs:\n      ${line.trim()}`,
  );
}

async function main() {
  const script = fileURLToPath(new URL('server.cjs', import.meta.url));
  const service = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(service, 'exit');
  let stderr = '';
  service.stderr.on('data', (chunk) => (stderr += chunk));
  const limit = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`gave up after ${LIMIT_MS / 1000} s`)), LIMIT_MS).unref();
  });
  const died = ended.then(([code, signal]) => {
    throw new Error(`the service ended (${code ?? signal})`);
  });
  try {
    await Promise.race([demonstrate(service), limit, died]);
    process.exitCode = 0;
  } catch (error) {
    process.stderr.write(`\n${stderr}\ndemo: failed: ${error.message}\n`);
    process.exitCode = 1;
  } finally {
    died.catch(() => {});
    service.kill('SIGKILL');
    await ended;
  }
  if (process.exitCode === 0) say('Demo finished; the service was ended.\n');
}

await main();
