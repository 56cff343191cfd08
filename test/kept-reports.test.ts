import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, after, describe, test } from 'node:test';
import type { StatusPage } from '../src/addon/status';
import { buildLauncher, filtered } from './support/filters';
import { GMR, installed, linuxOnly, runGmr } from './support/gmr-command';
import { requireLib } from './support/lib';
import { fixturePath } from './support/paths';
import { HARD_LIMIT_MS, eventually } from './support/patience';
import { type Service, type ServiceOptions, startService } from './support/service';
import { shellCommand } from './support/shell';

const { readStatusPage } = requireLib(
  'cli/processes/status-page',
) as typeof import('../src/cli/processes/status-page');

const REPORT = /^={72}\n==== +Guru Meditation +====\n[^]*\n==== End of report \S+ ====\n$/;

const folder = mkdtempSync(join(tmpdir(), 'gmr-kept-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function kept(
  options: Readonly<Record<string, unknown>> = {},
  more: Partial<ServiceOptions> = {},
): ServiceOptions {
  return { script: 'kept-service.cjs', ...more, args: [JSON.stringify(options), ...(more.args ?? [])] };
}

async function start(t: TestContext, options: ServiceOptions): Promise<Service> {
  const service = await startService(t, options).ready();
  await installed(service);
  return service;
}

function page(pid: number): StatusPage {
  const found = readStatusPage(pid);
  assert.ok(found !== null, 'there is a page');
  return found;
}

/** Links of the descriptors that gmr-native keeps open. */
function memoryFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`)
    .map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`))
    .filter((link) => link.startsWith('/memfd:gmr-'));
}

async function assertShows(service: Service, target = 'kept-in-code'): Promise<void> {
  const { code, stdout, stderr } = await runGmr([target]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, REPORT);
  assert.match(stdout, new RegExp(`process: +pid ${service.pid},`));
}

describe('gmr <name> prints the report of a process', linuxOnly, () => {
  test('whose name was given in code, and whose standard error is a socket', async (t) => {
    await assertShows(await start(t, kept()));
  });

  test('and not the one that somebody else requests at the same time', async (t) => {
    const service = await start(t, kept());
    const timer = setInterval(() => service.signal(), 250);
    t.after(() => clearInterval(timer));
    for (let round = 0; round < 5; round += 1) {
      const { stdout, stderr } = await runGmr([String(service.pid)]);
      // Of signals that come together, one report answers all.
      assert.match(
        stdout,
        /^ {2}trigger: +SIGUSR2 (?:from gmr trigger, pid \d+|.*answers \d+ signals)/m,
        stderr,
      );
    }
  });

  test('by its number, as JSON', async (t) => {
    const service = await start(t, kept());
    const { code, stdout, stderr } = await runGmr([String(service.pid), '--json']);
    assert.equal(code, 0, stderr);
    assert.equal((JSON.parse(stdout) as { pid: number }).pid, service.pid);
    assert.equal(stdout.indexOf('\n'), stdout.length - 1);
  });

  test('whose standard error is a full pipe that nobody reads', async (t) => {
    const fifo = join(folder, 'fifo');
    assert.equal(spawnSync('mkfifo', [fifo]).status, 0);
    const reader = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
    t.after(() => closeSync(reader));
    const [execPath, ...execArgv] = shellCommand('exec "$@" 2> "$0"', fifo, process.execPath);
    const service = await start(t, { ...kept(), execPath, execArgv });
    assert.throws(() => {
      for (;;) writeSync(reader, Buffer.alloc(4096));
    }, /EAGAIN/);
    await assertShows(service);
  });

  test('whose standard error is closed', async (t) => {
    await assertShows(await start(t, kept({}, { args: ['close-stderr'] })));
  });

  test('whose event loop is blocked', async (t) => {
    const service = await start(t, kept());
    service.write('block\n');
    await service.line('blocking');
    const { code, stdout, stderr } = await runGmr(['kept-in-code']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /main thread: .*\bblock \(kept-service\.cjs:\d+\)/);
  });

  test('that writes its reports to a folder that was given in code', async (t) => {
    await assertShows(await start(t, kept({ logDir: join(folder, 'reports') })));
  });

  test('that keeps none, from the folder that its page names', async (t) => {
    const service = await start(t, kept({ keepReports: 0, logDir: join(folder, 'unkept') }));
    await assertShows(service);
    assert.deepEqual(memoryFiles(service.pid), ['/memfd:gmr-status (deleted)']);
  });
});

