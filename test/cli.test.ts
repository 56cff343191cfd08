import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { AUTORUN, GMR, inspect, installed, linuxOnly, runGmr, startLogging } from './support/gmr-command';
import { libPath, requireLib } from './support/lib';
import { markedFrame } from './support/marks';
import { fixturePath } from './support/paths';
import { HARD_LIMIT_MS, eventually } from './support/patience';
import { threadsOf } from './support/proc';
import { assertFrame, mainBlock } from './support/report-text';
import { type Service, startService } from './support/service';
import { shellCommand } from './support/shell';

const { sendSignal } = requireLib('cli/processes/send') as typeof import('../src/cli/processes/send');

function scratchFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gmr-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function assertLives(service: Service): Promise<void> {
  const seen = service.stdout.length;
  service.write('are you there?\n');
  await service.line('here', seen);
}

async function assertRefused(service: Service, args: readonly string[] = []): Promise<string> {
  const { code, stdout, stderr } = await runGmr(['trigger', String(service.pid), ...args]);
  assert.equal(code, 3, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /nothing was sent/);
  await assertLives(service);
  return stderr;
}

describe('gmr trigger', linuxOnly, () => {
  test('prints the report of a process that logs into a file', async (t) => {
    const log = join(scratchFolder(t), 'service.log');
    writeFileSync(log, 'an older line\n');
    const service = await startLogging(t, log, AUTORUN).ready();
    await installed(service);
    const { code, stdout, stderr } = await runGmr(['trigger', String(service.pid), '--wait']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^={72}\n==== +Guru Meditation +====\n[^]*\n==== End of report \S+ ====\n$/);
    assert.match(stdout, new RegExp(`process: +pid ${service.pid},`));
    await assertLives(service);
  });

  test('prints where the main thread of a hanging process is', async (t) => {
    const log = join(scratchFolder(t), 'service.log');
    const service = await startLogging(t, log, {
      script: 'blocked-service.cjs',
      args: ['busy-loop'],
    }).ready();
    const { code, stdout, stderr } = await runGmr(['trigger', String(service.pid), '--wait']);
    assert.equal(code, 0, stderr);
    assertFrame(mainBlock(stdout), markedFrame('states.cjs', 'busy-loop'));
  });

  test('without --wait lets the report go where it always goes', async (t) => {
    const service = await startService(t, AUTORUN).ready();
    await installed(service);
    const { code, stdout, stderr } = await runGmr(['trigger', String(service.pid)]);
    assert.deepEqual({ code, stdout }, { code: 0, stdout: '' });
    assert.equal(stderr, `gmr: sent SIGUSR2 to process ${service.pid}\n`);
    assert.match(await service.report(), /trigger: +SIGUSR2 from gmr trigger, pid \d+ uid \d+$/m);
  });

  test('says when the report cannot be seen because it went into a pipe or socket', async (t) => {
    const service = await startService(t, { ...AUTORUN, env: { GMR_KEEP_REPORTS: '0' } }).ready();
    await installed(service);
    const { code, stderr } = await runGmr(['trigger', String(service.pid), '--wait']);
    assert.equal(code, 5);
    assert.match(
      stderr,
      /cannot be seen: it is not kept in memory, and its standard error is a (pipe|socket)/,
    );
    await service.report();
  });

  test('does not wait for a process that has ended, although nobody has reaped it', async (t) => {
    const parent = startService(t, {
      ...AUTORUN,
      execPath: 'sh',
      execArgv: [
        '-c',
        'exec 3<&0; "$@" <&3 & exec sleep 600',
        'sh',
        process.execPath,
        ...(AUTORUN.execArgv ?? []),
      ],
    });
    await parent.ready();
    const [child] = readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').split(' ');
    const pid = Number(child);
    await eventually('the handler is installed', () => inspect(pid).status === 'installed' || undefined);
    process.kill(pid, 'SIGSTOP');
    const args = ['trigger', String(pid), '--wait', '--timeout', '600'];
    const command = startService(t, { script: GMR, args });
    await command.says('which is stopped');
    process.kill(pid, 'SIGKILL');
    assert.deepEqual(await command.exited(), { code: 5, signal: null });
    assert.match(command.stderr, /the process ended before its report was complete\n$/);
  });

  test('asks all processes of a name, and says which one does not answer', async (t) => {
    const env = { GMR_SERVICE_NAME: 'all-of-this-test' };
    const twins = [startService(t, { ...AUTORUN, env }), startService(t, { ...AUTORUN, env })];
    for (const twin of twins) await installed(await twin.ready());
    const mute = await startService(t, { ...AUTORUN, env: { ...env, GMR_SIGNAL: 'none' } }).ready();
    const { code, stderr } = await runGmr(['trigger', '--all', 'all-of-this-test']);
    assert.equal(code, 3, stderr);
    for (const twin of twins) {
      assert.match(stderr, new RegExp(`sent SIGUSR2 to process ${twin.pid}\\n`));
      await twin.report();
    }
    assert.match(stderr, new RegExp(`process ${mute.pid}: gmr-native is loaded, but takes no signal`));
    await assertLives(mute);
    const args = ['trigger', '--all', 'all-of-this-test', '--file', scratchFolder(t), '--timeout', '0.2'];
    const unseen = await runGmr(args);
    for (const twin of twins)
      assert.match(unseen.stderr, new RegExp(`^gmr: process ${twin.pid}: no report within 0\\.2 s`, 'm'));
  });

  test('sends the signal that the process takes, and no other', async (t) => {
    const service = await startService(t, { ...AUTORUN, env: { GMR_SIGNAL: 'SIGHUP' } }).ready();
    await installed(service);
    assert.match(
      await assertRefused(service, ['--signal', 'USR2']),
      /does not take SIGUSR2 there, but SIGHUP/,
    );
    assert.equal((await runGmr(['trigger', String(service.pid), '--signal', 'SIGHUP'])).code, 0);
    assert.match(await service.report(), /trigger: +SIGHUP/);
    assert.equal((await runGmr(['trigger', String(service.pid)])).code, 0);
    assert.match(await service.report(), /trigger: +SIGHUP/);
  });
});

