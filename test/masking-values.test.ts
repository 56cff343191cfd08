import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireLib } from './support/lib';

const { Masker } = requireLib('masking/mask') as typeof import('../src/masking/mask');

const masker = new Masker({});

/** Values that say something, or nothing, under other names. These are too plain to be looked for in a whole report. */
const PLAIN: readonly (readonly [string, string])[] = [
  ['mnemonic', `${'zoo '.repeat(11)}wrong`],
  ['mnemonic', 'ocean gesture permit smart rural mixed pistol camera adjust fence lucky valid'],
  ['seed_phrase', 'unknown ocean able fence lucky sun river dad stone copper blue dog'],
  ['mnemonic', 'cannot ocean able fence lucky sun river dad stone copper blue dog'],
  ['mnemonic', 'valid ocean gesture permit smart rural mixed pistol camera empty able loaded'],
  ['password', 'my dog is missing'],
  ['secret', 'blue failed train'],
  ['passphrase', 'the empty house'],
  ['passphrase', 'coffee not found'],
  ['passphrase', 'never was required'],
  ['passphrase', 'winter has expired'],
  ['password', 'zoo wrong zebra'],
  ['password', '1990-05-17'],
  ['pin', '1999-12-31'],
  ...['postgres', 'redis', 'mysql', 'local', 'basic', 'memory', 'default', 'session', 'token', 'jwt'].map(
    (word) => ['DB_PASS', word] as const,
  ),
  ['dbPass', 'redis'],
  ['SMTP_PASS', 'basic'],
  ['rootPass', 'local'],
];

describe('plain values under a name without doubt', () => {
  for (const [name, value] of PLAIN) {
    test(`are masked: ${name}: ${value}`, () => {
      assert.deepEqual(masker.value({ [name]: value }), { [name]: '***' });
      assert.equal(masker.named(name, value), '***');
      assert.ok(!masker.text(`a: 1\n${name}="${value}"\n`).includes(value));
    });
  }
});

const BYTES = [104, 117, 110, 116, 101, 114, 50];

describe('numbers below a secret name', () => {
  for (const value of [
    { pin: { value: 7352 } },
    { otp: { data: [735211] } },
    { password: { a: 735211 } },
    { clientPassword: { type: 'Buffer', data: BYTES } },
    { secret: { type: 'Buffer', data: BYTES } },
    { encryptionKey: { type: 'Buffer', data: BYTES } },
    { secret: BYTES },
    { encryptionKey: [...BYTES, ...BYTES] },
  ]) {
    test(`are masked: ${JSON.stringify(value)}`, () => {
      const shown = JSON.stringify(masker.value(value)) + masker.text(JSON.stringify(value));
      assert.doesNotMatch(shown, /[0-9]/);
      assert.match(shown, /\*\*\*/);
    });
  }
});

test('the bytes of a Buffer in a text are masked under a secret name', () => {
  assert.equal(masker.text('password: <Buffer 68 75 6e>'), 'password: <Buffer ***>');
  assert.equal(masker.text("{ user: 'a', token: <Buffer 68 75 6e> }"), "{ user: 'a', token: <Buffer ***> }");
});
