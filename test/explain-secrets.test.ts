import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RawOf } from '../src/masking/raw';
import type { HeldValue, Wait, WaitHolder } from '../src/report/waits';
import { requireLib } from './support/lib';
import { SECRETS } from './support/masking/secrets';
import { PATIENT } from './support/patience';
import { PLANTED, randomFrom } from './support/secrets';
import { Statements } from './support/statements';

const { EXPLAINERS } = requireLib('explain/explainers') as typeof import('../src/explain/explainers');
const { sqlWithoutValues, urlWithoutValues } = requireLib(
  'explain/base/words',
) as typeof import('../src/explain/base/words');
const { textWithoutCredentials } = requireLib(
  'explain/base/url-text',
) as typeof import('../src/explain/base/url-text');
const { maskWait } = requireLib('formatter/mask-waits') as typeof import('../src/formatter/mask-waits');
const { Gate } = requireLib('masking/gate') as typeof import('../src/masking/gate');
const { Masker } = requireLib('masking/mask') as typeof import('../src/masking/mask');

const masker = new Masker({});
const gate = new Gate(masker);

/** What must not be shown: each secret of both corpora, once. */
const HIDDEN: readonly string[] = [
  ...new Set([...PLANTED.map(({ secret }) => secret), ...SECRETS.map(({ secret }) => secret)]),
];

function saidOf(holders: readonly WaitHolder[]): Wait {
  const answer = { before: '', text: '', after: '', library: null, counts: null, resource: null, holders };
  const wait: Wait = { via: null, answers: [answer], rest: '' };
  return maskWait(JSON.parse(JSON.stringify(wait)) as RawOf<Wait>, gate).waits;
}

/** A text in which the secret stands as it does in such a property. */
function valueFor(path: string, secret: string, random: () => number): string {
  const name = (path.split('.').at(-1) ?? path).replace(/^[@#_]+/, '');
  if (/sql|text|query|statement|string/i.test(name)) return new Statements(random).with(secret);
  if (/^(?:name|command|commandName)$/i.test(name)) return 'auth';
  if (/^\d+$/.test(name)) return secret;
  const inside = encodeURIComponent(secret);
  if (/host|address|server|endpoint/i.test(name)) return `user:${inside}@10.0.0.1:6379`;
  return random() < 0.5
    ? `amqp://user:${inside}@mq.example:5672/v`
    : `https://api.example/v1?sig=${inside}#${inside}`;
}

describe('explanations', PATIENT, () => {
  test('show no secret that stands in SQL, a URL, a command or a host name', () => {
    const random = randomFrom(31);
    const classes = EXPLAINERS.flatMap((explainer) => Object.entries(explainer.classes));
    const rounds = Math.ceil(6000 / HIDDEN.length);
    for (const secret of HIDDEN) {
      for (let round = 0; round < rounds; round++) {
        const holders = Array.from({ length: 3 }, (): WaitHolder => {
          const [knownAs, { read }] = classes[Math.floor(random() * classes.length)] ?? ['', { read: [] }];
          const value = (path: string): HeldValue =>
            random() < 0.6
              ? { kind: 'string', text: valueFor(path, secret, random).slice(0, 512) }
              : { kind: 'number', text: String(Math.floor(random() * 9)) };
          const values = Object.fromEntries(read.map((path) => [path, value(path)]));
          const none = { className: null, functionName: null, file: null, member: null };
          return { kind: 'object', ...none, knownAs, values };
        });
        const printed = JSON.stringify(saidOf(holders));
        assert.ok(!shows(printed, secret), `${secret}\n${printed}\n${JSON.stringify(holders)}`);
      }
    }
  });

  test('show no key of a table that looks like a secret', () => {
    for (const { kind, value, secret } of SECRETS) {
      if (kind !== 'text' || masker.text(String(value)).includes(secret)) continue;
      const member = String(value);
      const none = { className: null, functionName: null, file: null };
      const lock: WaitHolder = {
        kind: 'object',
        ...none,
        member: 'queues',
        knownAs: 'AsyncLock',
        values: { domainReentrant: { kind: 'boolean', text: 'false' } },
      };
      const table: WaitHolder = { kind: 'plain-object', ...none, member, knownAs: null, values: {} };
      const list: WaitHolder = {
        kind: 'collection',
        ...none,
        member: null,
        knownAs: 'Array',
        values: { length: { kind: 'number', text: '2' } },
      };
      const printed = JSON.stringify(saidOf([list, table, lock]));
      assert.ok(printed.includes('async-lock') && !shows(printed, secret), printed);
    }
  });
});

/** In JSON the lines of a key are one. */
function shows(text: string, secret: string): boolean {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)].some((form) =>
    text.includes(form),
  );
}

