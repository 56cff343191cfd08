import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { loadUnwindFixture } from './support/unwind-fixture';

/** Long names, and what is left of them in a report. */
const SHORTENED: Readonly<Record<string, string>> = {
  'node::fs::Read(v8::FunctionCallbackInfo<v8::Value> const&)': 'node::fs::Read',
  'v8::internal::(anonymous namespace)::Invoke(v8::internal::Isolate*, int)':
    'v8::internal::(anonymous namespace)::Invoke',
  'void node::crypto::Run<int>(int) const': 'node::crypto::Run<int>',
  'foo(int)::{lambda(char)#1}::operator()(char) const': 'foo::{lambda(char)#1}::operator()',
  'a::B::operator<<(int)': 'a::B::operator<<',
  'a::operator->() const': 'a::operator->',
  'a::B::operator bool() const': 'a::B::operator bool',
  'operator new(unsigned long)': 'operator new',
  'unsigned long a::f<std::function<void (int)> >(int) [clone .isra.0]': 'a::f<std::function<void (int)> >',
  'std::function<void ()>::operator()() const': 'std::function<void ()>::operator()',
  'non-virtual thunk to a::B::~B()': 'a::B::~B',
  main: 'main',
};

const folder = mkdtempSync(join(tmpdir(), 'gmr-symbols-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const fixture = loadUnwindFixture();

/** Where a pc of this process lies in its module's file. */
function fileOffsetOf(pc: number): number {
  for (const line of readFileSync('/proc/self/maps', 'utf8').split('\n')) {
    const [start = 0, end = 0, offset = 0] = (/^(\w+)-(\w+) \S+ (\w+) /.exec(line) ?? [])
      .slice(1)
      .map((digits) => parseInt(digits, 16));
    if (pc >= start && pc < end) return pc - start + offset;
  }
  throw new Error(`no mapping holds ${pc}`);
}

/** Where the size of an exported function is in a file, and the file offset of its code. */
function exportedFunction(elf: Buffer): { readonly sizeAt: number; readonly code: number } {
  const word = (at: number): number => Number(elf.readBigUInt64LE(at));
  const DYNSYM = 11;
  const FUNCTION = 2;
  const sections = Array.from({ length: elf.readUInt16LE(60) }, (_, index) => word(40) + index * 64);
  const table = sections.find((section) => elf.readUInt32LE(section + 4) === DYNSYM) ?? 0;
  const symbols = Array.from({ length: word(table + 32) / 24 }, (_, index) => word(table + 24) + index * 24);
  // Constructors have two names for the same code.
  const isAlone = (at: number): boolean =>
    symbols.filter((other) => word(other + 8) === word(at + 8)).length === 1;
  const symbol = symbols.find(
    (at) =>
      ((elf[at + 4] ?? 0) & 15) === FUNCTION &&
      elf.readUInt16LE(at + 6) !== 0 &&
      word(at + 16) > 1 &&
      isAlone(at),
  );
  const home = sections[elf.readUInt16LE((symbol ?? 0) + 6)];
  if (symbol === undefined || home === undefined) throw new Error('no function is exported');
  return { sizeAt: symbol + 16, code: word(symbol + 8) - word(home + 16) + word(home + 24) };
}

/** The same numbers each time. */
function numbersFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state % limit;
  };
}

describe('symbols', { ...PATIENT, ...STACK_READING }, () => {
  let offset = 0;
  const named = (path: string, at = offset, buildId = ''): string => fixture.findSymbol(path, at, buildId);

  before(() => {
    offset = fileOffsetOf(fixture.compareWithRuntime(0).ours.pcs[0] ?? 0);
  });

  test('are found by file offset, demangled and short', () => {
    assert.equal(named(fixture.path), 'gmr::test::WalkOwnStack');
  });

  test('are not taken from a file of another build', () => {
    assert.match(named(fixture.path, offset, 'another'), /another build/);
  });

  test('come from the exported ones when the rest is stripped', () => {
    const stripped = join(folder, 'stripped.node');
    execFileSync('strip', ['-o', stripped, fixture.path]);
    assert.doesNotMatch(named(stripped), /WalkOwnStack/);
  });

  test('that are exported without a size do not name the code behind them when the rest is stripped', () => {
    const stripped = join(folder, 'unsized.node');
    execFileSync('strip', ['-o', stripped, fixture.path]);
    const bytes = readFileSync(stripped);
    const { sizeAt, code } = exportedFunction(bytes);
    assert.notEqual(named(stripped, code + 1), '');
    bytes.writeBigUInt64LE(0n, sizeAt);
    writeFileSync(stripped, bytes);
    assert.equal(named(stripped, code + 1), '');
  });

  test('are missing, with the reason, when there is no file to read', () => {
    writeFileSync(join(folder, 'empty'), '');
    assert.match(named(join(folder, 'empty'), 0), /reading a module's headers/);
    assert.match(named(join(folder, 'missing'), 0), /opening a module's file/);
    assert.match(named(folder, 0), /reading a module's file/);
  });

  test('of truncated and damaged files are missing or wrong, and nothing else happens', () => {
    const original = readFileSync(fixture.path);
    const damaged = join(folder, 'damaged.node');
    const PARTS = 60;
    for (let part = 0; part < PARTS; part += 1) {
      writeFileSync(damaged, original.subarray(0, Math.floor((original.length * part) / PARTS)));
      assert.equal(typeof named(damaged), 'string');
    }
    // Dense in the headers, where it hurts.
    const random = numbersFrom(12_345);
    const sectionHeaders = Number(original.readBigUInt64LE(40));
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.from(original);
      for (let change = 0; change < 8; change += 1) {
        bytes[16 + random(700)] = random(256);
        bytes[sectionHeaders + random(bytes.length - sectionHeaders)] = random(256);
      }
      writeFileSync(damaged, bytes);
      assert.equal(typeof named(damaged), 'string');
    }
  });

  test('are shortened without losing what identifies them', () => {
    for (const [long, short] of Object.entries(SHORTENED))
      assert.equal(fixture.shortenDemangled(long), short);
    assert.equal(
      fixture.readableName('_ZN4node2fs4ReadERKN2v820FunctionCallbackInfoINS1_5ValueEEE'),
      'node::fs::Read',
    );
    assert.equal(fixture.readableName('_ZN1a1bEv.cold'), 'a::b');
    assert.equal(fixture.readableName('uv__fs_work'), 'uv__fs_work');
    assert.ok(fixture.readableName('x'.repeat(5000)).length <= 160);
  });
});
