import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, after, describe, test } from 'node:test';
import { linuxOnly, runGmr } from './support/gmr-command';
import { requireLib } from './support/lib';
import { type Service, startService } from './support/service';

const { readKept } = requireLib(
  'cli/processes/kept-reports',
) as typeof import('../src/cli/processes/kept-reports');

const folder = mkdtempSync(join(tmpdir(), 'gmr-forged-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('a process that imitates gmr-native', linuxOnly, () => {
  const python = spawnSync('python3', ['--version']).status === 0;

  /** A process with a thread called gmr-reporter, and a page with this text. */
  async function imitator(t: TestContext, text: string): Promise<Service> {
    const script = join(folder, 'imitator.py');
    writeFileSync(
      script,
      `import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(15, b'gmr-reporter', 0, 0, 0)
text = sys.argv[1].encode()
fd = os.memfd_create('gmr-status')
os.write(fd, b'GMRPAGE1' + struct.pack('=II', 2, len(text)) + text)
print('ready', flush=True)
sys.stdin.read()
`,
    );
    return startService(t, { script, args: [text], execPath: 'python3' }).ready();
  }

  for (const [title, text] of [
    ['of another type', '{"facts":{"service":{}},"blocked":1,"reports":null,"notKept":{},"mainEpollFd":"x"}'],
    ['that is no JSON', '{{{'],
    [
      'with a name that would forge a line',
      `{"facts":{"gmrVersion":"1","service":"x\\n4711 cart-api\\u001b[2J","fileEventHandler":null,"logDir":null,"format":[],"keepReports":3,"blockedEventLoopMs":null,"onFatalError":false},"blocked":[],"reports":[{"id":"evil","fd":0,"bytes":1,"requestedAtMs":1}],"notKept":null,"signal":null,"mainEpollFd":-1}`,
    ],
  ] as const) {
    test(
      `cannot break gmr list by a page ${title}`,
      { skip: python ? false : 'there is no python3' },
      async (t) => {
        const service = await imitator(t, text);
        const { code, stdout } = await runGmr(['list']);
        assert.equal(code, 0);
        assert.doesNotMatch(stdout, /\u001b|^4711 cart-api/m);
        const shown = await runGmr([String(service.pid)]);
        assert.equal(shown.code, 3, shown.stderr);
      },
    );
  }

  for (const [title, content] of [
    ['that is cut', '{"schemaVersion":1,'],
    ['of another process', '{"schemaVersion":1,"reportId":"20261121T010203Z-1-1","pid":1}'],
    ['without an id', '{}'],
    ['with control characters', '\u001b[2J'],
  ] as const) {
    test(
      `cannot pass off as its own a report ${title}`,
      { skip: python ? false : 'there is no python3' },
      async (t) => {
        const script = join(folder, 'reporter.py');
        writeFileSync(
          script,
          `import os, sys
fd = os.memfd_create('gmr-report:20261121T010203Z-%d-1' % os.getpid())
os.write(fd, sys.argv[1].encode())
print('ready', fd, flush=True)
sys.stdin.read()
`,
        );
        const service = await startService(t, { script, args: [content], execPath: 'python3' }).ready();
        const fd = Number((await service.line('ready')).split(' ')[1]);
        const id = `20261121T010203Z-${service.pid}-1`;
        assert.equal(readKept(service.pid, service.pid, { id, fd, bytes: 1, requestedAtMs: 1 }), null);
      },
    );
  }
});