describe('gmr <name> and namespaces and users', linuxOnly, () => {
  const UNSHARE = ['--user', '--map-root-user', '--pid', '--mount', '--fork', '--kill-child', '--mount-proc'];
  const isRoot = process.getuid?.() === 0;
  const mayUnshare = spawnSync('unshare', [...UNSHARE, 'true']).status === 0;
  const skip = mayUnshare ? false : 'this user may not make namespaces';

  test('shows process 1 of a container from outside, in another mount namespace', { skip }, async (t) => {
    const outside = startService(t, {
      ...kept(),
      execPath: 'unshare',
      execArgv: [...UNSHARE, process.execPath],
    });
    await outside.ready();
    const children = readFileSync(`/proc/${outside.pid}/task/${outside.pid}/children`, 'utf8');
    const { code, stdout, stderr } = await runGmr([children.trim()]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /process: +pid 1, parent 0,/);
  });

  test('shows it from inside, with a root file system that is read-only', { skip }, (t) => {
    const node = `'${process.execPath}'`;
    const script = `mount -o remount,bind,ro / 2>/dev/null || mount --bind / / && mount -o remount,bind,ro / || exit 77
      tail -f /dev/null | ${node} '${fixturePath('kept-service.cjs')}' '{}' > /dev/null 2>&1 &
      until ${node} '${GMR}' list 2>/dev/null | grep -q 'kept-in-code.*SIGUSR2'; do :; done
      touch /gmr-is-writable 2>/dev/null && exit 78
      ${node} '${GMR}' kept-in-code`;
    const { status, stdout, stderr } = spawnSync('unshare', [...UNSHARE, ...shellCommand(script)], {
      encoding: 'utf8',
      timeout: HARD_LIMIT_MS,
    });
    if (status === 77) {
      t.skip('this user may not mount a file system read-only');
      return;
    }
    assert.equal(status, 0, stderr);
    assert.match(stdout, REPORT);
  });

  const OTHER_USER = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const mayBeNobody =
    isRoot && spawnSync('setpriv', [...OTHER_USER, process.execPath, GMR, '--version']).status === 0;

  test(
    'works for the user of the service, who is not root',
    { skip: mayBeNobody ? false : 'no other user' },
    async (t) => {
      const service = startService(t, {
        ...kept(),
        execPath: 'setpriv',
        execArgv: [...OTHER_USER, process.execPath],
      });
      await service.ready();
      const { status, stdout, stderr } = spawnSync(
        'setpriv',
        [...OTHER_USER, process.execPath, GMR, String(service.pid)],
        { encoding: 'utf8', timeout: HARD_LIMIT_MS },
      );
      assert.equal(status, 0, stderr);
      assert.match(stdout, REPORT);
    },
  );

  test('shows nothing to another user', { skip: mayBeNobody ? false : 'no other user' }, async (t) => {
    const service = await start(t, kept());
    await assertShows(service);
    const [{ fd } = { fd: -1 }] = page(service.pid).reports;
    const { status, stderr } = spawnSync('setpriv', [...OTHER_USER, 'cat', `/proc/${service.pid}/fd/${fd}`], {
      encoding: 'utf8',
    });
    assert.notEqual(status, 0);
    assert.match(stderr, /Permission denied/);
  });
});

describe('reports that a process keeps in memory', linuxOnly, () => {
  test('are the latest ones, sealed, for the owner only, and the same as the report', async (t) => {
    const service = await start(t, kept({ format: 'json' }));
    for (let i = 0; i < 4; i += 1) await assertShows(service);
    const { reports } = page(service.pid);
    assert.equal(reports.length, 3);
    assert.deepEqual(
      reports.map(({ id }) => id.split('-').at(-1)),
      ['2', '3', '4'],
    );
    for (const { fd, id, bytes } of reports) {
      const path = `/proc/${service.pid}/fd/${fd}`;
      assert.equal(readlinkSync(path), `/memfd:gmr-report:${id} (deleted)`);
      assert.equal(statSync(path).mode & 0o777, 0o400);
      assert.equal(statSync(path).size, bytes);
      assert.equal((JSON.parse(readFileSync(path, 'utf8')) as { reportId: string }).reportId, id);
      assert.ok(fd >= 200, `descriptor ${fd} leaves low numbers to the application`);
    }
    const lines = service.stderr.split('\n').filter((line) => line.startsWith('{"schemaVersion"'));
    const [{ fd } = { fd: -1 }] = reports.slice(-1);
    assert.equal(`${lines.at(-1)}\n`, readFileSync(`/proc/${service.pid}/fd/${fd}`, 'utf8'));
  });

  test('cannot be changed by the process itself', async (t) => {
    const service = await start(t, kept());
    await assertShows(service);
    const [{ fd } = { fd: -1 }] = page(service.pid).reports;
    // F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW and F_SEAL_WRITE.
    assert.throws(() => {
      const writable = openSync(`/proc/${service.pid}/fd/${fd}`, constants.O_WRONLY);
      try {
        writeSync(writable, 'x');
      } finally {
        closeSync(writable);
      }
    }, /EPERM|EACCES/);
  });

  test('stay as many as wanted', async (t) => {
    const one = await start(t, kept({ keepReports: 1 }));
    for (let i = 0; i < 2; i += 1) await assertShows(one);
    assert.equal(page(one.pid).reports.length, 1);
    assert.deepEqual(memoryFiles(one.pid).length, 2);
  });

  test('are lost, and nothing else, when the application closes their descriptors, and later ones are kept again', async (t) => {
    const service = await start(t, kept({ logDir: join(folder, 'closed') }));
    await assertShows(service);
    service.write('close all\n');
    await service.line('closed');
    // Without its page, the folder in code cannot be found any more, but the process still makes reports.
    const { code } = await runGmr([String(service.pid), '--file', join(folder, 'closed')]);
    assert.equal(code, 0);
    await assertShows(service);
    assert.equal(page(service.pid).reports.length, 2);
    const seen = service.stdout.length;
    service.write('are you there?\n');
    await service.line('here', seen);
  });
});

