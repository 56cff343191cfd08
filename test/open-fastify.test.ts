import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CensusGroup } from '../src/open/base/census';
import { census, censusFunction, censusGroup, type Plain } from './support/census';
import { requireLib } from './support/lib';
import { STACK_READING } from './support/native-addon';
import { MODES, ofKind, reportOnScene } from './support/open-scene';
import { PATIENT } from './support/patience';

const { describeOpen } = requireLib('open/describe-open') as typeof import('../src/open/describe-open');

const LIVE = { ...PATIENT, ...STACK_READING };
const CONTEXT = 'request.@fastify..context';

function response(at: string, url: string): Readonly<Record<string, Plain>> {
  return {
    [`${at}socket.@kHandle`]: { class: 'TCP' },
    [`${at}req.method`]: 'GET',
    [`${at}req.url`]: url,
    [`${at}req.complete`]: true,
    [`${at}_headerSent`]: false,
    [`${at}finished`]: false,
  };
}

function textsOf(groups: readonly CensusGroup[]): readonly string[] {
  const found = describeOpen(census(groups), { processes: new Map(), threads: new Map() }, () => 1);
  return found.groups.map(({ count, text }) => `${count} ${text}`);
}

describe('a request of Fastify', () => {
  const plain = { ...response('raw.', '/invoices/7'), [`${CONTEXT}.config.url`]: '/invoices/:id' };

  test('is listed once, with its route, beside those without a Reply', () => {
    const raw = censusGroup('ServerResponse/socket', response('', '/invoices/7'), { count: 3 });
    const other = censusGroup('ServerResponse/socket', response('', '/plain'));
    assert.deepEqual(textsOf([raw, other, censusGroup('Reply/socket', plain, { count: 2 })]), [
      '2 GET /invoices/7 in route /invoices/:id, no answer yet',
      '1 GET /invoices/7, no answer yet',
      '1 GET /plain, no answer yet',
    ]);
  });

  test('counts the hooks that it does not name', () => {
    const functions = { [`${CONTEXT}.preHandler.0`]: censusFunction('authenticate') };
    const more = { [`${CONTEXT}.preHandler.length`]: 5, [`${CONTEXT}.onRequest.length`]: 2 };
    const group = censusGroup('Reply/socket', { ...plain, ...more }, { functions });
    const [found] = describeOpen(
      census([group]),
      { processes: new Map(), threads: new Map() },
      () => 1,
    ).groups;
    assert.equal(found?.details['moreHooks'], '2');
    assert.deepEqual(
      found.functions.map(({ role, functionName }) => `${role} ${functionName}`),
      ['hook authenticate'],
    );
  });
});

for (const mode of MODES) {
  test(
    `requests of Fastify have the functions of their route in a thread that is ${mode}`,
    LIVE,
    async (t) => {
      const { open, text } = await reportOnScene(t, { scene: 'fastify', mode });
      const found = ofKind(open, 'server-request').map(
        ({ count, text: words, functions }) =>
          `${count} ${words}: ${functions.map(({ role, functionName }) => `${role} ${functionName}`).join(', ')}`,
      );
      const hooks = 'handler showInvoice, hook authenticate, hook loadSession';
      assert.deepEqual(found.toSorted(), [
        `1 GET /invoices/7 in route /invoices/:id, no answer yet: ${hooks}`,
        `1 GET /invoices/8 in route /invoices/:id, no answer yet: ${hooks}`,
        '1 GET /orders in route /orders, no answer yet: handler createOrder',
        '1 GET /plain, no answer yet: ',
      ]);
      if (mode === 'idle') {
        assert.match(
          text,
          /2 x GET in route \/invoices\/:id, such as .*, handler of the route: showInvoice \(fastify\.cjs:\d+\), hooks before the handler: authenticate \(fastify\.cjs:\d+\), loadSession/,
        );
      }
      assert.doesNotMatch(text, /hunter/);
    },
  );
}
