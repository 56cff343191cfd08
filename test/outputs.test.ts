import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { reportFiles, scratchFolder, untilReportFiles } from './support/files';
import { fixturePath } from './support/paths';
import { PATIENT, eventually } from './support/patience';
import { END_MARKER, type Service, cutReports } from './support/service';
import { shellCommand } from './support/shell';
import { assertAlive, startTriggered } from './support/trigger-service';

const NAME = /^triggered_gurumeditation_\d{14}(_\d+)?$/;

/** What `writeReport()` of the service was answered. */
async function written(service: Service): Promise<string> {
  const from = service.stdout.length;
  service.write('write\n');
  return (await service.line('wrote ', from)).slice('wrote '.length);
}

/** Makes the report go to stderr, and hands back what stderr says of the reason. */
async function reasonOnStderr(service: Service): Promise<string> {
  assert.equal(await written(service), 'null');
  const report = await service.report();
  assert.ok(report.includes(END_MARKER));
  await assertAlive(service);
  const line = service.stderr.split('\n').find((text) => text.includes('could not be written'));
  assert.ok(line !== undefined, service.stderr.slice(-3_000));
  return line;
}

describe('a report file', PATIENT, () => {
  test('is complete, for its owner only, in a folder that is made', async (t) => {
    const logDir = join(scratchFolder(t), 'a', 'b');
    const service = await startTriggered(t, { logDir });
    const started = Date.now();
    service.signal();
    const [name = ''] = await untilReportFiles(logDir, 1);
    assert.match(name, NAME);
    const stamp = /\d{14}/.exec(name)?.[0] ?? '';
    const [, year, month, day, hour, minute, second] = /(.{4})(..)(..)(..)(..)(..)/.exec(stamp) ?? [];
    const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    assert.ok(at >= started - 1000 && at <= Date.now(), `${stamp} is not now in UTC`);
    assert.equal(statSync(join(logDir, name)).mode & 0o7777, 0o600);
    assert.equal(statSync(logDir).mode & 0o777, 0o700);
    assert.equal(cutReports(readFileSync(join(logDir, name), 'utf8')).length, 1);
    // Nothing else is left, and the operator learns where it is.
    assert.deepEqual(readdirSync(logDir), [name]);
    await service.says(` written to ${join(logDir, name)}\n`);
    assert.equal(service.reportCount, 0);
  });

  test('has its own name for each of four signals within a second', async (t) => {
    const logDir = scratchFolder(t);
    const service = await startTriggered(t, { logDir });
    for (let count = 1; count <= 4; count += 1) {
      service.signal();
      await untilReportFiles(logDir, count);
    }
    const names = reportFiles(logDir);
    assert.equal(new Set(names).size, 4);
    for (const name of names) {
      assert.match(name, NAME);
      assert.equal(cutReports(readFileSync(join(logDir, name), 'utf8')).length, 1, name);
    }
  });

  test('replaces nothing that is there, and follows no link that is there', async (t) => {
    const logDir = scratchFolder(t);
    const service = await startTriggered(t, { logDir });
    const victim = join(logDir, 'victim');
    writeFileSync(victim, 'precious');
    // The names of this second and of some that follow, without a gap when the second ends meanwhile.
    const now = Date.now();
    for (let ahead = 0; ahead < 20; ahead += 1) {
      const stamp = new Date(now + ahead * 1000).toISOString().replace(/\D/g, '').slice(0, 14);
      symlinkSync(victim, join(logDir, `triggered_gurumeditation_${stamp}`));
    }
    assert.match(basename(await written(service)), /^triggered_gurumeditation_\d{14}_1$/);
    assert.equal(readFileSync(victim, 'utf8'), 'precious');
  });

  test('stays in its folder, whatever the service is called', async (t) => {
    const logDir = join(scratchFolder(t), 'logs');
    const expected: readonly (readonly [string, string])[] = [
      ['../../evil', 'evil'],
      ['@acme/cart api', 'acme_cart_api'],
      ['.hidden', 'hidden'],
      ['/', 'node'],
      ['-rf *', 'rf__'],
      ['ünï', 'n__'],
    ];
    for (const [serviceName, part] of expected) {
      const service = await startTriggered(t, { logDir, serviceName });
      const file = await written(service);
      assert.ok(file.startsWith(`${logDir}/${part}_gurumeditation_`), `${serviceName}: ${file}`);
    }
  });

  test('goes when there are more than maxReports, the oldest first, of this service only', async (t) => {
    const logDir = scratchFolder(t);
    const old = ['20200101000000', '20200101000000_2', '20200101000000_10', '20190101000000'];
    for (const stamp of old) {
      const path = join(logDir, `triggered_gurumeditation_${stamp}`);
      writeFileSync(path, '');
      // With equal times, the names decide.
      utimesSync(path, 1_577_836_800, 1_577_836_800);
    }
    const kept = [
      'triggered_gurumeditation_notes',
      'triggered_gurumeditation_20200101000000_x',
      'another_gurumeditation_20200101000000',
      'not-triggered_gurumeditation_20200101000000',
    ];
    for (const name of kept) writeFileSync(join(logDir, name), '');
    const service = await startTriggered(t, { logDir, maxReports: 3 });
    const file = basename(await written(service));
    await eventually('the oldest are gone', () => (readdirSync(logDir).length <= 7 ? true : undefined));
    const expected = [
      ...kept,
      'triggered_gurumeditation_20200101000000_2',
      'triggered_gurumeditation_20200101000000_10',
      file,
    ];
    assert.deepEqual(readdirSync(logDir).sort(), expected.sort());
  });

  test('that was left half written by an earlier process goes, a young one stays', async (t) => {
    const logDir = scratchFolder(t);
    const abandoned = join(logDir, '.triggered_gurumeditation_20200101000000.77.part');
    const young = join(logDir, '.triggered_gurumeditation_20200101000001.78.part');
    writeFileSync(abandoned, 'half');
    utimesSync(abandoned, 1, 1);
    writeFileSync(young, 'half');
    const service = await startTriggered(t, { logDir });
    const file = await written(service);
    await eventually('it is gone', () => (readdirSync(logDir).length === 2 ? true : undefined));
    assert.deepEqual(readdirSync(logDir).sort(), [basename(young), basename(file)].sort());
  });

  test('is cut at maxReportBytes, and says so', async (t) => {
    const logDir = scratchFolder(t);
    const service = await startTriggered(t, {
      logDir,
      maxReportBytes: 8192,
      conf: { long: 'x'.repeat(9000) },
    });
    const text = readFileSync(await written(service), 'utf8');
    assert.ok(Buffer.byteLength(text) <= 8192, `${Buffer.byteLength(text)} bytes`);
    assert.match(text, /^ {2}main thread: /m);
    assert.match(text, /\*\*\* cut here: the report has \d+ bytes, and maxReportBytes is 8192 \*\*\*/);
    assert.equal(cutReports(text).length, 1, 'it has a beginning and an end');
  });

  test('is written while the event loop is blocked', async (t) => {
    const logDir = scratchFolder(t);
    const service = await startTriggered(t, { logDir });
    service.write('block 20000\n');
    await service.line('blocking');
    service.signal();
    const [name = ''] = await untilReportFiles(logDir, 1);
    assert.match(readFileSync(join(logDir, name), 'utf8'), /^ *block \(/m);
  });

  test('is UTF-8 in every locale', async (t) => {
    const logDir = scratchFolder(t);
    const conf = { größe: 'über 5 µm', 名前: '株式会社 🛒' };
    for (const locale of ['C', 'POSIX', 'en_US.ISO-8859-1']) {
      const env = { LC_ALL: locale, LANG: locale };
      const text = readFileSync(await written(await startTriggered(t, { logDir, conf }, { env })), 'utf8');
      assert.match(text, /größe = über 5 µm\n/, locale);
      assert.match(text, /名前 = 株式会社 🛒\n/, locale);
    }
  });

  test('has a folder that a variable names', async (t) => {
    const logDir = scratchFolder(t);
    const service = await startTriggered(t, {}, { env: { GMR_LOG_DIR: logDir } });
    assert.ok((await written(service)).startsWith(logDir));
  });
});

describe('a report goes to stderr, with the reason,', PATIENT, () => {
  test('when the folder is a file', async (t) => {
    const logDir = join(scratchFolder(t), 'file');
    writeFileSync(logDir, '');
    assert.match(await reasonOnStderr(await startTriggered(t, { logDir })), /Not a directory/);
  });

  test('when the folder is a symbolic link', async (t) => {
    const folder = scratchFolder(t);
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    const service = await startTriggered(t, { logDir: join(folder, 'link') });
    assert.match(await reasonOnStderr(service), /symbolic link/);
    assert.deepEqual(readdirSync(join(folder, 'real')), []);
  });

  test('when the folder cannot be made', async (t) => {
    const service = await startTriggered(t, { logDir: '/proc/no/such/place' });
    assert.match(await reasonOnStderr(service), /No such file or directory/);
  });

  test('when the folder may not be written to', async (t) => {
    const logDir = scratchFolder(t);
    chmodSync(logDir, 0o500);
    // Root may write everywhere but in a file system that is read only, such as this one.
    const isRoot = process.getuid?.() === 0;
    const service = await startTriggered(t, { logDir: isRoot ? '/sys' : logDir });
    assert.match(await reasonOnStderr(service), /Permission denied|Read-only file system|not permitted/);
  });

  test('when there are no descriptors left', async (t) => {
    const logDir = scratchFolder(t);
    const [execPath, ...execArgv] = shellCommand('ulimit -n 64 && exec "$0" "$@"', process.execPath);
    const service = await startTriggered(t, { logDir }, { execPath, execArgv });
    service.write('use-up-descriptors\n');
    await service.line('used up EMFILE');
    service.signal();
    assert.ok((await service.report()).includes(END_MARKER));
    await service.says('could not be written');
    assert.match(
      service.stderr,
      /could not be written to .*(Too many open files|No file descriptors available)/,
    );
    await assertAlive(service);
  });

  test('when the disk is full, and nothing half written is left', async (t) => {
    const logDir = scratchFolder(t);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', logDir], {
      encoding: 'utf8',
    });
    if (mount.status !== 0) {
      t.skip(`no file system may be mounted here: ${mount.error?.message ?? mount.stderr.trim()}`);
      return;
    }
    try {
      const ballast = join(logDir, 'ballast');
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k', 'count=32']);
      const service = await startTriggered(t, { logDir });
      assert.match(await reasonOnStderr(service), /No space left/);
      assert.deepEqual(readdirSync(logDir), ['ballast']);
      // There is room again: the next one is a file.
      rmSync(ballast);
      assert.ok((await written(service)).startsWith(logDir));
    } finally {
      spawnSync('umount', ['-l', logDir]);
    }
  });
});

