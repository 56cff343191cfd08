import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, test } from 'node:test';
import type { NativeAddon } from '../src/addon/contract';
import { AUTORUN, installed, linuxOnly } from './support/gmr-command';
import { requireLib } from './support/lib';
import { startService } from './support/service';

const { SIGUSR2 } = constants.signals;

describe('a queued request for a report', linuxOnly, () => {
  const { loadAddon } = requireLib('addon/load') as { readonly loadAddon: () => NativeAddon };
  const addon = loadAddon();

  function errnoOf(action: () => void): number | undefined {
    try {
      action();
    } catch (error) {
      return (error as { readonly errno?: number }).errno;
    }
    return undefined;
  }

  test('reaches the process that was opened', async (t) => {
    const service = await startService(t, AUTORUN).ready();
    await installed(service);
    const fd = addon.openProcess(service.pid);
    t.after(() => closeSync(fd));
    assert.ok(fd >= 0, 'this kernel has no pidfd');
    // The pid is wrong on purpose: only the descriptor determines the process.
    addon.queueRequest(2 ** 30, fd, SIGUSR2);
    assert.match(
      await service.report(),
      new RegExp(`trigger: +SIGUSR2 from gmr trigger, pid ${process.pid} `),
    );
  });

  test('reaches no process when the one that was opened has ended, even if its pid is reused', async (t) => {
    const ended = await startService(t, AUTORUN).ready();
    const other = await startService(t, AUTORUN).ready();
    await installed(other);
    const fd = addon.openProcess(ended.pid);
    t.after(() => closeSync(fd));
    await ended.stop();
    assert.equal(
      errnoOf(() => addon.queueRequest(other.pid, fd, SIGUSR2)),
      constants.errno.ESRCH,
    );
    addon.queueRequest(other.pid, -1, SIGUSR2);
    // The report is the first one, and answers one signal.
    const report = await other.report();
    assert.match(report, /report: +\S+-1\n/);
    assert.doesNotMatch(report, /this report answers/);
  });

  test('is possible without a descriptor, by the number', async (t) => {
    const service = await startService(t, AUTORUN).ready();
    await installed(service);
    addon.queueRequest(service.pid, -1, SIGUSR2);
    assert.match(await service.report(), /trigger: +SIGUSR2 from gmr trigger, /);
  });
});
