import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { STACK_READING, buildNativeAddon } from './support/native-addon';
import { PATIENT } from './support/patience';

/** test/native/tables */
interface TablesFixture {
  /** The numbers by name as JSON, or why there are none. */
  calibrate(): string;
  knownTable(): string;
  /** Why a table is not used in which the number with this index has another value; empty when it is used. */
  tryWith(index: number, value: number): string;
}

const LEAST_NUMBERS = 40;

describe('the table of the heap of this version of V8', { ...PATIENT, ...STACK_READING }, () => {
  let fixture: TablesFixture;
  let numbers: readonly (readonly [string, number])[] = [];

  before(() => {
    fixture = require(buildNativeAddon('tables_fixture')) as TablesFixture;
    numbers = Object.entries(JSON.parse(fixture.knownTable()) as Record<string, number>);
  });

  test('has the numbers that calibration finds', () => {
    assert.deepEqual(JSON.parse(fixture.knownTable()), JSON.parse(fixture.calibrate()));
    assert.ok(numbers.length > LEAST_NUMBERS, `${numbers.length} numbers`);
  });

  test('is used when it is right', () => {
    for (const [index, [name, value]] of numbers.entries())
      assert.equal(fixture.tryWith(index, value), '', name);
  });

  test('is not used when a single number of it is wrong', () => {
    const accepted: string[] = [];
    for (const [index, [name, right]] of numbers.entries()) {
      const others = [...numbers.map(([, value]) => value), -1, 0, right + 8, right - 8, right + 1, 1 << 30];
      const wrong = new Set(others.filter((value) => value !== right));
      for (const value of wrong) {
        if (fixture.tryWith(index, value) === '') accepted.push(`${name}: ${value} instead of ${right}`);
      }
    }
    assert.deepEqual(accepted, []);
  });
});
