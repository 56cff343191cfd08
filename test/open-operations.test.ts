import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { census, censusGroup } from './support/census';
import { requireLib } from './support/lib';

const { describeOpen } = requireLib('open/describe-open') as typeof import('../src/open/describe-open');

const AROUND = { processes: new Map(), threads: new Map() };

describe('an operation', () => {
  const listed = (activeRequests: number, name = 'FileHandleCloseReq'): readonly string[] => {
    const loop = {
      status: 'known',
      activeHandles: 1,
      refedHandles: 1,
      activeRequests,
      handlesByType: {},
    } as const;
    return describeOpen(census([censusGroup(name, {})], { loop }), AROUND, () => 1).groups.map(
      ({ text }) => text,
    );
  };

  test('is over when the loop has no request, though its object is there until its callback returns', () => {
    assert.deepEqual(listed(1), ['file operation of fs/promises']);
    assert.deepEqual(listed(0), []);
  });

  test('of c-ares is no request of the loop', () => {
    assert.deepEqual(listed(0, 'QueryReqWrap'), ['DNS query for']);
  });
});
