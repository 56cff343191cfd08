import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, after, describe, test } from 'node:test';
import { STACK_READING, isSanitized } from './support/native-addon';
import { CALLS_OF_NODE, CALLS_OF_THE_TRIAL, OWN_SYSTEM_CALLS } from './support/own-calls';
import { REPOSITORY_ROOT, fixturePath } from './support/paths';
import { HARD_LIMIT_MS, PATIENT, eventually } from './support/patience';

const folder = mkdtempSync(join(tmpdir(), 'gmr-own-calls-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace && process.env['GMR_STRACE_REQUIRED'] === '1')
  throw new Error('strace is required, and not installed');
const skip = hasStrace
  ? isSanitized()
    ? 'a sanitizer makes calls of its own'
    : false
  : 'strace is not installed';

interface Run {
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Number of reports that are requested. */
  readonly reports: number;
}

/** Returns what strace prints of a service, its threads and its children, from start to end. */
async function trace(
  t: TestContext,
  name: string,
  { script, args = [], env, reports }: Run,
): Promise<string> {
  const log = join(folder, `${name}.strace`);
  const command = ['-f', '-qq', '-o', log, process.execPath, fixturePath(script), ...args];
  const tracer = spawn('strace', command, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  t.after(() => tracer.kill('SIGKILL'));
  let output = '';
  for (const stream of [tracer.stdout, tracer.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const has = (pattern: RegExp, times: number): true | undefined =>
    (output.match(pattern)?.length ?? 0) >= times ? true : undefined;
  await eventually('the service is ready', () => has(/^ready$/gm, 1));
  const pid = Number(readFileSync(`/proc/${tracer.pid}/task/${tracer.pid}/children`, 'utf8').trim());
  for (let round = 1; round <= reports; round += 1) {
    process.kill(pid, 'SIGUSR2');
    await eventually(`report ${round}`, () => has(/End of report|written to/g, round));
  }
  const ended = once(tracer, 'close');
  process.kill(pid, 'SIGTERM');
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, HARD_LIMIT_MS).unref())]);
  return readFileSync(log, 'utf8');
}

/** Returns the names of the system calls that strace printed. */
function callsIn(log: string): Set<string> {
  return new Set([...log.matchAll(/^\d+ +(\w+)\(/gm)].map(([, call]) => call ?? ''));
}

const RUNS: readonly (Run & { readonly title: string })[] = [
  { title: 'reports on stderr', script: 'filtered-service.cjs', args: ['busy'], reports: 2 },
  {
    title: 'reports in files',
    script: 'filtered-service.cjs',
    env: { GMR_LOG_DIR: join(folder, 'reports'), GMR_MAX_REPORTS: '1' },
    reports: 3,
  },
  { title: 'a blocked main thread', script: 'blocked-service.cjs', args: ['busy-loop', 'regex'], reports: 2 },
  { title: 'suspended functions of main and a worker', script: 'green/churn-service.cjs', reports: 2 },
  { title: 'sections', script: 'steady-service.cjs', reports: 2 },
];

describe(
  'the system calls of a report',
  { ...PATIENT, ...STACK_READING, skip: STACK_READING.skip || skip },
  () => {
    const known = [...OWN_SYSTEM_CALLS.map(({ name }) => name), ...CALLS_OF_NODE];

    const unknownCalls = async (t: TestContext, run: Run): Promise<readonly string[]> => {
      const plain = callsIn(await trace(t, 'plain', { script: 'plain-service.cjs', reports: 0 }));
      const own = callsIn(await trace(t, 'own', run));
      const added = [...own].filter((call) => !plain.has(call)).sort();
      t.diagnostic(added.join(' '));
      return added.filter((call) => !known.includes(call));
    };

    for (const run of RUNS) {
      test(`are those of Node and the listed ones, for ${run.title}`, async (t) => {
        const unknown = await unknownCalls(t, run);
        if (unknown.length === 0) return;
        // Node and the C library make some calls in few runs only. Ours are made in each.
        const again = await unknownCalls(t, run);
        assert.deepEqual(
          unknown.filter((call) => again.includes(call)),
          [],
        );
      });
    }

    test('are examined before they are made, each of them', () => {
      const source = readFileSync(join(REPOSITORY_ROOT, 'native', 'base', 'own_calls_linux.cc'), 'utf8');
      for (const { name } of OWN_SYSTEM_CALLS) assert.match(source, new RegExp(`\\{"${name}",`), name);
    });

    test('are documented for authors of filters', () => {
      const guide = readFileSync(join(REPOSITORY_ROOT, 'docs', 'guides', 'systemd.md'), 'utf8');
      for (const { name } of OWN_SYSTEM_CALLS)
        assert.ok(guide.includes(`\`${name}\``), `${name} is not in systemd.md`);
      for (const name of CALLS_OF_THE_TRIAL)
        assert.ok(guide.includes(`\`${name}\``), `${name} is not in systemd.md`);
    });
  },
);

/** What the reporter thread opens before setup has returned, and after that until a report is requested. */
function openedBy(reporter: string, log: string): { readonly early: string[]; readonly late: string[] } {
  const lines = log.split('\n');
  const ready = lines.findIndex((line) => line.includes('write(1, "ready'));
  const wanted = lines.findIndex((line, index) => index > ready && line.includes('--- SIGUSR2'));
  assert.ok(ready > 0 && wanted > ready);
  // strace pads the ids of threads with blanks.
  const opened = (line: string): boolean => new RegExp(`^${reporter} +open`).test(line);
  return { early: lines.slice(0, ready).filter(opened), late: lines.slice(ready, wanted).filter(opened) };
}

// A file gets the lowest free number: one that the reporter thread opened in passing would take the number of a
// stderr that the application just closed to open another in its place.
test(
  'after setup, the reporter thread opens no file before a report is wanted',
  { ...PATIENT, skip },
  async (t) => {
    // Setup waits for the thread, but not forever: strace on a busy machine can be slower than that.
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const log = await trace(t, `idle-${attempt}`, {
        script: 'outputs-service.cjs',
        args: ['{}'],
        reports: 1,
      });
      const reporter = /^(\d+) .*"gmr-reporter"/m.exec(log)?.[1];
      assert.ok(reporter !== undefined);
      const { early, late } = openedBy(reporter, log);
      if (late.length === 0 && early.some((line) => line.includes('/cmdline'))) return;
      t.diagnostic(`attempt ${attempt}: ${late.length} of ${early.length + late.length} after setup`);
    }
    assert.fail('it opens files after setup, or does not search for nodemon');
  },
);