describe('SQL', PATIENT, () => {
  test('is shown without values, in whatever form and dialect they stand there', () => {
    const random = randomFrom(32);
    for (const secret of HIDDEN) {
      for (let round = 0; round < 8; round++) {
        const sql = new Statements(random).with(secret);
        const shown = sqlWithoutValues(sql);
        assert.ok(!shown.includes(secret) && !shows(shown, secret), `${sql}\n${shown}`);
        // As it comes from the gate.
        const masked = sqlWithoutValues(masker.named('text', sql));
        assert.ok(!shows(masked, secret), `${sql}\n${masked}`);
      }
    }
  });

  test('hides what is behind a masked part, because the end of the text may be masked with it', () => {
    assert.equal(sqlWithoutValues("SET PASSWORD = ***, name = 'hunter2'"), 'SET PASSWORD =...');
  });

  for (const [sql, expected] of [
    [
      "SELECT * FROM acct WHERE id = 17 AND name = 'it''s' FOR UPDATE",
      'SELECT * FROM acct WHERE id = ? AND name = ? FOR UPDATE',
    ],
    [
      'SELECT "u"."id" FROM "users" "u" WHERE "u"."id" = $1',
      'SELECT "u"."id" FROM "users" ? WHERE "u"."id" = ?',
    ],
    ['SELECT `id` FROM `users` WHERE token = "hunter2"', 'SELECT `id` FROM `users` WHERE token = ?'],
    ['SELECT TRIM(BOTH "x" FROM "hunter2")', 'SELECT TRIM(BOTH ? FROM ?)'],
    ["SELECT 'C:\\', 'hunter2'", 'SELECT...'],
    ["SELECT 'a\\\nhunter2'", 'SELECT ?'],
    ["SELECT 'a\\\\', 'hunter2'", 'SELECT ?, ?'],
    ["SELECT `it's`, 'hunter2'", 'SELECT ?, ?'],
    ["SELECT a -- it's\n, 'hunter2' FROM t", 'SELECT a , ? FROM t'],
    ["SELECT a # it's\n, 'hunter2'", 'SELECT a...'],
    ["SELECT a--'\nhunter2'", 'SELECT a...'],
    ["SELECT /* it's */ 1, 'hunter2'", 'SELECT ?, ?'],
    ["SELECT /* /* */ ' */ hunter2 -- '", 'SELECT...'],
    ["SELECT /*! '*/ hunter2' */", 'SELECT...'],
    ['SELECT $$hunter2$$', 'SELECT...'],
    ['SELECT $a$hunter2$a$', 'SELECT...'],
    ["SELECT E'a' , X'0a', 0x1f, 1.5e+3, .5, t1.c2", 'SELECT E?, X?, ?, ?+?, ?, t1.c2'],
    ["INSERT INTO t VALUES ('never ended hunter2", 'INSERT INTO t VALUES (...'],
    ["SELECT [it's], 'hunter2'", 'SELECT...'],
    ['', ''],
  ] as const) {
    test(`is shown as ${JSON.stringify(expected)}: ${JSON.stringify(sql)}`, () => {
      assert.equal(sqlWithoutValues(sql).replace(' ,', ','), expected.replace(' ,', ','));
    });
  }

  test('is cut to one short line', () => {
    const shown = sqlWithoutValues(`SELECT ${'column_name, '.repeat(5000)}`);
    assert.ok(shown.length < 170 && shown.endsWith('...'), shown);
  });
});

describe('URLs', PATIENT, () => {
  test('are shown without user, password, query and fragment', () => {
    for (const secret of HIDDEN) {
      for (const inside of [encodeURIComponent(secret), ...(/\s/.test(secret) ? [] : [secret])]) {
        for (const url of [
          `https://user:${inside}@api.example/price`,
          `https://${inside}@api.example:8443/price`,
          `https://:${inside}@[::1]:8443/price`,
          `//user:${inside}@api.example/price`,
          `user:${inside}@db.example:5432/cart`,
          `https://api.example/price?key=${encodeURIComponent(secret)}`,
          `https://api.example/price#${inside}`,
          `/price?key=${encodeURIComponent(secret)}`,
          `mongodb://user:${inside}@a.example:1,b.example:2/db?w=1`,
          `data:text/plain,${inside}`,
        ]) {
          for (const shown of [urlWithoutValues(url), textWithoutCredentials(urlWithoutValues(url))]) {
            assert.ok(!shown.includes(inside), `${url}\n${shown}`);
          }
        }
        // Where it would end cannot be seen.
        if (/[()'"]|:\/\//.test(inside)) continue;
        const host = textWithoutCredentials(`redis (on user:${inside}@10.0.0.1:6379)`);
        assert.equal(host, 'redis (on 10.0.0.1:6379)');
      }
    }
  });

  for (const [url, expected] of [
    ['https://api.example/price?key=1', 'https://api.example/price?...'],
    ['https://u:p@api.example:8443/a/b#c', 'https://api.example:8443/a/b'],
    ['http://u:p@ss@[::1]:80/', 'http://[::1]:80/'],
    ['https://user:hun/ter2@api.example/', 'https://...'],
    ['https://user:hun?ter2@api.example/', 'https://...'],
    ['https://user:12/ter2@api.example/', 'https://...'],
    ['http://localhost:3000/users?mail=a@b.example', 'http://localhost:3000/users?...'],
    ['https://packages.example/@scope/name', 'https://packages.example/@scope/name'],
    ['mongodb://u:p@a:1,b:2/db', 'mongodb://a:1,b:2/db'],
    ['postgres://u:p@%2Fvar%2Frun/db', 'postgres://%2Fvar%2Frun/db'],
    ['file:///srv/app.js', 'file:///srv/app.js'],
    ['/orders;jsessionid=1?x', '/orders;...?...'],
    ['/orders?', '/orders'],
    ['db.example:5432', 'db.example:5432'],
    ['', ''],
  ] as const) {
    test(`are shown as ${JSON.stringify(expected)}: ${JSON.stringify(url)}`, () => {
      assert.equal(urlWithoutValues(url), expected);
      // Explanations pass through it again.
      assert.equal(urlWithoutValues(expected), expected);
    });
  }
});
