import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type CallSite, type Verdict, compareWithTruth } from './ground-truth';
import { PLAIN, type Scenario, type Variant } from './ground-truth-scenarios';
import { markedFrame } from './marks';
import { eventually } from './patience';
import { type ThreadBlock, mainBlock, workerBlock } from './report-text';
import { type Service, startService } from './service';

/** Where the scenario runs. */
export type Where = 'main' | 'worker';

interface Truth {
  readonly tid: number;
  readonly sites: readonly CallSite[];
}

/** What all runs together found. */
export interface Totals {
  stacks: number;
  frames: number;
  exact: number;
  /** Method to number of stacks. */
  readonly methods: Map<string, number>;
}

export const totals: Totals = { stacks: 0, frames: 0, exact: 0, methods: new Map() };

/** A loop is rarely met between two of its calls, and a thread that computes rarely too late for its usual way. */
const MOST_REPORTS = 6;
/** Of a block that is not as expected. */
const MOST_LINES = 60;
/** The call that is waited for has begun when the thread has burnt so much since it was announced. */
const CPU_NS_IN_THE_CALL = 30e6;
/** The fixture says in this function that it goes to its place now. */
const ANNOUNCING = /^ *announce \(/m;
/** So often in a row the thread is seen in the same system call: it waits there. */
const SAME_SYSCALL = 5;

/** Starts the scenario, asks for a report while it is stuck, and holds the thread's block against the truth. */
export async function assertTruth(
  t: TestContext,
  scenario: Scenario,
  where: Where,
  variant: Variant,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gmr-truth-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const service = await start(t, [scenario.name, where, folder], variant);
  const note = (await service.line('ready')).slice('ready '.length);
  if (scenario.needsOptimiser === true && variant === PLAIN) assert.equal(note, 'optimised');
  const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Truth;
  assert.ok(truth.sites.length > 0, 'the fixture recorded nothing');
  await untilStuck(service.pid, truth.tid, scenario.waits);

  const { verdict, block } = await reportOf(service, { scenario, where, variant, truth });
  count(verdict);
  const context = `\n${block.head}\n${block.body.split('\n').slice(0, MOST_LINES).join('\n')}`;
  assert.deepEqual(verdict.problems, [], `${verdict.problems.join('\n')}${context}`);
  assert.ok(isExpected(scenario, variant, verdict.method), `captured '${verdict.method}'${context}`);
  // Held inside of a profiler's signal handler, the thread shows what that interrupted, but not with what arguments.
  if (isUsual(scenario, verdict.method)) assertShows(scenario.shows, block, context);
}

async function start(t: TestContext, args: readonly string[], variant: Variant): Promise<Service> {
  const { execArgv } = variant;
  const script = 'truth-service.cjs';
  if (variant.debugger === 'none') return startService(t, { script, args, execArgv });
  const service = startService(t, { script, args: [...args, 'waits'], execArgv });
  const listening = /Debugger listening on (ws:\S+)/;
  await service.says('Debugger listening on ');
  const url = await eventually('the address of the inspector', () => listening.exec(service.stderr)?.[1]);
  const { file, line } = markedFrame(script, 'breakpoint');
  await startService(t, {
    script: 'debugger.cjs',
    args: variant.debugger === 'looks' ? [url] : [url, file, String(line)],
    execArgv: ['--experimental-websocket', '--no-warnings'],
  }).ready();
  service.write('x');
  return service;
}

/** Waits until the thread is where it said that it was going. */
async function untilStuck(pid: number, tid: number, waits: boolean): Promise<void> {
  const read = (name: string): string => readFileSync(`/proc/${pid}/task/${tid}/${name}`, 'utf8');
  const cpuNs = (): number => Number(read('schedstat').split(' ')[0]);
  const began = cpuNs();
  let last = '';
  let same = 0;
  await eventually(`thread ${tid} of ${pid} is stuck`, () => {
    if (!waits) return cpuNs() > began + CPU_NS_IN_THE_CALL ? true : undefined;
    const now = read('syscall');
    same = now === last && !now.startsWith('running') ? same + 1 : 0;
    last = now;
    return same >= SAME_SYSCALL ? true : undefined;
  });
}

interface Run {
  readonly scenario: Scenario;
  readonly where: Where;
  readonly variant: Variant;
  readonly truth: Truth;
}

async function reportOf(
  service: Service,
  { scenario, where, variant, truth }: Run,
): Promise<{ readonly verdict: Verdict; readonly block: ThreadBlock }> {
  for (let reports = 1; ; reports += 1) {
    const report = await service.reportOnSignal();
    const block = where === 'main' ? mainBlock(report) : workerBlock(report, 'stuck');
    const verdict = compareWithTruth(block, truth.sites, scenario);
    const isBetween = scenario.repeats === true && verdict.isBetweenCalls;
    // On a busy machine the one way of capture may be too late, and another comes first.
    const isOtherWay =
      !scenario.waits && verdict.problems.length === 0 && !isExpected(scenario, variant, verdict.method);
    const isDisturbed =
      variant.wakesThreads &&
      (verdict.method === '' || (scenario.waits && !isUsual(scenario, verdict.method)));
    // V8 may have waited for a lock, for as long as it took to look, before the call was made.
    const isEarly = ANNOUNCING.test(block.body);
    const again = isBetween || isOtherWay || isDisturbed || isEarly || verdict.lacksClasses;
    if (!again || reports === MOST_REPORTS) return { verdict, block };
  }
}

function isExpected(scenario: Scenario, { wakesThreads }: Variant, method: string): boolean {
  return isUsual(scenario, method) || (scenario.waits && wakesThreads && method === 'while held');
}

function isUsual({ methods }: Scenario, method: string): boolean {
  return (methods as readonly string[]).includes(method);
}

function count({ frames, exact, method }: Verdict): void {
  totals.stacks += 1;
  totals.frames += frames;
  totals.exact += exact;
  totals.methods.set(method, (totals.methods.get(method) ?? 0) + 1);
}

function assertShows(patterns: readonly RegExp[], { body }: ThreadBlock, context: string): void {
  let from = 0;
  for (const pattern of patterns) {
    const at = body.slice(from).search(pattern);
    assert.notEqual(at, -1, `no ${String(pattern)}, or not in this order, in${context}`);
    from += at;
  }
}
