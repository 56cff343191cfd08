import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { AUTORUN, installed, linuxOnly, runGmr } from './support/gmr-command';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';
import { startService } from './support/service';

describe('gmr list', linuxOnly, () => {
  test('shows the processes that have gmr-native, and no others', async (t) => {
    const env = { GMR_SERVICE_NAME: 'listed-of-this-test' };
    const service = await startService(t, {
      ...AUTORUN,
      env,
      args: ['listen', '--password=hunter2'],
    }).ready();
    const other = await startService(t, { script: 'echo-service.cjs' }).ready();
    await installed(service);

    const { code, stdout } = await runGmr(['list', '--json']);
    assert.equal(code, 0);
    const all = JSON.parse(stdout) as Record<string, unknown>[];
    const entry = all.find(({ pid }) => pid === service.pid);
    assert.equal(entry?.['service'], 'listed-of-this-test');
    assert.deepEqual(entry['signals'], ['SIGUSR2']);
    assert.match(String(entry['stderr']), /^(pipe|socket):/);
    assert.match(String(entry['command']), /^node\S* \S*echo-service\.cjs$/);
    assert.ok(typeof entry['uptimeMs'] === 'number' && entry['uptimeMs'] < 600_000);
    assert.ok(!all.some(({ pid }) => pid === other.pid));

    const table = (await runGmr(['list'])).stdout;
    const row = table.split('\n').find((line) => line.startsWith(`${service.pid} `));
    assert.match(table, /^PID +SERVICE +(?:CLUSTER +)?STATE +CPU +MEMORY +UPTIME +USER +SIGNAL +COMMAND\n/);
    assert.match(row ?? '', /listed-of-this-test .*SIGUSR2 .*echo-service\.cjs$/);
    assert.doesNotMatch(table + stdout, /hunter2/);
  });

  test('says why a process takes no signal', async (t) => {
    const service = await startService(t, { ...AUTORUN, env: { GMR_SIGNAL: 'none' } }).ready();
    const { stdout } = await runGmr(['list', '--json']);
    const entry = (JSON.parse(stdout) as Record<string, unknown>[]).find(({ pid }) => pid === service.pid);
    assert.deepEqual(entry?.['signals'], []);
    assert.match(String(entry?.['note']), /takes no signal/);
  });
});

describe('the command line', PATIENT, () => {
  test('of gmr is documented, with its exit codes and examples', async () => {
    const { code, stdout } = await runGmr(['--help']);
    assert.equal(code, 0);
    for (const exitCode of [0, 1, 2, 3, 4, 5]) assert.match(stdout, new RegExp(`[ ,]${exitCode} [a-z]+`));
    assert.match(stdout, /Examples:\n/);
    const guide = readFileSync(join(REPOSITORY_ROOT, 'docs', 'cli.md'), 'utf8');
    for (const command of ['show', 'trigger', 'list', 'view']) {
      const help = (await runGmr([command, '--help'])).stdout;
      const options = [...help.matchAll(/--[a-z]+/g)].map(([option]) => option);
      for (const word of [`gmr ${command}`, ...options])
        assert.ok(guide.includes(word), `${word} in docs/cli.md`);
    }
  });

  test('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    assert.deepEqual(await runGmr(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  });

  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no command', [], /Usage: gmr/],
    ['an unknown command', ['triger', '1'], /unknown command 'triger'\n\(Did you mean trigger\?\)/],
    ['no process', ['trigger'], /missing required argument 'pid\|name'/],
    ['two processes', ['trigger', '1', '2'], /too many arguments/],
    ['an unknown option', ['trigger', '1', '--now'], /unknown option '--now'/],
    ['an unknown signal', ['trigger', '1', '--signal', 'SIGFOO'], /SIGFOO/],
    ['a signal that ends processes', ['trigger', '1', '--signal', 'SIGTERM'], /could no longer be stopped/],
    ['no time', ['trigger', '1', '--timeout', 'soon'], /expected a number of seconds/],
    ['an empty path', ['trigger', '1', '--file', ''], /expected a path/],
    ['no file', ['view'], /missing required argument 'file'/],
  ];
  for (const [title, args, message] of mistakes) {
    test(`with ${title} ends with exit code 2`, async () => {
      const { code, stdout, stderr } = await runGmr(args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, message);
    });
  }
});
