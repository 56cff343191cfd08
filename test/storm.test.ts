import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HARD_LIMIT_MS, TIME_SCALE } from './support/patience';
import { startService } from './support/service';

const SECONDS = Number(process.env['GMR_STORM_SECONDS'] ?? 4 * TIME_SCALE);
const WIDTH = 64;

test(
  `${WIDTH} workers come and go for ${SECONDS} s under a signal every 2 ms`,
  { timeout: HARD_LIMIT_MS * 4 },
  async (t) => {
    const service = startService(t, {
      script: 'storm-service.cjs',
      args: [String(WIDTH), String(SECONDS)],
      limitMs: HARD_LIMIT_MS + SECONDS * 1000,
    });
    await service.ready();
    const burst = setInterval(() => service.signal(), 2);
    t.after(() => clearInterval(burst));
    const started = Number((await service.line('done ')).split(' ')[1]);
    clearInterval(burst);

    // A storm that did not rage would prove nothing.
    assert.ok(started > WIDTH, `only ${started} workers were started`);
    // With as many busy threads the reporter gets a small part of the CPU: the first report may take seconds.
    await service.report();
    t.diagnostic(`${started} workers, ${service.reportCount} reports`);

    service.skipReports();
    assert.match(await service.reportOnSignal(), /Guru Meditation/);
  },
);
