import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { greenThreadsOf, type PrintedGreenThreads, type PrintedGroup } from './support/green-threads';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { Service } from './support/service';

/** The remark on how many functions were examined is true only of a thread that did not run. */
const MOST_REPORTS = 20;

describe('functions at one place that wait for different things', { ...PATIENT, ...STACK_READING }, () => {
  let service: Service;
  let found: PrintedGreenThreads;

  before(async () => {
    service = new Service({ script: 'green/mixed-waits-service.cjs' });
    await service.ready();
    for (let i = 0; i < MOST_REPORTS; i += 1) {
      found = greenThreadsOf(await service.reportOnSignal());
      if (found.heapRead === 'at-rest') return;
    }
  });
  after(() => service.stop());

  const groupsOf = (name: string): readonly PrintedGroup[] =>
    found.groups.filter(({ frames }) => frames[0]?.name === name);

  test('are a group for each of these', () => {
    const waits = groupsOf('one').map(({ count, waitsFor }) => [count, waitsFor?.split(/[ .]/)[0]]);
    assert.deepEqual(waits, [
      [3, 'timer'],
      [1, 'Seats'],
    ]);
  });

  test('are one group if they wait in a list of plain objects', () => {
    const waits = groupsOf('inLine').map(({ count, waitsFor }) => [count, waitsFor?.replace(/ in .*/, '')]);
    assert.deepEqual(waits, [[6, 'Line ("line"']]);
  });

  test('are one group if there are too many, of which it is said in how many it was seen', () => {
    const [group] = groupsOf('many');
    assert.equal(group?.count, 60);
    assert.match(found.text, /60 green threads waiting for timer .* \(seen in one of them\)/);
  });

  test('are said to wait for the same only if all of them do', () => {
    assert.match(found.text, /5 green threads waiting for timer 500000 ms \(\d+ ms left\)\n/);
  });
});
