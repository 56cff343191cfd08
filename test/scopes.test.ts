import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import { STACK_READING, buildNativeAddon } from './support/native-addon';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';

/** test/native/scopes */
interface ScopesFixture {
  prepare(): string;
  mentions(closure: unknown, name: string): string;
  mentionsProperty(closure: unknown, name: string): string;
  scopes(closure: unknown): string;
  siblingIs(closure: unknown, variable: string, value: unknown): boolean;
  countCells(closure: unknown): number;
  isBound(bound: unknown, target: unknown, receiver: unknown, argument: unknown): boolean;
}

type Closure = (...values: unknown[]) => unknown;

/** test/fixtures/scopes/closures.cjs */
interface Closures {
  readonly wait: (
    name: string,
  ) => Record<
    'settles' | 'rejects' | 'clears' | 'never' | 'shadowing' | 'property' | 'called' | 'timer',
    Closure
  >;
  Pool: new (resolve: Closure) => {
    readonly release: Closure;
    readonly bound: Closure;
    readonly acquire: Closure;
  };
  blocks(list: readonly number[]): readonly Closure[];
  caught(): Closure;
  many(): { readonly read: Closure; readonly last: object };
  readonly waiting: Map<string, unknown>;
  readonly evaluates: Closure;
}

interface ModuleClosures {
  enter(name: string): Promise<unknown>;
  readonly changes: Closure;
  readonly waiting: Map<string, Record<'resolve' | 'size', Closure>>;
}

/** Of V8. */
const FIRST_WITH_CELLS = 14;
const FOLDER = join(REPOSITORY_ROOT, 'test', 'fixtures', 'scopes');

