import { describeWaits } from './support/named-waits';

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
  iterating: /^event "line" of EventEmitter \(node:events\)$/,
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

describeWaits({
  title: 'what settles a promise, among much that does not',
  script: 'green/wait-reasons-service.cjs',
  waits: WAITS,
  nameOf: (name) => `is named: ${name}`,
});
