import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { scratchFolder } from './support/files';
import { PATIENT } from './support/patience';
import type { Service } from './support/service';
import { shellCommand } from './support/shell';
import { startTriggered } from './support/trigger-service';

const PREFIX = 'triggered_gurumeditation_';
const OLD_S = 1_600_000_000;
const isRoot = process.getuid?.() === 0;

/** Makes a file with this name and modification time. */
function put(folder: string, name: string, modifiedS = OLD_S): string {
  const path = join(folder, name);
  writeFileSync(path, 'an earlier report');
  utimesSync(path, modifiedS, modifiedS);
  return name;
}

/** Returns the path that `writeReport()` resolved with, after checking that the file exists. */
async function write(service: Service): Promise<string> {
  const from = service.stdout.length;
  service.write('write\n');
  const file = (await service.line('wrote ', from)).slice('wrote '.length);
  assert.ok(existsSync(file), `${file} does not exist`);
  return basename(file);
}

function stampIn(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString().replace(/\D/g, '').slice(0, 14);
}

describe('a report that was just written is never removed', PATIENT, () => {
  test('when more than maxReports are written within a second', async (t) => {
    const logDir = scratchFolder(t);
    const service = await startTriggered(t, { logDir, maxReports: 2 });
    const names = [];
    for (let count = 0; count < 8; count += 1) names.push(await write(service));
    assert.equal(new Set(names).size, 8);
    assert.deepEqual(readdirSync(logDir).sort(), names.sort());
    assert.match(service.stderr, new RegExp(`written to ${join(logDir, names.at(-1) ?? '')}\n`));
  });

  test('when a clock ran ahead and there are files of the future', async (t) => {
    const logDir = scratchFolder(t);
    const ahead = Date.now() / 1000 + 86_400;
    put(logDir, `${PREFIX}${stampIn(86_400)}`, ahead);
    const later = put(logDir, `${PREFIX}${stampIn(86_401)}`, ahead + 1);
    const old = put(logDir, `${PREFIX}20200101000000`);
    const service = await startTriggered(t, { logDir, maxReports: 3 });
    const first = await write(service);
    // The age of the others is unknown; the report with a plausible time stays.
    assert.deepEqual(readdirSync(logDir).sort(), [later, old, first].sort());
    const second = await write(service);
    assert.deepEqual(readdirSync(logDir).sort(), [old, first, second].sort());
  });

  test('by another process with the same folder and name', async (t) => {
    const logDir = scratchFolder(t);
    const services = await Promise.all(
      [1, 2, 3].map(async () => await startTriggered(t, { logDir, maxReports: 1 })),
    );
    const rounds = await Promise.all(
      services.map(async (service) => [await write(service), await write(service)]),
    );
    assert.deepEqual(readdirSync(logDir).sort(), rounds.flat().sort());
  });

  test('when the clock of the other process is years behind', async (t) => {
    const logDir = scratchFolder(t);
    const theirs = put(logDir, `${PREFIX}20200101000000`, Date.now() / 1000);
    const service = await startTriggered(t, { logDir, maxReports: 1 });
    const ours = await write(service);
    assert.deepEqual(readdirSync(logDir).sort(), [theirs, ours].sort());
  });

  test('in a folder with 100,000 files of such names', async (t) => {
    const logDir = scratchFolder(t);
    const script = `seq -f '${PREFIX}20300101000000_%.0f' 1 100000 | xargs touch`;
    const [shell, ...args] = shellCommand(script);
    assert.equal(spawnSync(shell, args, { cwd: logDir }).status, 0);
    assert.equal(readdirSync(logDir).length, 100_000);
    const service = await startTriggered(t, { logDir, maxReports: 2 });
    const names = [await write(service), await write(service)];
    for (const name of names) assert.ok(existsSync(join(logDir, name)));
  });
});

describe('only reports of the service count', PATIENT, () => {
  test('and not folders, links and other files with such names', async (t) => {
    const logDir = scratchFolder(t);
    const others = [
      put(logDir, `${PREFIX}20200101000000.txt`),
      put(logDir, `${PREFIX}20200101000000.json.bak`),
      put(logDir, `${PREFIX}20200101000000_007`),
      put(logDir, `${PREFIX}20200101000000_1234567`),
      put(logDir, `other-${PREFIX}20200101000000`),
    ];
    for (let number = 1; number <= 3; number += 1) {
      others.push(`${PREFIX}20300101000000_${number}`, `${PREFIX}20400101000000_${number}`);
      mkdirSync(join(logDir, `${PREFIX}20300101000000_${number}`));
      symlinkSync('/dev/null', join(logDir, `${PREFIX}20400101000000_${number}`));
    }
    const real = put(logDir, `${PREFIX}20200101000000`);
    const service = await startTriggered(t, { logDir, maxReports: 2 });
    const first = await write(service);
    assert.deepEqual(readdirSync(logDir).sort(), [...others, real, first].sort());
    const second = await write(service);
    assert.deepEqual(readdirSync(logDir).sort(), [...others, first, second].sort());
  });

  test('and not files of another user', { skip: !isRoot && 'only root can make them' }, async (t) => {
    const logDir = scratchFolder(t);
    const theirs = [1, 2, 3].map((number) => put(logDir, `${PREFIX}20300101000000_${number}`));
    for (const name of theirs) chownSync(join(logDir, name), 65_534, 65_534);
    const real = put(logDir, `${PREFIX}20200101000000`);
    const service = await startTriggered(t, { logDir, maxReports: 2 });
    const first = await write(service);
    assert.deepEqual(readdirSync(logDir).sort(), [...theirs, real, first].sort());
  });

  test('and a report in several formats counts once', async (t) => {
    const logDir = scratchFolder(t);
    for (const extension of ['', '.json', '.jsonl']) {
      put(logDir, `${PREFIX}20200101000000${extension}`);
      put(logDir, `${PREFIX}20200101000001${extension}`, OLD_S + 1);
    }
    const service = await startTriggered(t, { logDir, maxReports: 2, format: ['text', 'json', 'log'] });
    const name = await write(service);
    const expected = [`${PREFIX}20200101000001`, name].flatMap((each) =>
      ['', '.json', '.jsonl'].map((extension) => each + extension),
    );
    assert.deepEqual(readdirSync(logDir).sort(), expected.sort());
  });
});

describe('the number of a report', PATIENT, () => {
  test('is above the highest of its second, so that names stay in order', async (t) => {
    const logDir = scratchFolder(t);
    for (let ahead = 0; ahead < 30; ahead += 1) put(logDir, `${PREFIX}${stampIn(ahead)}_7`);
    const service = await startTriggered(t, { logDir });
    assert.match(await write(service), /^triggered_gurumeditation_\d{14}_8$/);
  });
});
