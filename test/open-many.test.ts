import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OpenKind, OpenThings } from '../src/report/open';
import { STACK_READING } from './support/native-addon';
import { MODES, ofKind, reportOnScene } from './support/open-scene';
import { PATIENT } from './support/patience';

const LIVE = { ...PATIENT, ...STACK_READING };
/** As in the scene. */
const COUNT = 600;

function total(open: OpenThings, kind: OpenKind): number {
  return ofKind(open, kind).reduce((sum, { count }) => sum + count, 0);
}

describe('many open things that differ in one text', LIVE, () => {
  for (const mode of MODES) {
    test(`are all counted in a thread that is ${mode}`, async (t) => {
      const { open, text, truth } = await reportOnScene(t, { scene: 'many', mode });
      assert.equal(open.partial, null);
      assert.deepEqual([open.groupsLeftOut, open.thingsLeftOut, open.changed], [0, 0, 0]);
      for (const kind of ['server-request', 'outgoing-request'] as const) {
        const groups = ofKind(open, kind);
        assert.equal(total(open, kind), COUNT, kind);
        // The others are listed one by one.
        assert.equal(groups[0]?.count, COUNT - 100, kind);
        assert.match(groups[0].text, /\bGET .*\.\.\./, kind);
      }
      // Each has a port of its own, which is no reason to list it on its own.
      const peer = `127.0.0.1:${String(truth['port'])}`;
      const outgoing = ofKind(open, 'connection').filter(({ details }) => details['peer'] === peer);
      assert.deepEqual(
        outgoing.map(({ count }) => count),
        [COUNT],
      );
      assert.equal(total(open, 'connection'), 2 * COUNT);
      assert.doesNotMatch(text, /not listed: /);
    });
  }
});