/** Where this user may make namespaces, as container hosts do: what makes one, and a pid that is 1 inside. */
const UNSHARE = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'];
const mayUnshare = spawnSync('unshare', [...UNSHARE, 'true']).status === 0;

describe('gmr trigger and pid namespaces', linuxOnly, () => {
  const skip = mayUnshare ? false : 'this user may not make namespaces';
  const node = `'${process.execPath}'`;
  const service = `${node} --require '${libPath('autorun.js')}' '${fixturePath('echo-service.cjs')}'`;

  test('works inside of one, as in a container', { skip }, (t) => {
    const log = join(scratchFolder(t), 'service.log');
    // The shell is process 1 of the container.
    const script = `mkfifo ${log}.in; ${service} < ${log}.in 2> ${log} & exec 3> ${log}.in
      until ${node} '${GMR}' list 2>/dev/null | grep -q SIGUSR2; do :; done
      ${node} '${GMR}' trigger echo-service --wait`;
    const { status, stdout, stderr } = spawnSync('unshare', [...UNSHARE, ...shellCommand(script)], {
      encoding: 'utf8',
      timeout: HARD_LIMIT_MS,
    });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /==== End of report \S+ ====\n$/);
  });

  test('works from outside, where the process has another number than it knows', { skip }, async (t) => {
    const log = join(scratchFolder(t), 'service.log');
    const outside = startService(t, {
      ...AUTORUN,
      execPath: 'unshare',
      execArgv: [
        ...UNSHARE,
        ...shellCommand('exec "$@" 2> "$0"', log, process.execPath, ...(AUTORUN.execArgv ?? [])),
      ],
    });
    await outside.ready();
    const [pid] = readFileSync(`/proc/${outside.pid}/task/${outside.pid}/children`, 'utf8').trim().split(' ');
    await eventually(
      'the handler is installed',
      () => inspect(Number(pid)).status === 'installed' || undefined,
    );
    const { code, stdout, stderr } = await runGmr(['trigger', pid ?? '', '--wait']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /process: +pid 1, parent 0,/);
  });
});

