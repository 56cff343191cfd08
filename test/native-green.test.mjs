// Suspended functions found in the heap, against what the sources say of themselves.
// Runs on the Node that runs it; GMR_GREEN_FIXTURE names the addon when it was built elsewhere.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const HERE = join(dirname(fileURLToPath(import.meta.url)), 'native', 'green');
const FIXTURE = process.env.GMR_GREEN_FIXTURE ?? join(HERE, 'build', 'Release', 'green.node');
const FUZZ_RUNS = Number(process.env.GMR_FUZZ_RUNS ?? 1000);
const CHURN_SECONDS = Number(process.env.GMR_CHURN_SECONDS ?? 5);
/** Fewer would mean that shapes were left out. */
const LEAST_CHAINS = 45;

function run(script, { flags = [], args = [], env = {} } = {}) {
  const child = spawnSync(process.execPath, [...flags, join(HERE, script), FIXTURE, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 300_000,
  });
  const context = `${flags.join(' ')}: signal ${child.signal}, ${child.stderr}`;
  assert.match(child.stdout, /^\{/m, context);
  const line = child.stdout.split('\n').find((text) => text.startsWith('{'));
  return { context, exitCode: child.status, ...JSON.parse(line) };
}

function assertExact(result) {
  assert.equal(result.problem, '', result.context);
  assert.deepEqual(result.missing, [], result.context);
  assert.deepEqual(result.extra, [], result.context);
  assert.deepEqual(result.problems, [], result.context);
  assert.ok(result.chains >= LEAST_CHAINS, `${result.context}: ${result.chains} chains`);
  assert.equal(result.exitCode, 0, result.context);
}

describe('every function that waits is listed where it waits, with its callers', () => {
  const ways = [
    [],
    ['--always-sparkplug'],
    ['--no-sparkplug'],
    ['--jitless'],
    ['--maglev'],
    ['--single-threaded'],
    ['--gc-interval=200'],
    ['--stress-compaction'],
    ['--stress-scavenge=40'],
    ['--interpreted-frames-native-stack'],
    ['--enable-source-maps'],
    ['--inspect=0'],
    ['--expose-gc'],
  ];
  for (const flags of ways) {
    test(`with ${flags[0] ?? 'no flags'}`, () => assertExact(run('checks.cjs', { flags })));
  }
  test('with async_hooks and AsyncLocalStorage in use', () =>
    assertExact(run('checks.cjs', { env: { CHECK_WITH_HOOKS: '1' } })));
  test('in a worker', () => assertExact(run('checks.cjs', { env: { CHECK_IN_WORKER: '1' } })));
  test('from another thread while its own one waits', () =>
    assertExact(run('checks.cjs', { args: ['dumpFromThread'] })));
});

test('tells what an innermost await waits for', () => {
  const { labels, problem, context } = run('labels.cjs');
  assert.equal(problem, '', context);
  assert.match(labels.onTimer, /^timer 60000 ms \(59\d{3} ms left\)$/);
  assert.match(labels.onOwnTimer, /^timer 70000 ms \(69\d{3} ms left\)$/);
  assert.equal(labels.onPool, 'Pool <- Array');
  assert.match(labels.onEvent, /^EventEmitter <- .*callback resolver \(node:events/);
  assert.match(labels.onChild, /callback .*\(node:child_process/);
  assert.match(labels.onHttp, /^http request GET localhost/);
  assert.match(labels.onSocket, /^Socket <- |^callback .*\(node:internal\/streams\/readable/);
  assert.match(labels.onPort, /^MessagePort <- /);
  assert.match(labels.onAbort, /^AbortSignal <- /);
  assert.match(
    labels.onRace,
    /^resolve: (timer 80000 ms .* \| EventEmitter|EventEmitter.* \| timer 80000 ms)/,
  );
  assert.match(labels.onNothing, /^a promise that no JavaScript can resolve any more/);
});

test('finds the same in interrupts of JavaScript that makes garbage beside a busy worker', () => {
  const result = run('churn.cjs', { args: [String(CHURN_SECONDS)] });
  assert.equal(result.problem, '', result.context);
  assert.equal(result.wrong, 0, `${result.wrong} of ${result.dumps} dumps, ${result.firstWrong} functions`);
  assert.ok(result.dumps > 3, result.context);
});

test('keeps its limits, and says what it left out', () => {
  const result = run('limits.cjs');
  assert.equal(result.cut.groups, 2, result.context);
  assert.equal(result.cut.groupsLeftOut, result.cut.totalGroups - 2, result.context);
  assert.ok(result.cut.threadsLeftOut >= result.cut.groupsLeftOut, result.context);
  assert.deepEqual(result.frames, { kept: 3, cutCount: 18, cutAfter: 1 }, result.context);
  assert.match(result.tooLarge, /^over-limit: the heap of \d+ MB is larger than the limit of 1 MB$/);
  assert.match(result.tooLate, /^over-limit: the scan took longer than the allowed pause of 0 ms$/);
});

test('a wrong layout yields fewer functions, and neither a crash nor a hang', () => {
  const { runs, slowestMs, context, exitCode } = run('fuzz.cjs', { args: [String(FUZZ_RUNS)] });
  assert.equal(exitCode, 0, `${context}: the slowest of ${runs} took ${slowestMs} ms`);
  assert.equal(runs, FUZZ_RUNS, context);
});
