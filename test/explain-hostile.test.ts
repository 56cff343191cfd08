import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Explainer, Explanation } from '../src/explain/base/explainer';
import type { RawOf } from '../src/masking/raw';
import type { Wait, WaitHolder } from '../src/report/waits';
import { HostileWaits } from './support/hostile-waits';
import { requireLib } from './support/lib';
import { PATIENT } from './support/patience';
import { randomFrom } from './support/secrets';

const { explainWait, knownNames } = requireLib('explain/explain') as typeof import('../src/explain/explain');
const { EXPLAINERS } = requireLib('explain/explainers') as typeof import('../src/explain/explainers');
const { maskWait } = requireLib('formatter/mask-waits') as typeof import('../src/formatter/mask-waits');
const { Gate } = requireLib('masking/gate') as typeof import('../src/masking/gate');
const { Masker } = requireLib('masking/mask') as typeof import('../src/masking/mask');
const words = requireLib('explain/base/words') as typeof import('../src/explain/base/words');
const chain = requireLib('explain/base/chain') as typeof import('../src/explain/base/chain');

const gate = new Gate(new Masker({}));
const MAX_EXPLANATION = 300;
/** ` ("pool" in /srv/db.js)` with a name and a file that are as long as they may be. */
const MAX_VARIABLE = 500;
/** An endless loop takes longer on any machine. */
const HANG_MS = 20_000;

/** Through JSON, as it comes from the native side. */
function mask(wait: Wait): Wait {
  return maskWait(JSON.parse(JSON.stringify(wait)) as RawOf<Wait>, gate).waits;
}

function assertBounded(wait: Wait): void {
  for (const { text, library, counts, holders } of wait.answers) {
    if (library !== null) {
      assert.ok(text.length <= MAX_EXPLANATION + MAX_VARIABLE, text);
      assert.ok(text.length > 0 && !/\b(?:NaN|undefined|Infinity|-\d+ of)\b/.test(counted(text)), text);
    }
    for (const count of Object.values(counts ?? {})) assert.ok(count === null || count >= 0, text);
    for (const { values } of holders) {
      assert.ok(Object.values(values).every(({ kind }) => kind !== 'string'));
    }
  }
}

/** The part that is not a name: those may be any text. */
function counted(text: string): string {
  return text.replaceAll(/"[^"]*"/g, '');
}

function holder(rest: Partial<WaitHolder>): WaitHolder {
  const none = { className: null, functionName: null, file: null, member: null, knownAs: null };
  return { kind: 'object', ...none, values: {}, ...rest };
}

function waitOf(...holders: readonly WaitHolder[]): Wait {
  const answer = {
    before: '',
    text: 'as found',
    after: '',
    library: null,
    counts: null,
    resource: null,
    holders,
  };
  return { via: null, answers: [answer], rest: '' };
}

/** What is said when this explainer is the only one. */
function saidBy(explain: (holder: WaitHolder) => unknown, ...holders: readonly WaitHolder[]): string {
  const known = { read: [], explain: explain as () => Explanation | null };
  const explainer: Explainer = { library: 'mine', classes: { Thing: known } };
  const wait = waitOf(holder({ knownAs: 'Thing' }), ...holders);
  return explainWait(wait, knownNames([explainer])).answers[0]?.text ?? '';
}

describe('explanations of damaged and hostile objects', PATIENT, () => {
  test('never throw, are short, and make no number up', () => {
    const hostile = new HostileWaits(randomFrom(21), EXPLAINERS);
    const start = performance.now();
    for (let round = 0; round < 400; round++) assertBounded(mask(hostile.wait(round % 12)));
    assert.ok(performance.now() - start < HANG_MS);
  });

  test('do so for every class, whichever of its values are there', () => {
    const hostile = new HostileWaits(randomFrom(22), EXPLAINERS);
    const all = EXPLAINERS.flatMap(({ classes }) => Object.entries(classes));
    assert.ok(all.length > 5);
    for (const [knownAs, { read }] of all) {
      for (let round = 0; round < 20; round++) {
        const paths = read.filter((_, index) => round === 0 || (index + round) % 3 > 0);
        const values = Object.fromEntries(paths.map((path) => [path, hostile.value()]));
        assertBounded(mask(waitOf(holder({ knownAs, values }))));
      }
      assertBounded(mask(waitOf(holder({ knownAs }))));
    }
  });

  test('take bounded time for a chain of thousands of objects', () => {
    const hostile = new HostileWaits(randomFrom(23), EXPLAINERS);
    const { answers } = hostile.wait(200);
    const [first] = answers;
    assert.ok(first !== undefined);
    const holders = Array.from({ length: 20 }, () => first.holders).flat();
    assert.ok(holders.length >= 4000);
    const start = performance.now();
    assertBounded(mask(waitOf(...holders)));
    assert.ok(performance.now() - start < HANG_MS);
  });

  test('leave the prototypes of all objects as they were', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    const values = JSON.parse('{"__proto__": {"kind": "number", "text": "7"}}') as WaitHolder['values'];
    const masked = mask(waitOf(holder({ knownAs: '__proto__', member: '__proto__', values })));
    assert.deepEqual(Object.keys(masked.answers[0]?.holders[0]?.values ?? {}), ['__proto__']);
    assert.equal(Object.getOwnPropertyNames(Object.prototype).join(), before);
    assert.equal(({} as Record<string, unknown>)['kind'], undefined);
  });

  test('find no value that an object merely inherits', () => {
    const empty = holder({});
    for (const path of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      assert.equal(chain.hasAt(empty, path), false, path);
      assert.equal(chain.numberAt(empty, path), null, path);
      assert.equal(chain.textAt(empty, path), null, path);
      assert.equal(chain.classAt(empty, path), null, path);
    }
    assert.equal(
      explainWait(waitOf(holder({ knownAs: 'constructor' })), knownNames([])).answers[0]?.library,
      null,
    );
  });

  test('take no text for a number, and no number that is not finite', () => {
    for (const text of ['NaN', 'Infinity', '-Infinity', '', 'seven']) {
      assert.equal(chain.numberAt(holder({ values: { size: { kind: 'number', text } } }), 'size'), null);
    }
    assert.equal(words.usage(-1, 4, 'client', Number.NaN), '');
    assert.equal(words.usage(2, Infinity, 'client', 3), '2 clients in use, 3 waiting');
  });
});