describe('a log folder that is removed while the service runs', PATIENT, () => {
  test('is made again', async (t) => {
    const logDir = join(scratchFolder(t), 'logs');
    const service = await startTriggered(t, { logDir });
    await written(service);
    rmSync(logDir, { recursive: true });
    const file = await written(service);
    assert.equal(cutReports(readFileSync(file, 'utf8')).length, 1);
  });
});

/** Starts the service with a stderr of the test's own making, and hands back its lines. */
function startRaw(
  t: TestContext,
  options: object,
  stderr: number | 'pipe',
): {
  readonly say: (line: string) => void;
  readonly line: (pattern: RegExp) => Promise<string>;
  readonly child: ReturnType<typeof spawn>;
} {
  const child = spawn(process.execPath, [fixturePath('trigger-service.cjs'), JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', stderr],
  });
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
  return {
    child,
    say: (line) => child.stdin?.write(`${line}\n`),
    async line(pattern) {
      const found = await eventually(`${pattern} on stdout`, () => {
        assert.equal(child.exitCode ?? child.signalCode, null, 'the service ended');
        return pattern.exec(text) ?? undefined;
      });
      text = text.slice(found.index + found[0].length);
      return found[0];
    },
  };
}

describe('the service is none the worse', PATIENT, () => {
  test('when nobody reads its stderr, which is full', async (t) => {
    const raw = startRaw(t, { reportTimeoutMs: 300, conf: { long: 'x'.repeat(20_000) } }, 'pipe');
    raw.child.stderr?.pause();
    await raw.line(/^ready\n/m);
    const full = 'failed GMR_REPORT_FAILED expected an output that takes the report';
    let failures = 0;
    for (let i = 0; i < 100 && failures < 3; i += 1) {
      raw.say('write');
      if ((await raw.line(/^(?:wrote|failed) .*\n/m)).includes(full)) failures += 1;
      raw.say('ping');
      await raw.line(/^pong\n/m);
    }
    assert.equal(failures, 3);
  });

  test('when the reader of its stderr is gone', async (t) => {
    const raw = startRaw(t, {}, 'pipe');
    await raw.line(/^ready\n/m);
    raw.child.stderr?.destroy();
    raw.say('write');
    await raw.line(/^failed GMR_REPORT_FAILED .*\n/m);
    raw.child.kill('SIGUSR2');
    raw.say('ping');
    await raw.line(/^pong\n/m);
  });

  test('when its stderr takes nothing, and a report file is written all the same', async (t) => {
    const logDir = scratchFolder(t);
    const full = openSync('/dev/full', 'w');
    t.after(() => closeSync(full));
    const raw = startRaw(t, { logDir }, full);
    await raw.line(/^ready\n/m);
    raw.say('write');
    const line = await raw.line(/^wrote .*\n/m);
    assert.ok(line.startsWith(`wrote ${logDir}`), line);
    raw.say('ping');
    await raw.line(/^pong\n/m);
  });
});

