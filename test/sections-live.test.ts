import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PATIENT, TIME_SCALE } from './support/patience';
import { mainBlock, sectionOf, sectionsOf } from './support/report-text';
import { type Service, startService } from './support/service';

/** A report whose event loop was asked in time, which a busy machine makes a matter of chance. */
async function reportWithSections(service: Service): Promise<string> {
  for (;;) {
    const report = await service.reportOnSignal();
    if (!report.includes('the event loop did not turn in time')) return report;
  }
}

describe('registered sections of a running service', PATIENT, () => {
  test('cost themselves only, whatever they do', async (t) => {
    const service = await startService(t, { script: 'sections-service.cjs', args: ['idle'] }).ready();
    const report = await reportWithSections(service);
    assert.match(sectionOf(report, 'First'), /answer = 41/);
    assert.match(sectionOf(report, 'Throws'), /thrown on purpose/);
    assert.match(sectionOf(report, 'Rejects'), /rejected on purpose/);
    assert.match(sectionOf(report, 'Never'), /no result within \d+ ms/);
    assert.match(sectionOf(report, 'Circular'), /\[circular\]/);
    assert.match(sectionOf(report, 'BigInt'), /1180591620717411303424/);
    assert.match(sectionOf(report, 'Later'), /answer = later/);
    assert.match(sectionOf(report, 'Text'), /a line\n.*another line/);
    assert.match(sectionOf(report, 'Last'), /answer = 42/);
    assert.ok(service.alive);
  });

  test('come in the order of their registration, without those that were removed', async (t) => {
    const service = await startService(t, { script: 'sections-service.cjs', args: ['idle'] }).ready();
    const titles = [...sectionsOf(await service.reportOnSignal()).keys()];
    const own = [
      'Front',
      'First',
      'Throws',
      'Rejects',
      'Never',
      'Circular',
      'BigInt',
      'Huge',
      'Escapes',
      'Short',
      'Slow',
      'Tardy',
      'Later',
      'Text',
      'Last',
    ];
    assert.deepEqual(
      titles.filter((title) => own.includes(title)),
      own,
    );
    assert.ok(!titles.includes('Removed'));
  });

  test('have the time that each was given', async (t) => {
    const service = await startService(t, { script: 'sections-service.cjs', args: ['idle'] }).ready();
    const report = await service.reportOnSignal();
    assert.match(sectionOf(report, 'Short'), /timed out: no result within 100 ms/);
    assert.match(
      sectionOf(report, 'Never'),
      new RegExp(`timed out: no result within ${500 * TIME_SCALE} ms`),
    );
    // Longer than the sections have that say nothing.
    assert.match(sectionOf(report, 'Slow'), /answer = slow/);
    // Its result came while others were waited for.
    assert.match(sectionOf(report, 'Tardy'), /timed out: no result within 100 ms/);
  });

  test('are printed with the environment that they were run in', async (t) => {
    const env = { GMR_ENV: 'masked', API_TOKEN: 'hunter2', CART_REGION: 'north', CART_DB: 'a://u:hunter2@h' };
    const service = await startService(t, { script: 'sections-service.cjs', args: ['idle'], env }).ready();
    const report = await service.reportOnSignal();
    assert.match(sectionOf(report, 'Configuration'), /API_TOKEN = \*\*\*/);
    assert.match(sectionOf(report, 'Configuration'), /CART_REGION = north/);
    assert.match(sectionOf(report, 'Configuration'), /CART_DB = a:\/\/u:\*\*\*@h/);
    assert.doesNotMatch(report, /hunter2/);
  });

  test('are bounded, masked, and cannot write to the terminal', async (t) => {
    const service = await startService(t, { script: 'sections-service.cjs', args: ['idle'] }).ready();
    const report = await service.reportOnSignal();
    assert.ok(sectionOf(report, 'Huge').length < 1_000_000);
    assert.doesNotMatch(report, /hunter2/);
    assert.match(sectionOf(report, 'Configuration'), /password = \*\*\*/);
    assert.match(sectionOf(report, 'Configuration'), /host = db\.example/);
    assert.ok(!report.includes('\u001b'));
  });

  test('are run again for the next report', async (t) => {
    const service = await startService(t, { script: 'sections-service.cjs', args: ['idle'] }).ready();
    await reportWithSections(service);
    assert.match(sectionOf(await reportWithSections(service), 'Last'), /answer = 42/);
  });

  test('are reported as not asked while the event loop is blocked', async (t) => {
    const service = await startService(t, { script: 'sections-service.cjs', args: ['busy'] }).ready();
    const report = await service.reportOnSignal();
    for (const title of ['First', 'Last']) assert.match(sectionOf(report, title), /event loop/i);
    // The configuration was photographed at setup: it does not need the loop.
    assert.match(sectionOf(report, 'Configuration'), /host = db\.example/);
    assert.match(sectionOf(report, 'Package'), /4\.5\.6/);
    // So was the environment: names, and values of a list.
    assert.match(sectionOf(report, 'Configuration'), /environment \(option env is 'safe'/);
  });

  test('that never return are told from those before and after them', async (t) => {
    const service = await startService(t, { script: 'sections-service.cjs', args: ['hang-sync'] }).ready();
    const report = await service.reportOnSignal();
    assert.match(sectionOf(report, 'Before'), /answer = before/);
    assert.doesNotMatch(sectionOf(report, 'After'), /answer = after/);
    // The next report shows who holds the loop now.
    assert.match(mainBlock(await service.reportOnSignal()).body, /stuckSection \(/);
  });

  test('that end the process do so, with their own exit code', async (t) => {
    const service = await startService(t, { script: 'sections-service.cjs', args: ['exit'] }).ready();
    service.signal();
    assert.deepEqual(await service.exited(), { code: 7, signal: null });
  });
});
