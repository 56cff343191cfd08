/*
 * Waits that no program has, but that damaged memory may look like: names with a meaning in JavaScript, numbers that are
 * not numbers, strings of any length.
 */
import type { Explainer } from '../../src/explain/base/explainer';
import type { HeldValue, Wait, WaitAnswer, WaitHolder, WaitHolderKind } from '../../src/report/waits';

const KINDS: readonly WaitHolderKind[] = [
  'object',
  'collection',
  'plain-object',
  'list-node',
  'scope',
  'global',
  'callback',
  'async-function',
  'local-variable',
  'timer',
  'abort-signal',
  'request',
];

const NAMES: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'then',
  'length',
  '',
  '()',
  '__proto__()',
  '\u0000',
  '\u001b[2J',
  '\u202e',
  '\ud83d',
  '<script>alert(1)</script>',
  '*/',
  '../../etc/passwd',
  'a\nb\r\nc\td',
  'name '.repeat(2000),
];

const TEXTS: readonly string[] = [
  ...NAMES,
  "'",
  '"',
  '`',
  '\\',
  '$$',
  '/*',
  '--',
  '$1',
  '%s%n',
  '://@',
  'https://',
  'http://[::1',
  "SELECT '",
  "SELECT ''''''\\",
  '"'.repeat(20_000),
  "'\\".repeat(20_000),
  '/*'.repeat(20_000),
  '@:'.repeat(20_000),
  'a:'.repeat(20_000),
  '://'.repeat(20_000),
  'x'.repeat(200_000),
];

const NUMBERS: readonly string[] = [
  'NaN',
  'Infinity',
  '-Infinity',
  '-1',
  '-0',
  '0',
  '1',
  '2',
  '1e308',
  '0.1',
  '9007199254740993',
  '',
  'seven',
];

/** Makes random waits with the given generator. */
export class HostileWaits {
  private readonly random: () => number;
  private readonly explainers: readonly Explainer[];

  constructor(random: () => number, explainers: readonly Explainer[]) {
    this.random = random;
    this.explainers = explainers;
  }

  wait(holders: number): Wait {
    return {
      via: this.random() < 0.2 ? this.text() : null,
      answers: Array.from({ length: 1 + this.number(3) }, () => this.answer(holders)),
      rest: this.random() < 0.2 ? this.text() : '',
    };
  }

  private answer(holders: number): WaitAnswer {
    return {
      before: '',
      text: this.text(),
      after: '',
      library: null,
      counts: null,
      resource: null,
      holders: Array.from({ length: holders }, () => this.holder()),
    };
  }

  private holder(): WaitHolder {
    const classes = this.explainers.flatMap((explainer) => Object.entries(explainer.classes));
    const [name, known] = this.one(classes);
    const isKnown = this.random() < 0.7;
    const paths = [...(isKnown ? known.read : []), this.one(NAMES), `${this.one(NAMES)}.${this.one(NAMES)}`];
    const values = paths.filter(() => this.random() < 0.9).map((path) => [path, this.value()] as const);
    return {
      kind: this.one(KINDS),
      className: this.textOrNull(),
      functionName: this.textOrNull(),
      file: this.textOrNull(),
      member: this.textOrNull(),
      knownAs: isKnown ? name : this.one(NAMES),
      values: Object.fromEntries(values),
    };
  }

  value(): HeldValue {
    const kind = this.one(['string', 'number', 'number', 'boolean', 'null', 'object'] as const);
    if (kind === 'number') return { kind, text: this.one(NUMBERS) };
    return { kind, text: kind === 'boolean' ? this.one(['true', 'false', 'perhaps']) : this.text() };
  }

  private textOrNull(): string | null {
    return this.random() < 0.3 ? null : this.text();
  }

  /** Mostly short: masking so many long ones would take too much time. */
  private text(): string {
    return this.random() < 0.95 ? this.one(TEXTS).slice(0, 512) : this.one(TEXTS);
  }

  private one<Item>(items: readonly Item[]): Item {
    return items[this.number(items.length)] as Item;
  }

  private number(below: number): number {
    return Math.floor(this.random() * below);
  }
}
