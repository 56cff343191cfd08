import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { resolve as resolvePath } from 'node:path';
import { describe, test } from 'node:test';
import { assertRefused, fromEnvironment, readSettings } from './support/options';

describe('options of triggers and outputs', () => {
  test('switch the default signal off when a file is watched, but not one that is named', () => {
    assert.equal(readSettings({ fileEventHandler: 'f' }, {}).signal, false);
    const expected = { name: 'SIGUSR2', number: constants.signals.SIGUSR2 };
    assert.deepEqual(readSettings({ fileEventHandler: 'f', signal: 'SIGUSR2' }, {}).signal, expected);
    assert.deepEqual(readSettings({ fileEventHandler: 'f' }, { GMR_SIGNAL: 'SIGUSR2' }).signal, expected);
    assert.equal(readSettings({}, { GMR_FILE_EVENT_HANDLER: 'f' }).signal, false);
  });

  test('have paths that do not change with the working folder', () => {
    const { fileEventHandler, logDir } = readSettings({ fileEventHandler: 'f', logDir: '../logs' }, {});
    assert.equal(fileEventHandler, resolvePath('f'));
    assert.equal(logDir, resolvePath('../logs'));
  });

  test('out of range are refused', () => {
    for (const value of [0, 0.049, -1, Number.NaN, Infinity, '1', 86_401]) {
      assertRefused({ fileEventHandlerInterval: value }, "'fileEventHandlerInterval'", 'from 0.05 to 86400');
    }
    for (const value of ['', ' ', 5, 'a\0b', 'x'.repeat(5000)]) assertRefused({ logDir: value }, 'a path');
    assertRefused({ maxReports: 0 }, 'from 1 to 100000');
    assertRefused({ maxReportBytes: 4095 }, 'from 4096 to 1073741824');
    assertRefused({ blockedEventLoop: 1000 }, "'blockedEventLoop'", 'an object, true or false');
    assertRefused({ blockedEventLoop: { threshold: 1 } }, 'thresholdMs', "'threshold'");
    assertRefused({ blockedEventLoop: { thresholdMs: 19 } }, 'from 20 to 3600000');
    assertRefused({ blockedEventLoop: { threads: 'workers' } }, "'main' or 'all'");
    assertRefused({ blockedEventLoop: { onBlockEnd: true } }, 'a function');
  });

  test('of the watchdog have defaults', () => {
    const usual = { maxReportsPerHour: 6, threads: 'main', onBlockEnd: undefined };
    const given = (value: object | boolean): unknown =>
      readSettings({ blockedEventLoop: value }, {}).blockedEventLoop;
    assert.deepEqual(given(true), { thresholdMs: 1000, intervalMs: 250, ...usual });
    assert.deepEqual(given({ thresholdMs: 100 }), { thresholdMs: 100, intervalMs: 25, ...usual });
    assert.equal(given(false), false);
  });

  test('are read from variables', async () => {
    const { settings, warnings } = await fromEnvironment({
      GMR_FILE_EVENT_HANDLER: '/run/gmr',
      GMR_FILE_EVENT_HANDLER_INTERVAL: '0.5',
      GMR_BLOCKED_EVENT_LOOP: 'thresholdMs=300, threads=all',
      GMR_LOG_DIR: '/var/log/gmr',
      GMR_MAX_REPORTS: '7',
      GMR_MAX_REPORT_BYTES: '1073741824',
    });
    assert.deepEqual(warnings, []);
    assert.equal(settings.fileEventHandler, '/run/gmr');
    assert.equal(settings.fileEventHandlerInterval, 0.5);
    assert.equal(settings.logDir, '/var/log/gmr');
    assert.equal(settings.maxReports, 7);
    assert.equal(settings.maxReportBytes, 1_073_741_824);
    assert.ok(settings.blockedEventLoop !== false);
    assert.equal(settings.blockedEventLoop.thresholdMs, 300);
    assert.equal(settings.blockedEventLoop.threads, 'all');
    for (const [text, thresholdMs] of [
      ['on', 1000],
      ['2500', 2500],
    ] as const) {
      const read = (await fromEnvironment({ GMR_BLOCKED_EVENT_LOOP: text })).settings.blockedEventLoop;
      assert.ok(read !== false && read.thresholdMs === thresholdMs, text);
    }
  });

  test('in variables that mean nothing are warnings', async () => {
    for (const [name, value] of [
      ['GMR_FILE_EVENT_HANDLER_INTERVAL', '1e3'],
      ['GMR_FILE_EVENT_HANDLER_INTERVAL', '0.01'],
      ['GMR_BLOCKED_EVENT_LOOP', 'sometimes'],
      ['GMR_BLOCKED_EVENT_LOOP', 'thresholdMs=soon'],
      ['GMR_MAX_REPORTS', 'all'],
    ] as const) {
      const { settings, warnings } = await fromEnvironment({ [name]: value });
      assert.equal(warnings.length, 1, `${name}=${value}`);
      assert.ok(warnings[0]?.message.includes(name));
      assert.deepEqual(settings, readSettings({}, {}));
    }
  });
});