describe('an explainer that fails', PATIENT, () => {
  test('leaves what was found in the heap', () => {
    const garbage: readonly (() => unknown)[] = [
      () => {
        throw new Error('mine');
      },
      // oxlint-disable-next-line no-throw-literal -- any value can be thrown
      () => {
        throw null;
      },
      () => undefined,
      () => null,
      () => 7,
      () => 'text',
      () => ({}),
      () => ({ text: null }),
      () => ({ text: 7n }),
      () => ({ text: { toString: () => 'text' } }),
      () => ({ text: '' }),
      () => ({ text: ' : ' }),
      () =>
        ({
          text: 'x',
          counts: 7n,
          get extra() {
            throw new Error('mine');
          },
        }).extra,
      () => ({
        get text() {
          throw new Error('mine');
        },
      }),
      () => Promise.reject(new Error('mine')).catch(() => undefined),
    ];
    for (const explain of garbage) assert.equal(saidBy(explain), 'as found', String(explain));
  });

  test('hands no number out that is none', () => {
    const counts = { inUse: -1, limit: Infinity, waiting: 'many' };
    const explain = (): Explanation => ({ text: 'x', counts: counts as never });
    const explainer: Explainer = { library: 'mine', classes: { Thing: { read: [], explain } } };
    const [answer] = explainWait(waitOf(holder({ knownAs: 'Thing' })), knownNames([explainer])).answers;
    assert.deepEqual(answer?.counts, { inUse: null, limit: null, waiting: null });
  });

  test('is cut when it says too much, and not inside a character', () => {
    const said = saidBy(() => ({ text: '\u{1f511}'.repeat(100_000) }));
    assert.ok(said.length <= MAX_EXPLANATION && said.endsWith('...') && !/\p{Surrogate}/u.test(said));
  });

  test('says the variable behind it, whatever its length', () => {
    const scope = holder({ kind: 'scope', member: 'pool', file: '/srv/db.js' });
    assert.equal(
      saidBy(() => ({ text: 'x'.repeat(300) }), scope),
      `${'x'.repeat(300)} ("pool" in /srv/db.js)`,
    );
    const long = holder({ kind: 'scope', member: 'p'.repeat(10_000), file: `/${'d'.repeat(10_000)}/db.js` });
    const said = saidBy(() => ({ text: 'x' }), long);
    assert.ok(said.length <= MAX_VARIABLE && said.endsWith('d/db.js)'), said);
  });

  test('shows no credentials of a URL or a host, although it passes them on', () => {
    for (const [text, expected] of [
      ['redis (on user:hunter2@10.0.0.1:6379)', 'redis (on 10.0.0.1:6379)'],
      ['amqp://guest:hun/ter2@mq:5672/v, connecting', 'amqp://..., connecting'],
      [
        'fetch GET https://u:hunter2@api.example/price?key=hunter2, waiting',
        'fetch GET https://api.example/price?..., waiting',
      ],
      ['mongodb://a:1,b:2/db: no server', 'mongodb://a:1,b:2/db: no server'],
      ['pg Pool: 4 of 4 clients in use, 6 waiting', 'pg Pool: 4 of 4 clients in use, 6 waiting'],
      ['npm:@scope/name, mail to a@b.example', 'npm:@scope/name, mail to a@b.example'],
      [
        'grpc dns:///host:50051 (file:///srv/@x/a.js:1:2)',
        'grpc dns:///host:50051 (file:///srv/@x/a.js:1:2)',
      ],
    ] as const) {
      assert.equal(
        saidBy(() => ({ text })),
        expected,
      );
    }
  });
});
