import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { greenThreadsOf, type PrintedGroup } from './support/green-threads';
import { STACK_READING, isSanitized } from './support/native-addon';
import { PATIENT } from './support/patience';
import { Service } from './support/service';

const FILE = String.raw`\S*/wait-reasons-service\.cjs`;
const DESK = `Desk\\.open \\("desk" in ${FILE}\\)`;
const LEFT = String.raw`\([\d.]+ s left\)`;

/** Function of test/fixtures/green/wait-reasons-service.cjs, and what it waits for. */
const WAITS: Readonly<Record<string, RegExp>> = {
  mapWithMetrics: new RegExp(`^Map "approvals" \\(${FILE}\\)$`),
  entryInCache: new RegExp(
    `^(?:${DESK} \\| Map "cache" \\(${FILE}\\)|Map "cache" \\(${FILE}\\) \\| ${DESK})$`,
  ),
  storedTwice: new RegExp(`^Turnstile\\.spare \\("turnstile" in ${FILE}\\) \\| ${DESK}$`),
  withSignal: new RegExp(`^${DESK}, given up when an AbortSignal is aborted$`),
  onlySignal:
    /^a promise that nothing in the heap can resolve any more, given up when an AbortSignal is aborted$/,
  racing: new RegExp(`^Turnstile\\.#waiters \\("turnstile" in ${FILE}\\), given up after 62 s ${LEFT}$`),
  onceWithLimit: new RegExp(
    `^event "answer" of EventEmitter \\("broker" in ${FILE}\\) \\| timer 63000 ms \\(`,
  ),
  iterating: /^an event of EventEmitter: FixedQueue "unconsumedPromises"(?: of on)? \(node:events\)$/,
  privateField: new RegExp(`^Turnstile\\.#waiters \\("turnstile" in ${FILE}\\)$`),
  weakPrivate: new RegExp(`^Hidden \\("hidden" in ${FILE}\\)$`),
  limitedBehind: new RegExp(`^Array "waiting" of limiter \\(${FILE}\\)$`),
  linked: new RegExp(`^Chain \\("chain" in ${FILE}\\)$`),
  pendingRequest: new RegExp(`^Request in Client\\.pending \\("client" in ${FILE}\\)$`),
  helperDone: new RegExp(`^${DESK}`),
  plainSleep: /^timer 71000 ms \(\d+ ms left\)$/,
  cancellable: new RegExp(`^${DESK} \\| timer 72000 ms \\(\\d+ ms left\\)$`),
  shadowed: new RegExp(`^${DESK}, given up after 73 s ${LEFT}$`),
  variable: new RegExp(`^variable "wake" \\(${FILE}\\)$`),
  otherFunction: /^async function elsewhere \(.*\), which may settle it and waits for timer 71000 ms/,
};

const IN_TIME = isSanitized() ? { skip: 'there is no time for it with a sanitizer' } : STACK_READING;

describe('what settles a promise, among much that does not', { ...PATIENT, ...IN_TIME }, () => {
  let service: Service;
  let groups: readonly PrintedGroup[] = [];

  before(async () => {
    service = new Service({ script: 'green/wait-reasons-service.cjs' });
    await service.ready();
    for (let report = 0; report < 20; report += 1) {
      const found = greenThreadsOf(await service.reportOnSignal());
      groups = found.groups;
      if (!found.text.includes('what some of them wait for is not known')) return;
    }
  });
  after(() => service.stop());

  for (const [name, expected] of Object.entries(WAITS)) {
    test(`is named: ${name}`, () => {
      const group = groups.find(({ frames }) => frames.some((frame) => frame.name === name));
      assert.ok(group !== undefined, `${name} is not listed among ${JSON.stringify(groups, null, 1)}`);
      assert.match(group.waitsFor ?? '', expected);
    });
  }
});
