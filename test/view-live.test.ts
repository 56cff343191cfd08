import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import type { Photograph } from '../src/report/model';
import { reportFiles, scratchFolder, untilReportFiles } from './support/files';
import { AUTORUN, runGmr } from './support/gmr-command';
import { libPath } from './support/lib';
import { asJsonFile } from './support/log-collectors';
import { REPOSITORY_ROOT, fixturePath } from './support/paths';
import { HARD_LIMIT_MS, PATIENT } from './support/patience';
import { type Service, type ServiceOptions, startService } from './support/service';
import { shellCommand } from './support/shell';

/** A report of a service in three formats: what the process wrote, and the path of each file. */
async function reportOf(t: TestContext, options: ServiceOptions): Promise<Record<string, string>> {
  const logDir = scratchFolder(t);
  const env = { ...options.env, GMR_LOG_DIR: logDir, GMR_FORMAT: 'text, json,log' };
  const service: Service = await startService(t, { ...options, env }).ready();
  service.signal();
  const names = await untilReportFiles(logDir, 3);
  assert.equal(names.length, 3, names.join());
  return Object.fromEntries(names.map((name) => [/(?:\.\w+)?$/.exec(name)?.[0] ?? '', join(logDir, name)]));
}

function git(folder: string, ...args: string[]): void {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
  const { status, stderr } = spawnSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

/** A service in a checkout of its own. */
function inCheckout(t: TestContext): ServiceOptions {
  const folder = join(scratchFolder(t), 'app');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"name":"checked-out","version":"1.2.3"}');
  const script = join(folder, 'server.cjs');
  writeFileSync(script, readFileSync(fixturePath('echo-service.cjs')));
  git(folder, 'init', '-q', '-b', 'trunk');
  git(folder, 'add', '.');
  git(folder, 'commit', '-q', '-m', 'first');
  return { script, execArgv: ['--require', libPath('autorun.js')] };
}

describe('gmr view of a JSON report', PATIENT, () => {
  const situations: readonly (readonly [string, (t: TestContext) => ServiceOptions])[] = [
    ['an idle service', () => AUTORUN],
    ['a service in a git checkout', inCheckout],
    ['registered sections', () => ({ script: 'sections-service.cjs', args: ['idle'] })],
    ['blocked threads', () => ({ script: 'blocked-service.cjs', args: ['busy-loop', 'regex'] })],
    ['suspended functions', () => ({ script: 'green/shapes-service.cjs' })],
    [
      'outermost frames first',
      () => ({ script: 'green/shapes-service.cjs', env: { GMR_FRAME_ORDER: 'outermost-first' } }),
    ],
    ['child processes', () => ({ script: 'family-service.cjs' })],
    [
      'strange text',
      () => ({ script: 'hostile-service.cjs', args: ['{}'], env: { GMR_TEST_EVIL: 'a\nforged\u001b' } }),
    ],
    [
      'the whole environment',
      () => ({ ...AUTORUN, env: { GMR_ENV: 'masked', GMR_FRAMES: 'all', API_KEY: 'x'.repeat(40) } }),
    ],
  ];
  for (const [title, optionsOf] of situations) {
    test(`prints the text that the process wrote: ${title}`, async (t) => {
      const files = await reportOf(t, optionsOf(t));
      const text = readFileSync(files[''] ?? '', 'utf8');
      const json = readFileSync(files['.json'] ?? '', 'utf8');
      for (const extension of ['.json', '.jsonl']) {
        const { code, stdout, stderr } = await runGmr(['view', files[extension] ?? '']);
        assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
        assert.equal(stdout, text);
        const document = await runGmr(['view', files[extension] ?? '', '--format', 'json']);
        assert.ok(document.stdout === json, 'the document is the same');
      }
      const log = readFileSync(files['.jsonl'] ?? '', 'utf8');
      assert.equal((await runGmr(['view', files['.json'] ?? '', '-f', 'log'])).stdout, log);
      if (title.includes('git')) assert.match(text, /git commit = [0-9a-f]{40} \(trunk\)/);
      const collapsed = (await runGmr(['view', files['.json'] ?? '', '-f', 'collapsed'])).stdout;
      for (const line of collapsed.trimEnd().split('\n'))
        assert.match(line, /^(?:main|worker|other)[^;]*;.* \d+$/);
    });
  }
});

describe('a report as lines for a log', PATIENT, () => {
  /** What the reader of the pipe gets that is the stderr of the service. */
  function logOf(t: TestContext, format: string): string {
    const file = join(scratchFolder(t), 'log');
    const script = '"$@" 2>&1 >/dev/null | cat > "$0"';
    const [shell, ...args] = shellCommand(
      script,
      file,
      process.execPath,
      fixturePath('log-service.cjs'),
      format,
    );
    const { status, stderr } = spawnSync(shell, args, { encoding: 'utf8', timeout: HARD_LIMIT_MS });
    assert.equal(status, 0, stderr);
    return readFileSync(file, 'utf8');
  }

  test('comes through a pipe line by line, while the service writes to it as well', async (t) => {
    const log = logOf(t, 'log');
    const lines = log.trimEnd().split('\n');
    const kinds = lines.map((line) => ('gmr' in (JSON.parse(line) as object) ? 'ours' : 'other'));
    const changes = kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length;
    t.diagnostic(`${lines.length} lines, of which ${changes} are behind one of the other writer`);
    const { code, stdout, stderr } = await runGmr(['view', '-', '-f', 'json'], asJsonFile(log));
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.ok(stdout.length > 2_000_000, String(stdout.length));
    const { sections } = JSON.parse(stdout) as Photograph;
    assert.deepEqual(
      sections.map(({ title, result }) => [title, result.status]),
      ['One', 'Two', 'Three'].map((title) => [title, 'ok']),
    );
  });

  test('is split by Docker when it is one line', async (t) => {
    const log = logOf(t, 'json');
    const { code, stderr } = await runGmr(['view', '-', '-f', 'json'], asJsonFile(log));
    assert.equal(code, 1);
    assert.match(stderr, /is not a report that gmr can show: it is no JSON document, and has neither/);
  });

  test('is what generateReport returns', async () => {
    const program =
      "require('gmr-native').generateReport({ format: 'log' }).then((log) => process.stdout.write(log))";
    const { stdout } = spawnSync(process.execPath, ['-e', program], {
      cwd: REPOSITORY_ROOT,
      encoding: 'utf8',
    });
    for (const line of stdout.trimEnd().split('\n'))
      assert.equal((JSON.parse(line) as { gmr: string }).gmr, 'report');
    const { code, stdout: text } = await runGmr(['view', '-'], stdout);
    assert.equal(code, 0);
    assert.match(text, /^ {2}trigger: +api$/m);
  });

  test('is found by gmr trigger in a log file and in a folder', async (t) => {
    const logDir = scratchFolder(t);
    const service = await startService(t, {
      ...AUTORUN,
      env: { GMR_FORMAT: 'log', GMR_LOG_DIR: logDir },
    }).ready();
    const { code, stdout, stderr } = await runGmr(['trigger', String(service.pid), '--wait']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`process: +pid ${service.pid},`));
    const [name = ''] = reportFiles(logDir);
    assert.match(name, /_gurumeditation_\d{14}\.jsonl$/);
  });
});
