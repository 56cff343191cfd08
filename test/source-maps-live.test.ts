import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { build } from 'esbuild';
import { scratchFolder } from './support/files';
import { markedFrame } from './support/marks';
import { STACK_READING, isSanitized } from './support/native-addon';
import { copyPackage } from './support/package-copy';
import { fixturePath, REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';
import { sectionOf } from './support/report-text';
import { startService, type Service } from './support/service';

const FIXTURE = 'mapped/service.ts';
const AWAIT = markedFrame(FIXTURE, 'await');

/** Runs the bundled service with the package in this folder. */
async function startMapped(t: TestContext, packageFolder: string, more = {}): Promise<Service> {
  const folder = scratchFolder(t);
  const script = join(folder, 'service.js');
  await build({
    entryPoints: [fixturePath(FIXTURE)],
    outfile: script,
    bundle: true,
    minify: true,
    platform: 'node',
    sourcemap: 'linked',
    logLevel: 'error',
  });
  const env = { GMR_ENTRY: join(packageFolder, 'lib', 'index.js'), ...more };
  return startService(t, { script, env }).ready();
}

interface SeenFrame {
  readonly original: { readonly functionName: string | null; readonly line: number } | null;
  readonly generated: string | null;
}

async function ask(service: Service, command: string, answer: string): Promise<SeenFrame> {
  const from = service.stdout.length;
  service.write(`${command}\n`);
  const line = await service.line(`${answer} `, from);
  return JSON.parse(line.slice(answer.length + 1)) as SeenFrame;
}

function assertOriginal({ original, generated }: SeenFrame): void {
  assert.deepEqual(
    [original?.functionName, original?.line, generated],
    [AWAIT.functionName, AWAIT.line, null],
  );
}

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;
const NEEDS_LIMIT = { skip: whyNoLimit() };

function whyNoLimit(): string | false {
  // V8 reserves 512 MB for the code of an isolate, which are free for maps afterwards.
  if (Number(process.versions.node.split('.')[0]) >= 24) return 'where an isolate fits, source maps fit too';
  if (!hasPrlimit) return 'prlimit is not installed';
  return isSanitized() ? 'a sanitizer reserves terabytes' : false;
}

describe('original positions', { ...PATIENT, ...STACK_READING }, () => {
  test('are in generateReport(), in what listeners get, and in a report on a signal', async (t) => {
    const service = await startMapped(t, REPOSITORY_ROOT);
    assertOriginal(await ask(service, 'generate', 'generated'));
    assertOriginal(await ask(service, 'write', 'heard'));
    service.skipReports();
    const waiting = sectionOf(await service.reportOnSignal(), 'Green Threads');
    assert.match(
      waiting,
      new RegExp(`async waitForStock \\(\\S*service\\.ts:${AWAIT.line}:3, running as service\\.js`),
    );
  });

  test('are missing, with the reason, when the formatter cannot resolve them', async (t) => {
    const damaged = copyPackage(t, {
      binary: 'linked',
      formatterBundle: "globalThis.gmrResolve = () => { throw new Error('broken on purpose'); };",
    });
    const service = await startMapped(t, join(damaged, '..', '..'));
    for (const [command, word] of [
      ['generate', 'generated'],
      ['write', 'heard'],
    ] as const) {
      const { original, generated } = await ask(service, command, word);
      assert.deepEqual([original, generated], [null, 'its source map was not read']);
    }
  });

  test('are left out when there is memory for the report, but not for maps', NEEDS_LIMIT, async (t) => {
    const service = await startMapped(t, REPOSITORY_ROOT, { GMR_GREEN_THREADS: 'off' });
    service.write('spin\n');
    const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
    const usedMb = Number(/^VmData:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
    // A whole report needs 160 MB: kReportDataBytes.
    const bytes = Math.round((usedMb + 160 + 20) * 1024 * 1024);
    execFileSync('prlimit', [`--pid=${service.pid}`, `--data=${bytes}:`]);
    const threads = sectionOf(await service.reportOnSignal(), 'Threads');
    assert.match(
      /^.*\bservice\.js:1:.*$/m.exec(threads)?.[0] ?? threads,
      /position in generated code: its source map was not read: less than \d+ MB of memory .* RLIMIT_DATA/,
    );
  });
});
