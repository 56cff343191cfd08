import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, constants, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { scratchFolder, untilReportFiles } from './support/files';
import { fixturePath } from './support/paths';
import { PATIENT, TIME_SCALE, eventually } from './support/patience';
import { END_MARKER, cutReports } from './support/service';
import { type TerminalService, startOnTerminal, whyNoTerminal } from './support/terminal';

const SCRIPT = 'outputs-service.cjs';
const skip = whyNoTerminal() ?? false;
/** Far more than the 250 ms for which an exit may wait for a report. Without that limit, it took 5 s and more. */
const HANG_MS = 3_000 * TIME_SCALE;
/** Three reports are larger than the buffer of a pipe. */
const LARGE = { conf: { long: 'x'.repeat(30_000) } };
const KINDS = [
  { foreign: false, kind: 'a terminal that is stopped' },
  { foreign: true, kind: 'a stopped terminal of another user' },
] as const;

/** Has the service write a report to the terminal, which accepts none of it. */
async function getStuck(service: TerminalService): Promise<void> {
  service.signal();
  await new Promise((resolve) => setTimeout(resolve, 500 * TIME_SCALE));
}

describe('a stderr that accepts nothing', PATIENT, () => {
  for (const { foreign, kind } of KINDS) {
    for (const [command, code] of [
      ['exit 3', 3],
      ['end', 4],
    ] as const) {
      test(`does not hold up the end of the process (${command}, ${kind})`, { skip }, async (t) => {
        const service = await startOnTerminal(t, SCRIPT, [JSON.stringify(LARGE)], foreign);
        await getStuck(service);
        service.signal();
        service.write(`${command}\n`);
        const leaving = Number((await service.line('leaving ')).split(' ')[1]);
        const { code: actual, ms } = await service.ended(leaving);
        assert.equal(actual, code);
        assert.ok(ms < HANG_MS, `it ended ${ms} ms late`);
      });
    }

    test(`does not keep calls and later reports waiting (${kind})`, { skip }, async (t) => {
      const options = { reportTimeoutMs: 2_000, ...LARGE };
      const service = await startOnTerminal(t, SCRIPT, [JSON.stringify(options)], foreign);
      await getStuck(service);
      service.write('generate\n');
      await service.line('generated ');
      service.write('write\n');
      assert.match(await service.line('failed '), /GMR_REPORT_FAILED .*waiting for stderr to take it/);
      service.write('generate\n');
      await service.line('generated ', service.stdout.length);
    });

    test(`gets a line about lost reports when it accepts text again (${kind})`, { skip }, async (t) => {
      const options = { reportTimeoutMs: 1_000, ...LARGE };
      const service = await startOnTerminal(t, SCRIPT, [JSON.stringify(options)], foreign);
      service.write('write\n');
      await service.line('failed ');
      service.resume();
      const from = service.stdout.length;
      service.write('write\n');
      await service.line('wrote null', from);
      await service.shows(END_MARKER);
      assert.match(
        service.screen.replaceAll('\r', ''),
        /^gmr: report \S+-1 is missing or incomplete here \(waiting for stderr to take it: .*\)$/m,
      );
    });

    test(`does not keep a report from being written to a file (${kind})`, { skip }, async (t) => {
      // The service may run as another user.
      const logDir = scratchFolder(t);
      chmodSync(logDir, 0o777);
      const service = await startOnTerminal(t, SCRIPT, [JSON.stringify({ logDir })], foreign);
      for (let count = 1; count <= 3; count += 1) {
        const from = service.stdout.length;
        service.write('write\n');
        const file = (await service.line('wrote ', from)).slice('wrote '.length);
        assert.equal(cutReports(readFileSync(file, 'utf8')).length, 1);
      }
      service.signal();
      await untilReportFiles(logDir, 4);
    });
  }

  test('does not hold up the end of the process (a full FIFO)', async (t) => {
    const path = join(scratchFolder(t), 'fifo');
    assert.equal(spawnSync('mkfifo', [path]).status, 0);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    const blocking = openSync(path, constants.O_WRONLY);
    t.after(() => [reader, writer, blocking].map((fd) => closeSync(fd)));
    const child = spawn(process.execPath, [fixturePath(SCRIPT), JSON.stringify(LARGE)], {
      stdio: ['pipe', 'pipe', blocking],
    });
    t.after(() => child.kill('SIGKILL'));
    let text = '';
    let endedAtMs = 0;
    child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.on('exit', () => (endedAtMs = Date.now()));
    const line = async (pattern: RegExp): Promise<string> =>
      await eventually(`${pattern}`, () => pattern.exec(text)?.[1]);
    await line(/^(ready)$/m);
    for (let i = 0; i < 4; i += 1) {
      child.kill('SIGUSR2');
      await new Promise((resolve) => setTimeout(resolve, 200 * TIME_SCALE));
    }
    child.stdin?.write('exit 3\n');
    const leaving = Number(await line(/^leaving (\d+)$/m));
    await eventually('its end', () => (endedAtMs > 0 ? true : undefined));
    assert.equal(child.exitCode, 3);
    assert.ok(endedAtMs - leaving < HANG_MS, `it ended ${endedAtMs - leaving} ms late`);
  });
});