describe('gmr trigger refuses, and the process lives, when', linuxOnly, () => {
  test('gmr-native is not in it', async (t) => {
    const service = await startService(t, { script: 'echo-service.cjs' }).ready();
    assert.match(await assertRefused(service), /gmr-native is not set up in it/);
    assert.match(await assertRefused(service, ['--wait', '--signal', 'SIGUSR2']), /not set up/);
  });

  test('the signal belongs to a listener of the application', async (t) => {
    const service = await startService(t, { script: 'echo-service.cjs', args: ['listen'] }).ready();
    await assertRefused(service);
    const both = { ...AUTORUN, args: ['listen'], env: { GMR_SIGNAL: 'none' } };
    const withReports = await startService(t, both).ready();
    assert.match(await assertRefused(withReports, ['--signal', 'SIGUSR2']), /takes no signal/);
    for (const { stdout } of [service, withReports]) assert.doesNotMatch(stdout, /heard/);
  });

  test('a file triggers its reports: the message says which', async (t) => {
    const env = { GMR_SIGNAL: 'none', GMR_FILE_EVENT_HANDLER: '/run/cart/report-now' };
    const service = await startService(t, { ...AUTORUN, env }).ready();
    assert.match(await assertRefused(service), /; touch \/run\/cart\/report-now instead/);
  });

  test('gmr-native was disposed of', async (t) => {
    const service = await startService(t, { script: 'dispose-service.cjs' }).ready();
    const { code, stderr } = await runGmr(['trigger', String(service.pid)]);
    assert.equal(code, 3, stderr);
    // The signal would have ended it by now: it has no handler any more.
    assert.notEqual(threadsOf(service.pid)[0]?.state, 'Z');
  });

  test('the number is that of one of its threads', async (t) => {
    const service = await startService(t, AUTORUN).ready();
    await installed(service);
    const thread = threadsOf(service.pid).find(({ tid }) => tid !== service.pid);
    const { code, stderr } = await runGmr(['trigger', String(thread?.tid)]);
    assert.equal(code, 3);
    assert.match(stderr, new RegExp(`is a thread of process ${service.pid};`));
    assert.equal(service.reportCount, 0);
  });

  test('the number has become that of another process since it was looked at', async (t) => {
    const service = await startService(t, AUTORUN).ready();
    const seen = await installed(service);
    const earlier = { ...seen, process: { ...seen.process, startTicks: '1' } };
    assert.throws(() => sendSignal(earlier, 12), {
      exitCode: 3,
      message: /not the same process as a moment ago/,
    });
    // The proof that nothing was sent: the next report answers one signal only, and is the first.
    sendSignal(seen, 12);
    const report = await service.report();
    assert.match(report, /report: +\S+-1\n/);
    assert.doesNotMatch(report, /this report answers/);
  });

  test('it has ended since it was looked at', async (t) => {
    const service = await startService(t, AUTORUN).ready();
    const seen = await installed(service);
    await service.stop();
    assert.throws(() => sendSignal(seen, 12), { exitCode: 4, message: /has ended/ });
    assert.equal((await runGmr(['trigger', String(service.pid)])).code, 4);
  });
});

describe('gmr trigger by name', linuxOnly, () => {
  test('finds a process by its service name and by its script', async (t) => {
    const env = { GMR_SERVICE_NAME: 'cart-of-this-test' };
    const service = await startService(t, { ...AUTORUN, env }).ready();
    await installed(service);
    for (const name of ['cart-of-this-test', 'echo-service.cjs', 'echo-service']) {
      const { code, stderr } = await runGmr(['trigger', name]);
      assert.equal(code, 0, stderr);
      await service.report();
    }
  });

  test('finds it also when it has given itself a title, as PM2 does', async (t) => {
    const title = 'node /srv/title-of-this-test/server.js';
    const service = await startService(t, { ...AUTORUN, args: [title] }).ready();
    await installed(service);
    const { code, stderr } = await runGmr(['trigger', 'server.js']);
    assert.equal(code, 0, stderr);
    await service.report();
  });

  test('asks none of several, and names them', async (t) => {
    const env = { GMR_SERVICE_NAME: 'twins-of-this-test' };
    const twins = [startService(t, { ...AUTORUN, env }), startService(t, { ...AUTORUN, env })];
    for (const twin of twins) await installed(await twin.ready());
    const { code, stderr } = await runGmr(['trigger', 'twins-of-this-test']);
    assert.equal(code, 4);
    for (const { pid, reportCount } of twins) {
      assert.match(stderr, new RegExp(`\\b${pid}\\b`));
      assert.equal(reportCount, 0);
    }
  });

  test('says when there is no such process', async () => {
    const { code, stderr } = await runGmr(['trigger', 'no-such-service']);
    assert.equal(code, 4);
    assert.match(stderr, /called 'no-such-service'; see gmr list for names\n/);
  });
});

