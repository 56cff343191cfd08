import assert from 'node:assert/strict';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { scratchFolder } from './support/files';
import { PATIENT, eventually } from './support/patience';
import { END_MARKER, type Service, startService } from './support/service';
import { shellCommand } from './support/shell';

const SCRIPT = 'outputs-service.cjs';

async function start(t: TestContext, options: object = {}): Promise<Service> {
  return await startService(t, { script: SCRIPT, args: [JSON.stringify(options)] }).ready();
}

/** Starts the service with its stderr appended to a file. */
async function startWithLog(t: TestContext, log: string): Promise<Service> {
  const [execPath, ...execArgv] = shellCommand(`exec "$0" "$@" 2>>'${log}'`, process.execPath);
  return await startService(t, { script: SCRIPT, args: ['{}'], execPath, execArgv }).ready();
}

async function say(service: Service, command: string, answer: string): Promise<string> {
  const from = service.stdout.length;
  service.write(`${command}\n`);
  return await service.line(answer, from);
}

describe('a report is not written to', PATIENT, () => {
  for (const flags of ['w', 'a', 'w+']) {
    test(`a file that got the number of a closed stderr (${flags})`, async (t) => {
      const data = join(scratchFolder(t), 'data');
      const service = await start(t);
      assert.equal(await say(service, `reopen ${data} ${flags}`, 'reopened '), 'reopened 2');
      await say(service, 'listen', 'listening');
      assert.match(
        await say(service, 'write', 'failed '),
        /GMR_REPORT_FAILED .*stderr, whose number 2 now belongs to another file/,
      );
      assert.match(await service.line('event '), /"file":null,"error":".*belongs to another file/);
      service.signal();
      await say(service, 'generate', 'generated ');
      assert.equal(readFileSync(data, 'utf8'), '');
    });
  }

  test('a connection that got the number of a closed stderr', async (t) => {
    let received = '';
    const server = createServer((socket) => {
      socket.on('error', () => undefined).on('data', (part) => (received += part.toString()));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const service = await start(t);
    const { port } = server.address() as AddressInfo;
    assert.equal(await say(service, `connect ${port}`, 'connected '), 'connected 2');
    assert.match(await say(service, 'write', 'failed '), /belongs to another file/);
    await service.stop();
    assert.equal(received, '');
  });

  test('a database that got the numbers of closed outputs by opening its file twice', async (t) => {
    const data = join(scratchFolder(t), 'data');
    const service = await start(t);
    service.write(`reopen-both ${data} w\n`);
    await eventually('it is opened', () => (read(data).includes('reopened') ? true : undefined));
    service.write('write\n');
    const text = await eventually('an answer', () =>
      /failed .*\n/.test(read(data)) ? read(data) : undefined,
    );
    assert.match(text, /^reopened \d+ \d+\nfailed GMR_REPORT_FAILED .*\n$/);
  });
});

describe('a report is written to a stderr that was redirected', PATIENT, () => {
  test('by opening the log again after its rotation', async (t) => {
    const log = join(scratchFolder(t), 'log');
    const service = await startWithLog(t, log);
    renameSync(log, `${log}.1`);
    assert.equal(await say(service, `reopen ${log} a`, 'reopened '), 'reopened 2');
    assert.equal(await say(service, 'write', 'wrote '), 'wrote null');
    assert.ok(read(log).includes(END_MARKER));
    assert.equal(read(`${log}.1`), '');
  });

  test('by renaming the log, without opening it again', async (t) => {
    const log = join(scratchFolder(t), 'log');
    const service = await startWithLog(t, log);
    renameSync(log, `${log}.1`);
    writeFileSync(log, '');
    assert.equal(await say(service, 'write', 'wrote '), 'wrote null');
    assert.ok(read(`${log}.1`).includes(END_MARKER));
    assert.equal(read(log), '');
  });

  test('together with stdout, to a file that is appended to', async (t) => {
    const log = join(scratchFolder(t), 'log');
    const service = await start(t);
    service.write(`reopen-both ${log} a\n`);
    await eventually('it is opened', () => (read(log).includes('reopened') ? true : undefined));
    service.write('write\n');
    await eventually('an answer', () => (read(log).includes('wrote null') ? true : undefined));
    assert.ok(read(log).includes(END_MARKER));
  });

  test('before setupAutorun() was called again', async (t) => {
    const log = join(scratchFolder(t), 'log');
    const service = await start(t);
    await say(service, `reopen ${log} a`, 'reopened 2');
    await say(service, 'setup', 'set up');
    assert.equal(await say(service, 'write', 'wrote '), 'wrote null');
    assert.ok(read(log).includes(END_MARKER));
  });
});

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
