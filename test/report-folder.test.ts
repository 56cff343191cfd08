import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { scratchFolder } from './support/files';
import { HARD_LIMIT_MS, PATIENT } from './support/patience';
import { END_MARKER, type Service } from './support/service';
import { assertAlive, startTriggered } from './support/trigger-service';

const SOMEBODY = 65_534;
const skip = process.getuid?.() === 0 ? false : 'only root can give files to another user';

async function write(service: Service): Promise<string> {
  const from = service.stdout.length;
  service.write('write\n');
  return (await service.line('wrote ', from)).slice('wrote '.length);
}

/** Asserts that the report goes to stderr, and that the line before it has the reason. */
async function assertRefused(service: Service, reason: RegExp): Promise<void> {
  assert.equal(await write(service), 'null');
  assert.ok((await service.report()).includes(END_MARKER));
  const line = service.stderr.split('\n').find((text) => text.includes('could not be written'));
  assert.match(line ?? '', reason);
  await assertAlive(service);
}

describe('a folder for reports is refused', PATIENT, () => {
  for (const end of ['/', '/.', '//', '/./', '/.//.']) {
    test(`when it is a symbolic link, even with ${end} at the end of the path`, async (t) => {
      const folder = scratchFolder(t);
      mkdirSync(join(folder, 'real'));
      symlinkSync(join(folder, 'real'), join(folder, 'link'));
      const service = await startTriggered(t, {}, { env: { GMR_LOG_DIR: `${folder}/link${end}` } });
      await assertRefused(service, /which is a symbolic link: \/.*\/link: /);
      assert.deepEqual(readdirSync(join(folder, 'real')), []);
    });
  }

  test('when the way to it leads through a link of another user', { skip }, async (t) => {
    const folder = scratchFolder(t);
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    lchownSync(join(folder, 'link'), SOMEBODY, SOMEBODY);
    const service = await startTriggered(t, { logDir: join(folder, 'link', 'logs') });
    await assertRefused(service, /symbolic link of another user: \/.*\/link: /);
    assert.deepEqual(readdirSync(join(folder, 'real')), []);
  });

  test('when a part of its path is a file, which the reason names', async (t) => {
    const file = join(scratchFolder(t), 'file');
    writeFileSync(file, '');
    const service = await startTriggered(t, { logDir: join(file, 'cart', 'logs') });
    await assertRefused(service, /\(opening the directory: \/.*\/file: Not a directory\)/);
  });

  test('when another user made it in a folder like /tmp', { skip }, async (t) => {
    const folder = scratchFolder(t);
    chmodSync(folder, 0o1777);
    mkdirSync(join(folder, 'theirs', 'logs'), { recursive: true });
    chownSync(join(folder, 'theirs'), SOMEBODY, SOMEBODY);
    for (const logDir of [join(folder, 'theirs'), join(folder, 'theirs', 'logs')])
      await assertRefused(await startTriggered(t, { logDir }), /another user has made where everyone may/);
    assert.deepEqual(readdirSync(join(folder, 'theirs', 'logs')), []);
  });

  test('when it belongs to another user and everyone may write to it', { skip }, async (t) => {
    const logDir = join(scratchFolder(t), 'logs');
    mkdirSync(logDir);
    chownSync(logDir, SOMEBODY, SOMEBODY);
    chmodSync(logDir, 0o1777);
    await assertRefused(await startTriggered(t, { logDir }), /of another user that everyone may write to/);
  });
});

describe('a folder for reports is used', PATIENT, () => {
  test('behind a link of our own on the way to it, and is made there', async (t) => {
    const folder = scratchFolder(t);
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    const file = await write(await startTriggered(t, { logDir: `${folder}/link/./a//b/` }));
    assert.ok(existsSync(file), file);
    assert.deepEqual(readdirSync(join(folder, 'real', 'a', 'b')), [basename(file)]);
  });

  test('when it belongs to another user who alone may write to it, as root', { skip }, async (t) => {
    const logDir = join(scratchFolder(t), 'logs');
    mkdirSync(logDir);
    chownSync(logDir, SOMEBODY, SOMEBODY);
    assert.ok(existsSync(await write(await startTriggered(t, { logDir }))));
  });

  for (const [mode, words] of [
    [0o777, 'add files that look like reports and remove reports'],
    [0o1777, 'add files that look like reports'],
  ] as const) {
    test(`when everyone may write to it (${mode.toString(8)}), with one warning`, async (t) => {
      const logDir = scratchFolder(t);
      chmodSync(logDir, mode);
      const service = await startTriggered(t, { logDir });
      for (let count = 0; count < 3; count += 1) assert.ok(existsSync(await write(service)));
      const shown = mode.toString(8).padStart(4, '0');
      const warning = `gmr: GMR_LOG_DIR_SHARED: everyone may write to ${logDir} (mode ${shown}), so other users can ${words}\n`;
      await service.says(warning);
      assert.equal(service.stderr.split(warning).length, 2);
    });
  }

  test('when a group may write to it, without a warning', async (t) => {
    const logDir = scratchFolder(t);
    chmodSync(logDir, 0o2775);
    const service = await startTriggered(t, { logDir });
    assert.ok(existsSync(await write(service)));
    assert.doesNotMatch(service.stderr, /may write to/);
  });
});

/** Moves the folder as soon as a file is in it. Synchronous, as nothing else is as quick. */
function moveWhenUsed(folder: string, to: string): void {
  const end = Date.now() + HARD_LIMIT_MS;
  while (readdirSync(folder).length === 0) assert.ok(Date.now() < end, 'no file came');
  renameSync(folder, to);
}

test(
  'a folder for reports that is moved while a report is written is not told as its place',
  PATIENT,
  async (t) => {
    const folder = scratchFolder(t);
    const logDir = join(folder, 'logs');
    const conf = Object.fromEntries(Array.from({ length: 25 }, (_, key) => [`key${key}`, 'x'.repeat(4_000)]));
    // Two files, so that it takes long enough.
    const service = await startTriggered(t, { logDir, conf, format: ['text', 'json'] });
    // A machine that is busy elsewhere may move the folder too late, when all was true.
    for (let round = 1; ; round += 1) {
      assert.ok(round <= 20, 'what was not there was told as written');
      mkdirSync(logDir);
      const from = service.stdout.length;
      service.write('write\n');
      moveWhenUsed(logDir, join(folder, `moved-${round}`));
      if ((await service.line('wrote ', from)) === 'wrote null') break;
    }
    await service.says('finding the file again after it was written');
    assert.ok((await service.report()).includes(END_MARKER));
    await assertAlive(service);
  },
);
