import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { markedFrame } from './support/marks';
import { PATIENT } from './support/patience';
import { reportOfStuckThreads } from './support/blocked-states';
import { mainBlock } from './support/report-text';
import { startService } from './support/service';

/** A loop counts as blocked only after a while. */
const MOST_REPORTS = 20;
const FIXTURE = 'headline-service.cjs';

async function stuckIn(t: TestContext, way: string): Promise<string> {
  const service = await startService(t, { script: FIXTURE, args: [way] }).ready();
  return await reportOfStuckThreads(service);
}

/** The sentence about the main thread that begins a report. */
function headlineOf(report: string): string {
  return /^ *(main thread: .*)$/m.exec(report)?.[1] ?? '';
}

function lineOf(mark: string): number {
  return markedFrame(FIXTURE, mark).line;
}

describe('the first sentence of a report', PATIENT, () => {
  test('does not take the variable that a promise is assigned to for its executor', async (t) => {
    const report = await stuckIn(t, 'executor');
    const line = lineOf('executor');
    assert.match(
      headlineOf(report),
      new RegExp(
        `(?:blocked for .*|running) at headline-service\\.cjs:${line}, called from (?:Timeout\\.)?loadRates \\(`,
      ),
    );
    assert.doesNotMatch(mainBlock(report).body, /\brates \(/);
    assert.match(mainBlock(report).body, new RegExp(`\\(anonymous\\) \\(.*${FIXTURE}:${line}:`));
  });

  test('has the line of a template in the string that was evaluated, and what rendered it', async (t) => {
    const report = await stuckIn(t, 'template');
    const line = lineOf('template');
    assert.match(
      headlineOf(report),
      new RegExp(
        ` in eval \\(line 5 of eval, named ${FIXTURE}\\), called from renderInvoice \\(${FIXTURE}:${line}\\)`,
      ),
    );
    assert.match(
      mainBlock(report).body,
      new RegExp(
        `eval \\(/.*${FIXTURE}:5:\\d+, position in generated code: it was made from a string\\) \\[eval\\]`,
      ),
    );
  });

  test('says that a regular expression is matched, also where the thread itself answers', async (t) => {
    const service = await startService(t, { script: FIXTURE, args: ['regexp'] }).ready();
    const wanted = new RegExp(
      `matching a regular expression in (?:Timeout\\.)?matchForever \\(${FIXTURE}:${lineOf('regexp')}\\)`,
    );
    let headline = '';
    for (let reports = 0; reports < MOST_REPORTS && !wanted.test(headline); reports += 1)
      headline = headlineOf(await service.reportOnSignal());
    assert.match(headline, wanted);
  });

  for (const way of ['exit', 'exit-call']) {
    test(`says that code runs when the process ends (${way})`, async (t) => {
      const report = await stuckIn(t, way);
      const place = `flush \\(${FIXTURE}:${lineOf('exit')}\\)`;
      assert.match(headlineOf(report), new RegExp(`${place}, in a listener of the process's 'exit' event`));
    });
  }

  for (const [way, queue, name] of [
    ['promise-jobs', 'promise jobs', 'waitUntilWarm'],
    ['ticks', 'callbacks of process.nextTick', 'drain'],
  ] as const) {
    test(`says that ${queue} keep the event loop from turning, and what runs in them`, async (t) => {
      const service = await startService(t, { script: FIXTURE, args: [way] }).ready();
      const wanted = new RegExp(` by ${queue}, one after the other: now (in|at|between) `);
      let headline = '';
      for (let reports = 0; reports < MOST_REPORTS && !wanted.test(headline); reports += 1)
        headline = headlineOf(await service.reportOnSignal());
      assert.match(headline, wanted);
      if (headline.includes(FIXTURE)) assert.match(headline, new RegExp(`${name} \\(${FIXTURE}:\\d+`));
    });
  }

  for (const [way, step] of [
    ['one-job', 'promise job'],
    ['one-tick', "tick of Node's"],
  ] as const) {
    test(`does not say so of one ${step} that does not end`, async (t) => {
      const service = await startService(t, { script: FIXTURE, args: [way] }).ready();
      let headline = '';
      for (let reports = 0; reports < MOST_REPORTS && !headline.includes('blocked'); reports += 1)
        headline = headlineOf(await service.reportOnSignal());
      assert.match(headline, /blocked for [^,]*(?:, |$)/);
      assert.doesNotMatch(headline, /one after the other/);
    });
  }

  test('keeps the name of an executor that has one', async (t) => {
    const report = await stuckIn(t, 'named-executor');
    const line = lineOf('named-executor');
    assert.match(headlineOf(report), new RegExp(` in loadNow \\(${FIXTURE}:${line}\\)`));
  });
});
