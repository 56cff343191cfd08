import { describeWaits } from './support/named-waits';
import { TIME_SCALE } from './support/patience';

/** The report comes within ten seconds, unless all is slow. */
const LEFT = TIME_SCALE === 1 ? '[56][0-9]{4}' : '[1-9][0-9]*';

/** Function of test/fixtures/green/labels-service.cjs, and what it waits for. */
const WAITS: Readonly<Record<string, RegExp>> = {
  // Many functions of the file wait for a timer: none of them has to do with it.
  onDeferred: /^object "deferred" \(\S*labels-service\.cjs\)$/,
  onGuarded: /^object "guarded" \(\S*labels-service\.cjs\), given up after 95 s \(/,
  onChecked: /^Array "waiting", a global variable, given up by a check every 90 s \(the next in [\d.]+ s\)$/,
  onInterval: /^interval 85000 ms \(\d+ ms left\)$/,
  onTimer: new RegExp(`^timer 60000 ms \\(${LEFT} ms left\\)$`),
  onOwnTimer: new RegExp(`^timer 70000 ms \\(${LEFT} ms left\\)$`),
  onFiredTimer: /^(?!timer).*callback tooEarly /,
  onPool: /^Pool\.waiting \("pool" in \S*labels-service\.cjs\)$/,
  onLongQueue: /^Queue\.waiting \(\S*labels-service\.cjs\)$/,
  onHugeQueue: /^Queue\.waiting \(\S*labels-service\.cjs\)$/,
  onInbox: /^Inbox\.replies \(\S*labels-service\.cjs\)$/,
  onGlobal: /^Array "waiting", a global variable$/,
  // A promise that nothing settles would call it.
  onFinally: /^a promise that nothing in the heap can resolve any more/,
  onEvent: /^event "ready" of EventEmitter \("emitter" in /,
  onChild: /^child process \d+ \(sleep\), running$/,
  onHttp: /^http request GET http:\/\/localhost:\d+\/\S*, waiting for headers/,
  onSocket: /^net Socket( to \S+)?, waiting for data/,
  onPort: /^MessagePort$/,
  onAbort: /^AbortSignal\.timeout\(\)$/,
  onRace: /^event "other" of EventEmitter \(.*\) \| timer 80000 ms \(/,
  onNothing: /^a promise that nothing in the heap can resolve any more/,
  onReadFile: /^fs request$/,
  onOpen: /^fs request$/,
  onRead: /^fs request$/,
  onFsCallback: /^fs request$/,
  onDns: /^DNS query A example\.test$/,
};

describeWaits({
  title: 'what an innermost await waits for',
  script: 'green/labels-service.cjs',
  // Each request of the file system takes a thread of the pool for itself.
  env: { UV_THREADPOOL_SIZE: '8' },
  waits: WAITS,
  nameOf: (name) => `is told: ${name.replace('on', '').toLowerCase()}`,
});
