import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MaskableValue } from '../src/masking/mask';
import { requireLib } from './support/lib';
import { HARMLESS } from './support/masking/lookalikes';
import { SECRETS } from './support/masking/secrets';
import { PATIENT } from './support/patience';
import { randomFrom } from './support/secrets';

const { Masker } = requireLib('masking/mask') as typeof import('../src/masking/mask');
const { maskCommand } = requireLib('masking/mask-command') as typeof import('../src/masking/mask-command');
const { maskEnvironment, MAX_SHOWN_LENGTH } = requireLib(
  'masking/mask-environment',
) as typeof import('../src/masking/mask-environment');
const { describeError } = requireLib('errors') as typeof import('../src/errors');

const masker = new Masker({});

/** Pieces that matter to the rules, from which random texts are made. */
const PIECES: readonly string[] = [
  'password',
  'token',
  'auth',
  'Cookie',
  'name',
  'value',
  'user',
  'kty',
  'pass',
  'Authorization',
  'AUTH',
  '-u',
  '-p',
  'mysql ',
  'docker login ',
  'the password is ',
  'for user ',
  'value ',
  'rotated ',
  'db:5432:a:b:',

  '=',
  ':',
  ': ',
  '=>',
  ':=',
  '%3D',
  ' -> ',
  ')=(',
  '$(',
  '%3A%2F%2F',
  '%40',
  '://',
  '@',
  '@tcp(',
  '/',
  ';',
  '&',
  ',',
  '|',
  ' ',
  '\n',
  '\r\n',
  '\t',

  '"',
  "'",
  '`',
  '\\',
  '\\"',
  '\\\\"',
  '&quot;',
  '%22',
  '"""',
  '{',
  '}',
  '[',
  ']',
  '<',
  '>',
  '</',
  '(',
  ')',
  '- ',
  '>-',
  '|',

  'x',
  'hunter2',
  'aA1bB2cC3dD4eE5fF6',
  '12',
  '\u{1f511}',
  '\ud83d',
  '\udd11',
  'ü',
  '密码',
  '...',
  '-----BEGIN ',
  '-----END ',
  'eyJ',
  'ewo',
  '.',
];

function textOf(random: () => number, length: number): string {
  return Array.from({ length }, () => PIECES[Math.floor(random() * PIECES.length)] ?? '').join('');
}

function corpusTexts(): string[] {
  return [...SECRETS, ...HARMLESS].map(({ value }) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );
}

/** An unpaired surrogate. */
function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

describe('masking', PATIENT, () => {
  test('never throws, whatever the text is, and changes nothing when it is applied twice', () => {
    const random = randomFrom(11);
    for (let round = 0; round < 4000; round++) {
      const text = textOf(random, 1 + Math.floor(random() * 24));
      const once = masker.text(text);
      const twice = masker.text(once);
      // A second pass may hide more, never less; a third one changes nothing.
      assert.equal(masker.text(twice), twice, JSON.stringify(text));
      assert.equal(maskCommand([text], masker).length, 1);
    }
  });

  test('changes nothing when it is applied twice to typical texts', () => {
    for (const text of corpusTexts()) {
      const once = masker.text(text);
      assert.equal(masker.text(once), once);
    }
    for (const { value } of [...SECRETS, ...HARMLESS]) {
      const once = masker.value(value as MaskableValue);
      assert.deepEqual(masker.value(once), once);
    }
  });

  test('never splits a pair of surrogates, and never drops text that it does not hide', () => {
    const random = randomFrom(12);
    for (let round = 0; round < 2000; round++) {
      const text = textOf(random, 1 + Math.floor(random() * 24)).replace(/\p{Surrogate}/gu, '?');
      assert.ok(!hasLoneSurrogate(masker.text(text)), JSON.stringify(text));
    }
    for (const text of corpusTexts()) {
      const parts = masker.text(text).split('***');
      let from = 0;
      // A JSON document is serialized again; every other text keeps all its parts in order.
      if (/^\s*[[{]/.test(text)) continue;
      for (const part of parts) {
        const found = text.indexOf(part, from);
        assert.ok(found >= 0, text);
        from = found + part.length;
      }
    }
  });

  test('takes time in proportion to the text', () => {
    const random = randomFrom(13);
    for (let round = 0; round < 12; round++) {
      const part = textOf(random, 6);
      const small = timeOf(part.repeat(Math.ceil(20_000 / part.length)));
      const large = timeOf(part.repeat(Math.ceil(160_000 / part.length)));
      // Eight times the text; a quadratic rule would take 64 times as long.
      assert.ok(large < 400 + small * 40, `${JSON.stringify(part)}: ${small} ms, then ${large} ms`);
    }
  });

  test('hides a secret even when the text is cut inside it', () => {
    for (const { kind, value, secret } of SECRETS) {
      if (kind !== 'text') continue;
      const text = String(value);
      const middle = text.indexOf(secret) + Math.ceil(secret.length * 0.75);
      const half = secret.slice(0, Math.ceil(secret.length * 0.75));
      const before = text.slice(0, text.indexOf(secret));
      // Only cases in which the name or the form precedes the secret: text after the cut is unknown.
      if (masker.text(`${before}${secret}`).includes(secret)) continue;
      if (!NAMED_BEFORE.test(before)) continue;
      assert.ok(!masker.text(text.slice(0, middle)).includes(half), text);
    }
  });

  test('cuts only masked text, and never inside a surrogate pair', () => {
    const value = `${'x'.repeat(MAX_SHOWN_LENGTH - 1)}\u{1f511}`;
    const shown = maskEnvironment({ variables: { NOTE: value } }, masker).variables['NOTE'] ?? '';
    assert.ok(shown.length <= MAX_SHOWN_LENGTH && !hasLoneSurrogate(shown));
    const message = describeError(new Error(`${'y'.repeat(492)}\u{1f511}\u{1f511}`), (text) =>
      masker.text(text),
    );
    assert.ok(!hasLoneSurrogate(message), message.slice(-20));
  });
});

/** True for a name with its sign, or a URL. */
const NAMED_BEFORE = /(?:=|: |:\/\/[^/]*:)["']?$/;

/** Milliseconds of CPU time, because on a busy machine, elapsed time says little about the code. */
function timeOf(text: string): number {
  const start = process.cpuUsage();
  masker.text(text);
  return process.cpuUsage(start).user / 1000;
}
