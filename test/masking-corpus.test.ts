import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Masker as MaskerType } from '../src/masking/mask';
import type { SectionValue } from '../src/report/model';
import type { ProcessInfo } from '../src/report/processes';
import { requireLib } from './support/lib';
import { facts, fileSystemHost, photograph } from './support/photographs';
import { LOOKALIKES, PLANTED, randomFrom, type Planted } from './support/secrets';

const { Masker } = requireLib('masking/mask') as typeof import('../src/masking/mask');
const { maskArguments } = requireLib(
  'masking/mask-arguments',
) as typeof import('../src/masking/mask-arguments');
const { snapshotConfiguration, toMaskedValue } = requireLib(
  'sections/configuration',
) as typeof import('../src/sections/configuration');
const { format } = requireLib('formatter/format') as typeof import('../src/formatter/format');

const masker: MaskerType = new Masker({});

/** Short enough for the name of a test. */
function titleOf(key: string, value: unknown): string {
  const text = `${key}: ${JSON.stringify(value)}`;
  return text.length > 90 ? `${text.slice(0, 90)}...` : text;
}

describe('secrets', () => {
  test('are enough to learn from', () => {
    assert.ok(PLANTED.length >= 150, `only ${PLANTED.length}`);
    assert.ok(PLANTED.every(({ value, secret }) => secret.length >= 8 && value.includes(secret)));
  });

  for (const { key, value, secret } of PLANTED) {
    test(`are masked: ${titleOf(key, value)}`, () => {
      const printed = JSON.stringify(masker.value({ [key]: value }));
      assert.ok(!printed.includes(secret), printed);
      assert.ok(printed.includes('***'), printed);
      assert.ok(!masker.named(key, value).includes(secret), 'as a variable');
      assert.ok(
        !maskArguments([`--${key}=${value}`], masker)
          .join()
          .includes(secret),
        'as an argument',
      );
    });
  }

  test('lose nothing around them', () => {
    for (const { key, value } of PLANTED.filter(({ value: text }) => text.startsWith('job 7'))) {
      assert.match(JSON.stringify(masker.value({ [key]: value })), /job 7 failed with .*\*\*\*\\" in it/);
    }
  });
});

describe('what looks like a secret', () => {
  test('is enough to learn from', () => assert.ok(LOOKALIKES.length >= 150, `only ${LOOKALIKES.length}`));

  for (const [key, value] of LOOKALIKES) {
    test(`stays readable: ${titleOf(key, value)}`, () => {
      assert.deepEqual(masker.value({ [key]: value }), { [key]: value });
      assert.equal(masker.named(key, String(value)), String(value), 'as a variable');
    });
  }
});

/** Puts secrets at places that chance chooses. */
class Planter {
  readonly planted: Planted[] = [];
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  /** A value with secrets at any depth, in the shapes that services return. */
  value(depth: number): unknown {
    const kind = depth <= 0 ? 0 : Math.floor(this.random() * 6);
    const members = Array.from({ length: 3 }, (_, index) => [index, this.next()] as const);
    const nested = (): unknown => this.value(depth - 1);
    if (kind === 1) return members.map(([, { key, value }]) => ({ [key]: value, nested: nested() }));
    if (kind === 2)
      return new Map<string, unknown>([
        ...members.map(([, m]) => [m.key, m.value] as const),
        ['m', nested()],
      ]);
    if (kind === 3)
      return new Set(members.map(([, { key, value }]) => (key === 'note' ? value : { [key]: value })));
    if (kind === 4) return Object.assign(new Error(`x ${this.formOnly().value}`), { detail: nested() });
    if (kind === 5) return { [this.formOnly().value]: nested(), padding: 'x'.repeat(100) };
    return Object.fromEntries(
      members.map(([index, m]) => (m.key === 'note' ? [`n${index}`, m.value] : [m.key, m.value])),
    );
  }

  environment(): NodeJS.ProcessEnv {
    const variables = Array.from({ length: 8 }, (_, index) => {
      const { key, value } = this.next();
      return [key === 'note' ? `NOTE_${index}` : key, value] as const;
    });
    return { ...Object.fromEntries(variables), NODE_PATH: this.formOnly().value, LANG: 'C.UTF-8' };
  }

  args(): string[] {
    const { key, value } = this.next();
    return [
      'node',
      '--flag',
      this.formOnly().value,
      `--${key}=${value}`,
      `--${this.byName().key}`,
      this.last().value,
    ];
  }

  /** One with arguments, one with a title, one that runs a command line. */
  processes(): ProcessInfo[] {
    const commands = [
      this.args(),
      [`cart-api ${this.formOnly().value} ready`],
      ['sh', '-c', this.commandLine()],
    ];
    return commands.map((args, index) => ({
      pid: 10 + index,
      ppid: 9 + index,
      name: 'node',
      state: 'S',
      uid: 0,
      user: 'root',
      syscall: null,
      command: { status: 'known', arguments: args, cut: false },
      ageMs: 1,
      cpuUserMs: 1,
      cpuSystemMs: 1,
      rssBytes: 1,
    }));
  }

  private commandLine(): string {
    return `login --flag ${this.formOnly().value} --again ${this.formOnly().value}`;
  }

  byName(): Planted {
    return this.next(({ key }) => key !== 'note');
  }

  formOnly(): Planted {
    return this.next(({ key, value }) => key === 'note' && !value.includes('\n'));
  }

  private last(): Planted {
    return this.planted.at(-1) as Planted;
  }

  private next(among: (planted: Planted) => boolean = () => true): Planted {
    const candidates = PLANTED.filter(among);
    const chosen = candidates[Math.floor(this.random() * candidates.length)] as Planted;
    this.planted.push(chosen);
    return chosen;
  }
}

/** The views of a report whose every part that a service fills has secrets in it. */
function viewsOf(planter: Planter): readonly string[] {
  const failing = planter.formOnly().value;
  const conf = (): object => ({
    conf: planter.value(3),
    get broken(): never {
      throw new Error(failing);
    },
  });
  const env = planter.planted.length % 2 === 0 ? 'safe' : 'masked';
  const section: SectionValue = toMaskedValue(planter.value(4), masker);
  const taken = photograph({
    facts: facts({
      argv: planter.args(),
      execArgv: planter.args(),
      nodeOptions: `--title=${planter.formOnly().value}`,
    }),
    configuration: snapshotConfiguration({ conf, mask: {}, env }, planter.environment()),
    processes: { status: 'known', processes: planter.processes(), leftOut: 0, incomplete: false },
    sections: [{ title: 'Mine', result: { status: 'ok', value: section, tookMs: 1 } }],
  });
  return [format(taken, fileSystemHost), format(taken, fileSystemHost, 'json')];
}

describe('a report', () => {
  test('never has a secret in it, wherever one was planted', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const planter = new Planter(seed);
      const views = viewsOf(planter);
      assert.ok(planter.planted.length > 15);
      // In JSON the lines of a key are one.
      const shows = (text: string, secret: string): boolean =>
        text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1));
      const leaked = planter.planted.find(({ secret }) => views.some((text) => shows(text, secret)));
      assert.equal(leaked, undefined, `seed ${seed}`);
    }
  });

  test('has them in it when masking is off, so the test above can fail', () => {
    const conf = { note: PLANTED[0]?.value };
    const configuration = snapshotConfiguration({ conf, mask: false, env: 'none' });
    const text = format(photograph({ configuration }), fileSystemHost);
    assert.ok(text.includes(PLANTED[0]?.secret ?? 'none'));
  });
});