describe('where no file in memory can be made', linuxOnly, () => {
  for (const action of ['errno', 'kill'] as const) {
    test(`because a filter answers with ${action}, gmr says so`, async (t) => {
      const launcher = buildLauncher(folder);
      const service = await start(t, filtered(launcher, [[action, ['memfd_create']]], kept()));
      const { code, stderr } = await runGmr([String(service.pid)]);
      assert.equal(code, 5);
      assert.match(
        stderr,
        /the report cannot be seen: it is not kept in memory, and its standard error is a/,
      );
      await service.report();
      const logged = await start(
        t,
        filtered(
          launcher,
          [[action, ['memfd_create']]],
          kept({}, { env: { GMR_LOG_DIR: join(folder, action) } }),
        ),
      );
      await assertShows(logged, String(logged.pid));
    });
  }
});

describe('the status page', linuxOnly, () => {
  test('has what code has set, and the blocked event loop', async (t) => {
    const service = await start(
      t,
      kept({
        logDir: join(folder, 'page'),
        format: ['text', 'json'],
        blockedEventLoop: { thresholdMs: 200 },
      }),
    );
    // The reporter thread writes the page, soon after the handler is there.
    const { facts, blocked, reports, notKept } = await eventually('the page has the signal', () => {
      const found = page(service.pid);
      return found.signal === 'SIGUSR2' ? found : undefined;
    });
    assert.deepEqual(
      { ...facts, gmrVersion: '' },
      {
        gmrVersion: '',
        service: 'kept-in-code',
        fileEventHandler: null,
        logDir: join(folder, 'page'),
        format: ['text', 'json'],
        keepReports: 3,
        blockedEventLoopMs: 200,
        onFatalError: false,
      },
    );
    assert.deepEqual({ blocked, reports, notKept }, { blocked: [], reports: [], notKept: null });
    service.write('block\n');
    await eventually('the page says that it is blocked', () => page(service.pid).blocked[0]);
    const [loop] = page(service.pid).blocked;
    assert.deepEqual({ threadId: loop?.threadId, name: loop?.name }, { threadId: 0, name: 'main' });
    assert.ok(Math.abs(Date.now() - (loop?.beganAtMs ?? 0)) < HARD_LIMIT_MS);
    await eventually('gmr list says it, too', async () => {
      const { stdout } = await runGmr(['list', '--json']);
      const all = JSON.parse(stdout) as { pid: number; state: string; blockedMs: number | null }[];
      const found = all.find(({ pid }) => pid === service.pid);
      return found?.state === 'blocked' && (found.blockedMs ?? 0) >= 200 ? true : undefined;
    });
  });
});

describe('the status page of a process whose watchdog is turned off', linuxOnly, () => {
  test('has no blocked event loop, also if it was blocked then', async (t) => {
    const service = await start(t, kept({ blockedEventLoop: { thresholdMs: 200 } }));
    service.write('block and dispose\n');
    await eventually('the page says that it is blocked', () => page(service.pid).blocked[0]);
    await service.line('disposed');
    await eventually('the page says that nothing is', () =>
      page(service.pid).blocked.length === 0 && page(service.pid).signal === null ? true : undefined,
    );
  });
});
