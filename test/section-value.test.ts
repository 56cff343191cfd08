import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { requireLib } from './support/lib';

const { toSectionValue } = requireLib('report/section-value') as typeof import('../src/report/section-value');

function textOf(value: unknown): string {
  const text = toSectionValue(value);
  assert.ok(typeof text === 'string');
  return text;
}

describe('a section value', () => {
  test('keeps plain data as it is', () => {
    const plain = { text: 'a\u001b[31m\nb', count: 1.5, yes: true, nothing: null, list: [1, ['x'], {}] };
    assert.deepEqual(toSectionValue(plain), plain);
  });

  test('makes text of values that JSON cannot hold', () => {
    const value = { big: 123n, missing: undefined, nan: NaN, far: -Infinity, mark: Symbol('s') };
    assert.deepEqual(toSectionValue(value), {
      big: '123n',
      missing: 'undefined',
      nan: 'NaN',
      far: '-Infinity',
      mark: 'Symbol(s)',
    });
    assert.equal(toSectionValue(2n ** 100_000n), '[BigInt of more than 1024 bits]');
    assert.equal(
      toSectionValue(function named() {}),
      '[function named]',
    );
  });

  test('marks a cycle but repeats what is only shared', () => {
    const shared = { a: 1 };
    const cyclic: Record<string, unknown> = { first: shared, second: shared };
    cyclic['self'] = [cyclic];
    assert.deepEqual(toSectionValue(cyclic), { first: { a: 1 }, second: { a: 1 }, self: ['[circular]'] });
  });

  test('loses only the property whose getter throws', () => {
    const value = {
      get bad() {
        throw new Error('no such queue');
      },
      good: 1,
    };
    assert.deepEqual(toSectionValue(value), { bad: '[threw: no such queue]', good: 1 });
  });

  test('survives errors that cannot be printed', () => {
    const hostile = Object.defineProperty({}, 'message', {
      get() {
        throw new Error('again');
      },
    });
    const value = {
      get bad() {
        throw hostile;
      },
    };
    assert.deepEqual(toSectionValue(value), { bad: '[threw: something that cannot be printed]' });
  });

  test('survives hostile and revoked proxies', () => {
    const trap = (): never => {
      throw new Error('trapped');
    };
    const hostile = new Proxy({}, { get: trap, ownKeys: trap, getPrototypeOf: trap, has: trap });
    assert.equal(toSectionValue(hostile), '[threw: trapped]');
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    assert.match(textOf(proxy), /^\[threw: .*revoked/);
    assert.deepEqual(toSectionValue(new Proxy({ a: 1 }, {})), { a: 1 });
  });

  test('never calls toJSON, toString or an own iterator', () => {
    const fail = (): never => assert.fail('user code was called');
    class Greedy extends Set<number> {
      override [Symbol.iterator](): never {
        return fail();
      }
    }
    const value = {
      plain: { toJSON: fail, toString: fail, [Symbol.toPrimitive]: fail },
      set: new Greedy([1]),
    };
    assert.deepEqual(toSectionValue(value), {
      plain: { toJSON: '[function fail]', toString: '[function fail]' },
      set: [1],
    });
  });

  test('shows Maps as objects, and keeps keys apart that look alike', () => {
    const map = new Map<unknown, unknown>([
      [1, 'number'],
      ['1', 'string'],
      [{ id: 7 }, 'object'],
      ['__proto__', 'safe'],
    ]);
    const value = toSectionValue(map);
    assert.equal(
      JSON.stringify(value),
      '{"1":"number","1 (2)":"string","[Object]":"object","__proto__":"safe"}',
    );
  });

  test('describes built-in objects briefly', () => {
    assert.equal(toSectionValue(new Date(0)), '1970-01-01T00:00:00.000Z');
    assert.equal(toSectionValue(new Date(NaN)), 'Invalid Date');
    assert.equal(toSectionValue(/a+/gu), '/a+/gu');
    assert.equal(toSectionValue(Buffer.from('hello')), '[Buffer of 5 bytes: 68 65 6c 6c 6f]');
    assert.match(textOf(new Float64Array(1e6)), /^\[Float64Array of 1000000: (0 ){16}\.\.\.\]$/);
    assert.equal(toSectionValue(new ArrayBuffer(8)), '[ArrayBuffer of 8 bytes]');
    assert.equal(toSectionValue(Promise.resolve(1)), '[Promise]');
    assert.equal(toSectionValue(new URL('http://a.example/b')), 'http://a.example/b');
    assert.deepEqual(toSectionValue([Object(1n), Object('s')]), ['1n', 's']);
    const foreign: unknown = runInContext('new Date(0)', createContext({}));
    assert.equal(toSectionValue(foreign), '1970-01-01T00:00:00.000Z');
  });

  test('shows the fields of instances, and names an instance without fields', () => {
    class Queue {
      readonly size = 3;
    }
    class Opaque {
      readonly #hidden = 1;
      reveal(): number {
        return this.#hidden;
      }
    }
    assert.deepEqual(toSectionValue([new Queue(), new Opaque(), {}]), [{ size: 3 }, '[Opaque]', {}]);
  });

  test('shows the stack of errors with their code and cause', () => {
    assert.match(textOf(new TypeError('bad')), /^TypeError: bad\n\s+at /);
    const coded = Object.assign(new Error('outer', { cause: 'inner' }), { code: 'E_X' });
    const value = toSectionValue(coded);
    assert.ok(typeof value === 'object' && value !== null && 'code' in value && 'cause' in value);
    assert.deepEqual([value['code'], value['cause']], ['E_X', 'inner']);
  });

  test('is not deceived by objects that lie about what they are', () => {
    for (const lie of ['Date', 'Map', 'Set', 'RegExp', 'Number', 'ArrayBuffer', 'URL', 'Uint8Array']) {
      assert.deepEqual(toSectionValue({ [Symbol.toStringTag]: lie, a: 1 }), { a: 1 }, lie);
    }
  });
});

describe('the limits of a section value', () => {
  test('end deep nesting with a text', () => {
    let nested: object = { end: true };
    for (let depth = 0; depth < 10_000; depth++) nested = { nested };
    const text = JSON.stringify(toSectionValue(nested));
    assert.ok(text.endsWith('"[Object: deeper than 8 levels]"' + '}'.repeat(8)), text);
  });

  test('say how many entries are missing', () => {
    const array = toSectionValue(Array.from({ length: 1500 }, (_, index) => index));
    assert.ok(Array.isArray(array));
    assert.equal(array.length, 1001);
    assert.equal(array[1000], '[500 more omitted]');
    const entries = Array.from({ length: 1500 }, (_, index) => [`k${index}`, index] as const);
    for (const big of [new Map(entries), Object.fromEntries(entries)]) {
      const value = toSectionValue(big);
      assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value));
      assert.equal(Object.keys(value).length, 1001);
      assert.equal((value as Record<string, unknown>)['...'], '[500 more omitted]');
    }
    const sparse = toSectionValue(Object.assign([], { length: 4_000_000_000 }));
    assert.ok(Array.isArray(sparse) && sparse[1000] === '[3999999000 more omitted]');
  });

  test('bound the values in all, however they are nested', () => {
    const row = Array.from({ length: 500 }, () => 1);
    const value = toSectionValue(Array.from({ length: 500 }, () => row));
    const count = JSON.stringify(value).split(',').length;
    assert.ok(count > 9_000 && count < 11_000, String(count));
  });

  test('cut long strings and say by how much', () => {
    const value = toSectionValue('x'.repeat(10_000));
    assert.equal(value, `${'x'.repeat(8192)}... [1808 characters omitted]`);
    const pair = toSectionValue('\u{1F600}'.repeat(3), { maxStringLength: 3 });
    assert.equal(pair, '\u{1F600}... [4 characters omitted]');
  });

  test('bound all strings together', () => {
    const value = toSectionValue(Array.from({ length: 1000 }, () => 'x'.repeat(8000)));
    assert.ok(JSON.stringify(value).length < 1_200_000);
    assert.match(JSON.stringify(value), /more omitted/);
  });
});