describe('the scopes and sources of functions', { ...PATIENT, ...STACK_READING }, () => {
  const closures = require(join(FOLDER, 'closures.cjs')) as Closures;
  let fixture: ScopesFixture;
  let module: ModuleClosures;

  before(async () => {
    fixture = require(buildNativeAddon('scopes_fixture')) as ScopesFixture;
    assert.equal(fixture.prepare(), '');
    module = (await import(pathToFileURL(join(FOLDER, 'closures.mjs')).href)) as ModuleClosures;
  });

  /** From the innermost; the order of the names is V8's. */
  const scopesOf = (closure: unknown): string[] =>
    fixture
      .scopes(closure)
      .trimEnd()
      .split('\n')
      .map((line) =>
        line.replace(/\((.*)\)$/, (_, names: string) => `(${names.split(',').toSorted().join(',')})`),
      );

  test('tell which closure of a scope uses a variable', () => {
    const made = closures.wait('a');
    const uses = (name: string): string[] =>
      (['settles', 'rejects', 'clears', 'never', 'shadowing', 'property', 'called'] as const).filter(
        (key) => fixture.mentions(made[key], name) === 'yes',
      );
    assert.deepEqual(uses('resolve'), ['settles', 'never']);
    assert.deepEqual(uses('reject'), ['rejects']);
    assert.deepEqual(uses('timer'), ['clears']);
    assert.deepEqual(uses('waiting'), ['property', 'called']);
    assert.equal(fixture.mentionsProperty(made.property, 'resolve'), 'yes');
    assert.equal(fixture.mentionsProperty(made.settles, 'resolve'), 'no');
  });

  test('tell it of functions, methods, constructors and generators, called or not', () => {
    const pool = new closures.Pool(() => {});
    assert.equal(fixture.mentions(closures.wait, 'waiting'), 'yes');
    assert.equal(fixture.mentions(closures.wait, 'resolve'), 'no');
    assert.equal(fixture.mentions(closures.Pool, 'resolve'), 'no');
    assert.equal(fixture.mentions(pool.release, 'resolve'), 'yes');
    assert.equal(fixture.mentions(pool.release, 'this'), 'yes');
    assert.equal(fixture.mentions(pool.acquire, 'waiting'), 'yes');
    assert.equal(fixture.mentionsProperty(pool.acquire, '#waiting'), 'yes');
    assert.equal(fixture.mentionsProperty(pool.acquire, 'waiting'), 'no');
    assert.equal(fixture.mentions(module.changes, 'waiting'), 'yes');
    assert.equal(fixture.mentions(module.changes, 'change'), 'no');
    assert.equal(fixture.mentions(module.changes, 'source'), 'no');
  });

  test('tell nothing where there is no source, or code can use any variable', () => {
    assert.equal(fixture.mentions(closures.evaluates, 'waiting'), 'unknown');
    assert.equal(fixture.mentions(Array.prototype.map, 'waiting'), 'unknown');
    assert.equal(fixture.mentions({}, 'waiting'), 'unknown');
    assert.equal(fixture.mentions(closures.wait, '.generator_object'), 'unknown');
  });

  test('name the variables of functions, blocks and catch clauses', () => {
    const made = closures.wait('b');
    assert.deepEqual(scopesOf(made.settles).slice(0, 2), [
      'function  (reject,resolve)',
      'function wait (name,result,timer)',
    ]);
    assert.match(scopesOf(made.settles)[2] ?? '', /^top function  \(.*\bwaiting\b.*\)$/);
    assert.match(scopesOf(closures.blocks([1])[0])[0] ?? '', /^block  \(doubled(,item)?\)$/);
    assert.equal(scopesOf(closures.caught())[0], 'catch  (error)');
    assert.ok(!fixture.siblingIs(made.settles, 'reject', undefined));
    assert.ok(fixture.siblingIs(made.called, 'timer', made.timer));
    assert.ok(fixture.siblingIs(closures.evaluates, 'waiting', closures.waiting));
  });

  test('name the variables of an ECMAScript module', async () => {
    void module.enter('c');
    const entry = module.waiting.get('c');
    assert.ok(entry !== undefined);
    assert.equal(fixture.mentions(entry.resolve, 'résoudre'), 'yes');
    assert.equal(fixture.mentions(entry.size, 'résoudre'), 'no');
    assert.deepEqual(scopesOf(entry.resolve).slice(0, 2), ['function  (résoudre)', 'function enter (name)']);
    assert.match(scopesOf(entry.resolve)[2] ?? '', /^top module  \(.*\bcount\b.*\)$/);
  });

  test('name variables of a function with more than V8 lists one by one', () => {
    const made = closures.many();
    assert.match(scopesOf(made.read)[0] ?? '', /^function  \(v0,v1,v10,.*,v88,v89,v9\)$/);
    assert.ok(fixture.siblingIs(made.read, 'v89', made.last));
  });

  test('find the value of a variable that newer versions of V8 keep in a cell', () => {
    const source = 'let gmrScope = { a: 1 }; [() => gmrScope, gmrScope, () => { gmrScope = 0; }]';
    const [closure, value] = runInThisContext(source) as [Closure, object];
    assert.match(scopesOf(closure)[0] ?? '', /^top script {2}\(gmrScope\)$/);
    assert.ok(fixture.siblingIs(closure, 'gmrScope', value));
    assert.equal(
      fixture.countCells(closure),
      Number(process.versions.v8.split('.')[0]) >= FIRST_WITH_CELLS ? 1 : 0,
    );
    assert.equal(fixture.mentions(closure, 'gmrScope'), 'yes');
    const inner = runInThisContext(`(() => { ${source.replace('[', 'return [')} })()`) as [Closure, object];
    assert.ok(fixture.siblingIs(inner[0], 'gmrScope', inner[1]));
  });

  test('tell what a bound function was made of', () => {
    const pool = new closures.Pool(() => {});
    const { take } = closures.Pool as unknown as { readonly take: Closure };
    assert.ok(fixture.isBound(pool.bound, take, pool, closures.waiting));
    assert.ok(!fixture.isBound(take, take, pool, closures.waiting));
  });
});
