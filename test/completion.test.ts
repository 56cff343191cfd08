import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { scratchFolder } from './support/files';
import { AUTORUN, GMR, installed, linuxOnly, runGmr } from './support/gmr-command';
import { HARD_LIMIT_MS, PATIENT } from './support/patience';
import { onScreen } from './support/screen';
import { startService } from './support/service';
import { whyNoTerminal } from './support/terminal';

/** A folder with two reports, and the command `gmr` in the path. */
function place(t: TestContext): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
  const cwd = scratchFolder(t);
  const bin = join(scratchFolder(t), 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'gmr'), `#!/bin/sh\nexec '${process.execPath}' '${GMR}' "$@"\n`);
  chmodSync(join(bin, 'gmr'), 0o755);
  for (const name of ['one report.json', 'other.log']) writeFileSync(join(cwd, name), '');
  return { cwd, env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}`, HOME: cwd } };
}

function run(t: TestContext, shell: string, args: readonly string[]): { stdout: string; cwd: string } {
  const { cwd, env } = place(t);
  const { status, stdout, stderr } = spawnSync(shell, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: HARD_LIMIT_MS,
  });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  return { stdout, cwd };
}

function lackOf(shell: string): string | false {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0 ? false : `${shell} is not installed`;
}

/** What bash offers for the last of these words. */
function bashOffers(t: TestContext, ...words: readonly string[]): readonly string[] {
  const script = `source <(gmr completion bash)
    complete -p gmr >/dev/null || exit 1
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gmr; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, cwd } = run(t, 'bash', ['--norc', '-c', script, 'bash', 'gmr', ...words]);
  assert.ok(!existsSync(join(cwd, 'pwned')));
  return stdout.split('\n').filter((line) => line !== '');
}

describe('gmr completion', PATIENT, () => {
  const noBash = lackOf('bash');
  test('bash offers commands, options, their values and files', { skip: noBash }, (t) => {
    const commands = bashOffers(t, '');
    for (const name of ['list', 'trigger', 'view', 'completion', 'help', '--help']) {
      assert.ok(commands.includes(name), commands.join());
    }
    assert.ok(!commands.includes('__complete'));
    assert.deepEqual(bashOffers(t, 'vi'), ['view']);
    assert.deepEqual(bashOffers(t, 'view', '--format', ''), ['text', 'json', 'log', 'collapsed']);
    assert.deepEqual(bashOffers(t, 'view', '--f'), ['--format']);
    assert.deepEqual(bashOffers(t, 'view', 'o').toSorted(), ['one report.json', 'other.log']);
    assert.deepEqual(bashOffers(t, 'completion', ''), ['bash', 'zsh', 'fish']);
    assert.ok(bashOffers(t, 'help', '').includes('view'));
    assert.deepEqual(bashOffers(t, 'list', ''), []);
    // The name of the command that shows a report may be omitted.
    assert.deepEqual(bashOffers(t, 'cart-api', '--ti'), ['--timeout']);
  });

  test('offers names and numbers of processes, and runs nothing that is in a name', linuxOnly, async (t) => {
    const start = async (name: string): Promise<number> => {
      const service = await startService(t, { ...AUTORUN, env: { GMR_SERVICE_NAME: name } }).ready();
      await installed(service);
      return service.pid;
    };
    const pid = await start('completed-in-this-test');
    await start('@acme/scoped-in-this-test');
    const evil = await start('$(touch pwned)`touch pwned`;touch pwned');
    const { stdout } = await runGmr(['__complete', 'names']);
    for (const line of stdout.trimEnd().split('\n')) assert.match(line, /^@?[\w.+/-]+$/);
    assert.match(stdout, /^@acme\/scoped-in-this-test$/m);
    assert.ok(stdout.includes(`completed-in-this-test\n${pid}\n`));
    assert.ok(stdout.includes(`\n${evil}\n`) || stdout.startsWith(`${evil}\n`));
    if (noBash !== false) return;
    assert.deepEqual(bashOffers(t, 'trigger', 'completed-in'), ['completed-in-this-test']);
    assert.ok(bashOffers(t, 'trigger', '').includes(String(evil)));
    assert.ok(bashOffers(t, '').includes('@acme/scoped-in-this-test'));
    assert.ok(bashOffers(t, 'comp').includes('completed-in-this-test'));
  });

  test('fish offers commands, options, their values and files', { skip: lackOf('fish') }, (t) => {
    const offers = (line: string): readonly string[] => {
      const script = `gmr completion fish | source; complete -C '${line}'`;
      const { stdout } = run(t, 'fish', ['--no-config', '-c', script]);
      return stdout
        .split('\n')
        .filter((each) => each !== '')
        .map((each) => each.split('\t')[0] ?? '');
    };
    assert.ok(offers('gmr vi').includes('view'));
    assert.deepEqual(offers('gmr view --format ').toSorted(), ['collapsed', 'json', 'log', 'text']);
    assert.ok(offers('gmr view --f').includes('--format'));
    assert.ok(offers('gmr view oth').includes('other.log'));
    assert.ok(!offers('gmr list oth').includes('other.log'));
    assert.ok(offers('gmr cart-api --ti').includes('--timeout'));
    assert.ok(!offers('gmr list --ti').includes('--timeout'));
  });

  const noZsh = lackOf('zsh') || whyNoTerminal() || false;
  test('zsh completes a command line that is typed', { skip: noZsh }, async (t) => {
    const { cwd, env } = place(t);
    const setup =
      'autoload -Uz compinit && compinit -u -D\nsource <(gmr completion zsh)\nPROMPT="prompt> "\n';
    writeFileSync(join(cwd, '.zshrc'), `cd '${cwd}'\n${setup}`);
    const { shown } = await onScreen(['zsh', '-d', '-i'], {
      rows: 40,
      columns: 120,
      env: { ...env, ZDOTDIR: cwd },
      type: [
        ['prompt> ', 'gmr vi\t--form\tcoll\toth\t\n'],
        ['is not a report', 'exit\n'],
      ],
    });
    assert.match(shown, /gmr: other\.log is not a report that gmr can show: it is no JSON document/);
  });

  test('refuses another shell', async () => {
    const { code, stderr } = await runGmr(['completion', 'tcsh']);
    assert.equal(code, 2);
    assert.match(stderr, /Allowed choices are bash, zsh, fish/);
  });
});