describe('a closed stderr', PATIENT, () => {
  test('is said by writeReport(), and harms nobody', async (t) => {
    const service = await startTriggered(t, {});
    service.write('close-stderr\n');
    await service.line('closed');
    service.signal();
    service.write('write\n');
    assert.match(await service.line('failed '), /GMR_REPORT_FAILED .*Bad file descriptor/);
    await assertAlive(service);
  });

  test('does not keep a report from its file', async (t) => {
    const logDir = scratchFolder(t);
    const service = await startTriggered(t, { logDir });
    service.write('close-stderr\n');
    await service.line('closed');
    assert.equal(cutReports(readFileSync(await written(service), 'utf8')).length, 1);
  });
});

describe('writeReport()', PATIENT, () => {
  test('resolves with null when reports go to stderr', async (t) => {
    const service = await startTriggered(t, {});
    assert.equal(await written(service), 'null');
    assert.match(await service.report(), /trigger:\s+api\n/);
  });
});

describe('onReport()', PATIENT, () => {
  test('tells of every report, when the event loop turns', async (t) => {
    const logDir = scratchFolder(t);
    const service = await startTriggered(t, { logDir });
    service.write('listen\n');
    await service.line('listening');
    service.signal();
    const told = JSON.parse((await service.line('told ')).slice(5)) as Record<string, unknown>;
    assert.equal(told['pid'], service.pid);
    assert.equal(told['file'], join(logDir, reportFiles(logDir)[0] ?? ''));
    assert.equal(told['error'], null);
    assert.match(JSON.stringify(told['trigger']), /"kind":"signal","signal":"SIGUSR2"/);
    await service.says(`report ${String(told['reportId'])} written`);
  });
});
