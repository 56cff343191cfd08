import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { scratchFolder } from './support/files';
import { PATIENT, TIME_SCALE } from './support/patience';
import { mainBlock } from './support/report-text';
import { type Service, startService } from './support/service';
import { assertAlive, startTriggered } from './support/trigger-service';

const INTERVAL_S = 0.05;
/** Long enough for several looks at the file. */
const SOME_LOOKS_MS = 250 * TIME_SCALE;

function touch(path: string): void {
  const now = new Date();
  utimesSync(path, now, now);
}

/** A service that watches a file, which exists already. */
async function startWatching(t: TestContext): Promise<{ service: Service; path: string }> {
  const path = join(scratchFolder(t), 'trigger');
  writeFileSync(path, '');
  // Otherwise the file could be touched again within the same tick of the file system's clock.
  await pause(20);
  const service = await startTriggered(t, { fileEventHandler: path, fileEventHandlerInterval: INTERVAL_S });
  return { service, path };
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** The time that passes is the subject: nothing may come in it. */
async function assertQuiet(service: Service): Promise<void> {
  const before = service.reportCount;
  await pause(SOME_LOOKS_MS);
  assert.equal(service.reportCount, before, service.stderr.slice(-3_000));
}

/** Each does it to the trigger file, and is answered by one report. */
const ACTS: Readonly<Record<string, (path: string) => void>> = {
  'is touched': touch,
  'is appended to': (path) => appendFileSync(path, 'x'),
  'is overwritten with the same content': (path) => writeFileSync(path, ''),
  'is replaced by a rename': (path) => {
    writeFileSync(`${path}.new`, '');
    renameSync(`${path}.new`, path);
  },
  'is deleted and made again': (path) => {
    unlinkSync(path);
    writeFileSync(path, '');
  },
  'becomes a symbolic link to another file': (path) => {
    writeFileSync(`${path}.target`, '');
    unlinkSync(path);
    symlinkSync(`${path}.target`, path);
  },
  'gets a time in the past': (path) => utimesSync(path, 1, 1),
  'gets a time in the future': (path) => utimesSync(path, new Date(), new Date(Date.now() + 3_600_000)),
};

describe('a line on stderr warns about a watched file', PATIENT, () => {
  const SHARED =
    /^gmr: GMR_FILE_TRIGGER_SHARED: every user of this system may touch or replace (.*?), and thereby/gm;

  /** Starts a service that watches `trigger` in a folder, and makes a report. */
  async function warnings(
    t: TestContext,
    prepare: (folder: string, path: string) => void,
  ): Promise<string[]> {
    const folder = scratchFolder(t);
    const path = join(folder, 'trigger');
    prepare(folder, path);
    await pause(20);
    const service = await startTriggered(t, { fileEventHandler: path, fileEventHandlerInterval: INTERVAL_S });
    writeFileSync(path, 'x');
    await service.report();
    touch(path);
    await service.report();
    await assertAlive(service);
    return [...service.stderr.matchAll(SHARED)].map(([, shared]) => shared?.replace(folder, '') ?? '');
  }

  test('that everyone may touch, once', async (t) => {
    const prepare = (_: string, path: string): void => {
      writeFileSync(path, '');
      chmodSync(path, 0o666);
    };
    assert.deepEqual(await warnings(t, prepare), ['/trigger']);
  });

  test('that everyone may replace', async (t) => {
    const prepare = (folder: string, path: string): void => {
      writeFileSync(path, '');
      chmodSync(folder, 0o777);
    };
    assert.deepEqual(await warnings(t, prepare), ['/trigger']);
  });

  test('that everyone may create in a folder with the sticky bit', async (t) => {
    const folder = scratchFolder(t);
    chmodSync(folder, 0o1777);
    const fileEventHandler = join(folder, 'trigger');
    const service = await startTriggered(t, { fileEventHandler, fileEventHandlerInterval: INTERVAL_S });
    // Only then may the file be made: a look that came after that would find a file of the service's own user.
    await service.says(
      `GMR_FILE_TRIGGER_SHARED: every user of this system may touch or replace ${folder}/trigger,`,
    );
    writeFileSync(fileEventHandler, '');
    await service.report();
    assert.equal([...service.stderr.matchAll(SHARED)].length, 1);
  });

  test('but not about a file of its own user in such a folder', async (t) => {
    const prepare = (folder: string, path: string): void => {
      writeFileSync(path, '');
      chmodSync(folder, 0o1777);
    };
    assert.deepEqual(await warnings(t, prepare), []);
  });

  test('but not about one that only its owner may touch', async (t) => {
    assert.deepEqual(await warnings(t, (_, path) => writeFileSync(path, '')), []);
  });
});

describe('a report comes when the watched file', PATIENT, () => {
  for (const [what, act] of Object.entries(ACTS)) {
    test(`is touched, written or replaced: ${what}`, async (t) => {
      const { service, path } = await startWatching(t);
      act(path);
      assert.match(await service.report(), new RegExp(`trigger:\\s+file ${path}\n`));
      await assertQuiet(service);
      await assertAlive(service);
    });
  }

  test('is made after the start, in a folder that is made after the start', async (t) => {
    const folder = join(scratchFolder(t), 'later');
    const path = join(folder, 'trigger');
    const service = await startTriggered(t, { fileEventHandler: path, fileEventHandlerInterval: INTERVAL_S });
    mkdirSync(folder);
    await assertQuiet(service);
    writeFileSync(path, '');
    await service.report();
    touch(path);
    await service.report();
  });

  test('comes back after it was away', async (t) => {
    const { service, path } = await startWatching(t);
    unlinkSync(path);
    await assertQuiet(service);
    writeFileSync(path, '');
    await service.report();
  });

  test('is a folder that gets a file', async (t) => {
    const folder = scratchFolder(t);
    await pause(20);
    const service = await startTriggered(t, {
      fileEventHandler: folder,
      fileEventHandlerInterval: INTERVAL_S,
    });
    writeFileSync(join(folder, 'anything'), '');
    await service.report();
  });

  test('is touched after a time in the future was set', async (t) => {
    const { service, path } = await startWatching(t);
    utimesSync(path, new Date(), new Date(Date.now() + 3_600_000));
    await service.report();
    touch(path);
    await service.report();
  });

  test('is touched right after setupAutorun returned', async (t) => {
    const path = join(scratchFolder(t), 'trigger');
    const service = await startTriggered(t, { fileEventHandler: path, fileEventHandlerInterval: 1 });
    writeFileSync(path, '');
    await service.report();
  });

  test('is touched while the event loop is blocked', async (t) => {
    const { service, path } = await startWatching(t);
    service.write('block 20000\n');
    await service.line('blocking');
    touch(path);
    assert.match(mainBlock(await service.report()).body, /^ *block \(/m);
  });

  test('is touched while every event loop is blocked', async (t) => {
    const path = join(scratchFolder(t), 'trigger');
    const options = { fileEventHandler: path, fileEventHandlerInterval: INTERVAL_S };
    const service = await startTriggered(t, options, { words: ['worker'] });
    service.write('block-worker 20000\nblock 20000\n');
    await service.line('blocking');
    const touchedAtMs = Date.now();
    writeFileSync(path, '');
    const report = await service.report();
    // Usually within the interval and some milliseconds; the limit is for machines with other things to do.
    const requestedAtMs = Date.parse(/time: +(\S+)/.exec(report)?.[1] ?? '');
    assert.ok(
      requestedAtMs - touchedAtMs < INTERVAL_S * 1000 + 1000 * TIME_SCALE,
      `${requestedAtMs - touchedAtMs} ms`,
    );
    assert.match(mainBlock(report).body, /^ *block \(/m);
    assert.match(report, /worker 1 \(digger\): (?:blocked|running)/);
  });

  test('is named by a variable', async (t) => {
    const path = join(scratchFolder(t), 'trigger');
    const env = { GMR_FILE_EVENT_HANDLER: path, GMR_FILE_EVENT_HANDLER_INTERVAL: '0.05' };
    const service = await startTriggered(t, {}, { env });
    writeFileSync(path, '');
    await service.report();
  });

  test('is shared with a child process, of fork and of cluster', async (t) => {
    for (const how of ['fork', 'cluster']) {
      const path = join(scratchFolder(t), 'trigger');
      const env = { GMR_FILE_EVENT_HANDLER: path, GMR_FILE_EVENT_HANDLER_INTERVAL: '0.05' };
      const service = await startService(t, { script: 'family-service.cjs', args: [how], env }).ready();
      writeFileSync(path, '');
      // Two processes write to one stderr: their reports may be mixed, their notices of where they come from not.
      await service.says('service:  parent');
      await service.says('service:  child');
    }
  });
});

describe('no report comes', PATIENT, () => {
  test('for what was there before the start, nor for a change of its mode', async (t) => {
    const { service, path } = await startWatching(t);
    await assertQuiet(service);
    chmodSync(path, 0o600);
    await assertQuiet(service);
  });

  test('for each of several touches between two looks, but one for all of them', async (t) => {
    const path = join(scratchFolder(t), 'trigger');
    const service = await startTriggered(t, { fileEventHandler: path, fileEventHandlerInterval: 0.3 });
    for (let i = 0; i < 20; i += 1) appendFileSync(path, 'x');
    await service.report();
    await pause(700);
    // Two, when a look fell between them.
    assert.ok(service.reportCount <= 2, `${service.reportCount} reports`);
  });

  test('after dispose()', async (t) => {
    const { service, path } = await startWatching(t);
    service.write('dispose\n');
    await service.line('disposed');
    await pause(SOME_LOOKS_MS);
    touch(path);
    await assertQuiet(service);
  });
});

describe('a watched file', PATIENT, () => {
  test('takes the place of the signal', async (t) => {
    const { service } = await startWatching(t);
    service.signal('SIGUSR2');
    assert.deepEqual(await service.exited(), { code: null, signal: 'SIGUSR2' });
  });

  test('leaves the signal in place that is named too, and is no danger when it is gone', async (t) => {
    const folder = join(scratchFolder(t), 'folder');
    mkdirSync(folder);
    const fileEventHandler = join(folder, 'trigger');
    const service = await startTriggered(t, {
      fileEventHandler,
      fileEventHandlerInterval: INTERVAL_S,
      signal: 'SIGUSR2',
    });
    rmSync(folder, { recursive: true });
    assert.ok(!existsSync(folder));
    assert.match(await service.reportOnSignal(), /trigger:\s+SIGUSR2/);
  });

  test('that cannot be looked at is told once', async (t) => {
    // A name that no file system takes: looking at it fails for root as well.
    const fileEventHandler = join(scratchFolder(t), 'n'.repeat(300));
    const service = await startTriggered(t, { fileEventHandler, fileEventHandlerInterval: INTERVAL_S });
    await service.says('GMR_FILE_TRIGGER_FAILED');
    await assertQuiet(service);
    assert.equal(service.stderr.split('GMR_FILE_TRIGGER_FAILED').length, 2);
    await assertAlive(service);
  });
});
