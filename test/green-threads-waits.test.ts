import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { greenThreadsOf, type PrintedGroup } from './support/green-threads';
import { STACK_READING, isSanitized } from './support/native-addon';
import { PATIENT, TIME_SCALE } from './support/patience';
import { Service } from './support/service';

/** The report comes within ten seconds, unless all is slow. */
const LEFT = TIME_SCALE === 1 ? '[56][0-9]{4}' : '[1-9][0-9]*';

/** Function of test/fixtures/green/labels-service.cjs, and what it waits for. */
const WAITS: Readonly<Record<string, RegExp>> = {
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
  onAbort: /^AbortSignal$/,
  onRace: /^event "other" of EventEmitter \(.*\) \| timer 80000 ms \(/,
  onNothing: /^a promise that nothing in the heap can resolve any more/,
  onReadFile: /^fs request$/,
  onOpen: /^fs request$/,
  onRead: /^fs request$/,
  onFsCallback: /^fs request$/,
  onDns: /^DNS query A example\.test$/,
};

// What it takes is milliseconds, and a sanitizer's code is several times as slow.
const IN_TIME = isSanitized() ? { skip: 'there is no time for it with a sanitizer' } : STACK_READING;

describe('what an innermost await waits for', { ...PATIENT, ...IN_TIME }, () => {
  let service: Service;
  let groups: readonly PrintedGroup[] = [];

  before(async () => {
    // Each request of the file system takes a thread of the pool for itself.
    service = new Service({ script: 'green/labels-service.cjs', env: { UV_THREADPOOL_SIZE: '8' } });
    await service.ready();
    // The time for it is short, and the machine may be busy.
    for (let report = 0; report < 20; report += 1) {
      const found = greenThreadsOf(await service.reportOnSignal());
      groups = found.groups;
      if (!found.text.includes('what some of them wait for is not known')) return;
    }
  });
  after(() => service.stop());

  for (const [name, expected] of Object.entries(WAITS)) {
    test(`is told: ${name.replace('on', '').toLowerCase()}`, () => {
      const group = groups.find(({ frames }) => frames.some((frame) => frame.name === name));
      assert.ok(group !== undefined, `${name} is not listed among ${JSON.stringify(groups, null, 1)}`);
      assert.match(group.waitsFor ?? '', expected);
    });
  }
});
