import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { GMR, installed, linuxOnly, runGmr } from './support/gmr-command';
import { HARD_LIMIT_MS, PATIENT } from './support/patience';
import { Service } from './support/service';

const COMMANDS = ['show', 'trigger', 'list', 'view', 'diff', 'watch', 'merge', 'completion'] as const;
const SCREEN_LINES = 24;

/** The lines of the help that can be typed: commands of more than one line are one entry. */
function examplesIn(help: string): string[] {
  const [, examples = ''] = /\nExamples:\n([^]*?)(?:\n\n|$)/.exec(help) ?? [];
  const lines = examples.split('\n').map((line) => line.replace(/^ {2}/, ''));
  return lines
    .filter((line) => line !== '')
    .reduce<string[]>((all, line) => {
      const isContinued = /^(?: |done$)/.test(line);
      return isContinued ? [...all.slice(0, -1), `${all.at(-1) ?? ''}\n${line}`] : [...all, line];
    }, [])
    .map(withoutRemark);
}

/** What stands to the right of a command, after several blanks. */
function withoutRemark(line: string): string {
  return line.includes('\n') ? line : (line.split(/ {3,}/)[0] ?? '').trim();
}

describe('the help of each command', PATIENT, () => {
  for (const command of COMMANDS) {
    test(`fits on a screen and has examples: gmr ${command}`, async () => {
      const { code, stdout } = await runGmr([command, '--help']);
      assert.equal(code, 0);
      assert.ok(stdout.trimEnd().split('\n').length <= SCREEN_LINES, stdout);
      assert.ok(examplesIn(stdout).length >= 2, stdout);
    });
  }
});

test('output that cannot be written is a failure', { ...PATIENT, ...linuxOnly }, () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [GMR, '--help'], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
    timeout: HARD_LIMIT_MS,
  });
  closeSync(full);
  assert.equal(status, 1, stderr);
  assert.match(stderr, /^gmr: the output cannot be written \(ENOSPC\)$/m);
});

describe('the examples in the help', linuxOnly, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gmr-help-'));
  const services: Service[] = [];

  /** A program in a folder that comes first in PATH. */
  function program(name: string, script: string): void {
    const path = join(folder, 'bin', name);
    writeFileSync(path, script);
    chmodSync(path, 0o755);
  }

  async function start(serviceName: string): Promise<Service> {
    const service = new Service({
      script: 'kept-service.cjs',
      args: [JSON.stringify({ serviceName })],
      limitMs: 10 * HARD_LIMIT_MS,
    });
    services.push(service);
    await service.ready();
    await installed(service);
    return service;
  }

  before(async () => {
    for (const name of ['bin', 'pods', 'reports', 'cart', '.config/fish/completions'])
      mkdirSync(join(folder, name), { recursive: true });
    program('gmr', `#!/bin/sh\nexec '${process.execPath}' '${GMR}' "$@"\n`);
    // What the examples need besides: they stand for a cluster, a filter and a drawing.
    program('kubectl', '#!/bin/sh\n[ "$1" = get ] && echo pod/one && exit\nshift 7; exec gmr "$@"\n');
    program('jq', '#!/bin/sh\ngrep -c state\n');
    program('flamegraph.pl', '#!/bin/sh\ngrep -c ";"\n');
    await start('list');
    const { pid } = await start('cart-api');
    // For `gmr 4711` and `gmr 1`.
    process.env['GMR_TEST_PID'] = String(pid);
    for (const number of [1, 2, 3]) {
      const { stdout, code, stderr } = await runGmr([String(pid), '--json']);
      assert.equal(code, 0, stderr);
      writeFileSync(join(folder, `${number}.json`), stdout);
    }
    for (const copy of ['report.json', 'pods/a.json', 'reports/1.json'])
      copyFileSync(join(folder, '1.json'), join(folder, copy));
    for (const copy of ['pods/b.json', 'reports/2.json'])
      copyFileSync(join(folder, '2.json'), join(folder, copy));
    for (const number of [1, 2]) {
      const { stdout } = await runGmr(['view', join(folder, `${number}.json`), '--format', 'log']);
      appendFileSync(join(folder, 'service.log'), stdout);
    }
  });
  after(async () => {
    for (const service of services) await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The same command here: the numbers and folders of this run, and no long pauses. */
  function here(example: string): string {
    const pid = process.env['GMR_TEST_PID'] ?? '';
    return example
      .replaceAll(/\bgmr (trigger |watch )?(?:4711|1)\b/g, `gmr $1${pid}`)
      .replaceAll('/var/log/cart', `${join(folder, 'cart')} --timeout 1`)
      .replace(/--interval \d+/, '')
      .replace(/\bgmr watch \S+/, '$& --interval 0.2');
  }

  for (const command of COMMANDS) {
    test(`work as they are printed: gmr ${command}`, async () => {
      const { stdout: help } = await runGmr([command, '--help']);
      for (const example of examplesIn(help)) {
        // Nobody writes a report into that folder.
        const shouldFail = example.includes('/var/log/cart');
        const { status, stderr, stdout } = spawnSync('bash', ['-o', 'pipefail', '-c', here(example)], {
          cwd: folder,
          encoding: 'utf8',
          timeout: HARD_LIMIT_MS,
          env: {
            ...process.env,
            PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
            HOME: folder,
          },
        });
        if (shouldFail) assert.equal(status, 5, `${example}: ${stderr}`);
        else assert.equal(status, 0, `${example}: ${stderr}${stdout}`);
      }
    });
  }
});