describe('gmr trigger --file', linuxOnly, () => {
  test('waits for a new report file of this process in a folder', async (t) => {
    const folder = scratchFolder(t);
    const service = await startService(t, AUTORUN).ready();
    const other = await startService(t, AUTORUN).ready();
    await installed(service);
    const older = await service.reportOnSignal();
    writeFileSync(join(folder, 'echo_gurumeditation_20261121000000'), older);
    const foreign = await other.reportOnSignal();

    const running = runGmr(['trigger', String(service.pid), '--file', folder]);
    const report = await service.report();
    writeFileSync(join(folder, 'echo_gurumeditation_20261121000001'), foreign);
    writeFileSync(join(folder, '.tmp'), report);
    renameSync(join(folder, '.tmp'), join(folder, 'echo_gurumeditation_20261121000001_1'));
    const { code, stdout, stderr } = await running;
    assert.equal(code, 0, stderr);
    assert.equal(stdout, report);
  });

  test('finds the report of this process in a log that several share', async (t) => {
    const log = join(scratchFolder(t), 'shared.log');
    const first = await startLogging(t, log, AUTORUN).ready();
    const second = await startLogging(t, log, AUTORUN).ready();
    await installed(first);
    await installed(second);
    // While it is stopped it cannot answer, and the report of the other one comes first.
    first.signal('SIGSTOP');
    await eventually(
      'it is stopped',
      () => threadsOf(first.pid).every(({ state }) => state === 'T') || undefined,
    );
    const running = runGmr(['trigger', String(first.pid), '--file', log]);
    assert.equal((await runGmr(['trigger', String(second.pid), '--wait'])).code, 0);
    first.signal('SIGCONT');
    const { code, stdout, stderr } = await running;
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`process: +pid ${first.pid},`));
    assert.equal(stdout.split('==== End of report').length, 2, 'one report only');
  });

  test('says when nothing came in time, and when the process has ended', async (t) => {
    const log = join(scratchFolder(t), 'other.log');
    writeFileSync(log, '');
    const service = await startService(t, AUTORUN).ready();
    await installed(service);
    const pid = String(service.pid);
    const late = await runGmr(['trigger', pid, '--file', log, '--timeout', '0.1']);
    assert.equal(late.code, 5);
    assert.match(late.stderr, /no report within 0\.1 s/);
    const running = runGmr(['trigger', pid, '--file', log]);
    await service.report();
    await service.report();
    await service.stop();
    const ended = await running;
    assert.equal(ended.code, 5);
    assert.match(ended.stderr, /the process ended/);
  });

  test('sends nothing when that file is not there', async (t) => {
    const service = await startService(t, AUTORUN).ready();
    await installed(service);
    const missing = join(scratchFolder(t), 'missing.log');
    const { code, stderr } = await runGmr(['trigger', String(service.pid), '--file', missing]);
    assert.equal(code, 1);
    assert.match(stderr, /missing\.log.*nothing was sent/);
    assert.match(await service.reportOnSignal(), /report: +\S+-1\n/);
  });
});

describe('gmr and a process that is busy with a report', linuxOnly, () => {
  test('waits until it handles the signal again', async (t) => {
    const service = await startService(t, {
      ...AUTORUN,
      env: { GMR_SERVICE_NAME: 'busy-of-this-test' },
    }).ready();
    await installed(service);
    // Each of them finds the process in another part of a report.
    const runs = await Promise.all(
      Array.from({ length: 6 }, () => runGmr(['trigger', String(service.pid), '--wait', '--timeout', '50'])),
    );
    for (const { code, stderr } of runs) assert.equal(code, 0, stderr);
  });
});
