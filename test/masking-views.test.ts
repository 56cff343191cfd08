import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { inspect } from 'node:util';
import type { Masker as MaskerType } from '../src/masking/mask';
import type {
  ConfigurationSnapshot,
  EnvironmentSnapshot,
  Photograph,
  SectionValue,
} from '../src/report/model';
import { runGmr } from './support/gmr-command';
import { requireLib } from './support/lib';
import { type HarmlessCase, type SecretCase } from './support/masking/case';
import { HARMLESS } from './support/masking/lookalikes';
import { SECRETS } from './support/masking/secrets';
import { STACK_READING, buildNativeAddon } from './support/native-addon';
import { copyPackage } from './support/package-copy';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';
import {
  facts,
  fileSystemHost,
  greenGroup,
  greenThreads,
  mainThread,
  osThread,
  otherThread,
  photograph,
} from './support/photographs';
import { startService } from './support/service';
import { loadUnwindFixture } from './support/unwind-fixture';

const { Masker } = requireLib('masking/mask') as typeof import('../src/masking/mask');
const { snapshotConfiguration, toMaskedValue } = requireLib(
  'sections/configuration',
) as typeof import('../src/sections/configuration');
const { format } = requireLib('formatter/format') as typeof import('../src/formatter/format');
const { renderReport } = requireLib('cli/view') as typeof import('../src/cli/view');
const { describeError } = requireLib('errors') as typeof import('../src/errors');

const masker: MaskerType = new Masker({});
const BATCH = 25;

type Case = SecretCase | HarmlessCase;

/** A case as a text, as arguments and as data; absent if it has no such form. */
interface Looks {
  readonly texts: readonly string[];
  readonly commands: readonly (readonly string[])[];
  readonly data: readonly unknown[];
  readonly variables: Readonly<Record<string, string>>;
  readonly contexts: readonly (readonly [string, string])[];
}

const EMPTY: Looks = { texts: [], commands: [], data: [], variables: {}, contexts: [] };

function looksOf({ kind, name, value }: Case): Looks {
  switch (kind) {
    case 'named':
      return {
        ...EMPTY,
        data: [{ [name]: value }],
        variables: { [name]: String(value) },
        contexts: [[name, String(value)]],
      };
    case 'text':
      return {
        ...EMPTY,
        texts: [String(value)],
        data: [value],
        variables: { NOTE: String(value) },
        contexts: [['note', String(value)]],
      };
    case 'data':
      return { ...EMPTY, data: [value], texts: [JSON.stringify(value)] };
    case 'arguments':
      return { ...EMPTY, commands: [value as readonly string[]] };
  }
}

/** More forms, in which a secret must be found as well; a harmless value need not survive in all of them. */
function moreLooksOf(planted: SecretCase): Looks {
  const looks = looksOf(planted);
  const { kind, name, value } = planted;
  if (kind === 'named') {
    const asText = [
      `${name}=${String(value)}`,
      `failed with {"${name}":"${String(value)}"}`,
      inspect({ [name]: value }),
    ];
    return {
      ...looks,
      texts: asText,
      commands: [
        ['node', 'app.js', `--${name}=${String(value)}`],
        ['node', 'app.js', `--${name}`, String(value)],
      ],
    };
  }
  if (kind === 'data') return { ...looks, texts: [JSON.stringify(value, null, 2)] };
  if (kind === 'text')
    return { ...looks, commands: [['node', 'app.js', String(value)], [`title ${String(value)}`]] };
  return looks;
}

/** The configuration as the main thread delivers it: masked. */
function delivered(data: readonly unknown[], environment: NodeJS.ProcessEnv): ConfigurationSnapshot {
  return snapshotConfiguration({ conf: { all: data }, mask: {}, env: 'masked' }, environment);
}

/** The same as if the main thread had not masked it. */
function notMasked(data: readonly unknown[], environment: NodeJS.ProcessEnv): ConfigurationSnapshot {
  const variables = environment as Readonly<Record<string, string>>;
  return snapshotOf(data, { policy: 'masked', variables, leftOut: 0 });
}

/** The same under a policy that does not judge values by names. */
function notMaskedNotes(data: readonly unknown[]): ConfigurationSnapshot {
  const notes = data.map((value, index) => [`NOTE_${index}`, printed(value)] as const);
  return snapshotOf(data, { policy: 'safe', variables: Object.fromEntries(notes), leftOut: 0 });
}

function snapshotOf(data: readonly unknown[], environment: EnvironmentSnapshot): ConfigurationSnapshot {
  const failures = { [`failing ${printed(data[0])}`]: printed(data) };
  return {
    status: 'known',
    objects: { conf: { all: data as SectionValue } },
    failures,
    environment,
    takenAtMs: 0,
  };
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

const SNAPSHOTS = [delivered, notMasked, notMaskedNotes];

/** Every place of a report in which a form can appear. */
function plant(looks: readonly Looks[], snapshot = delivered): ReturnType<typeof photograph> {
  const texts = looks.flatMap((look) => look.texts);
  const commands = looks.flatMap((look) => look.commands);
  const data = looks.flatMap((look) => look.data);
  const environment = Object.assign({}, ...looks.map((look) => look.variables)) as NodeJS.ProcessEnv;
  const failures = texts.map((text) => ({
    title: `failing ${text}`,
    result: {
      status: 'failed' as const,
      reason: describeError(new Error(text), (whole) => masker.text(whole)),
    },
  }));
  const groups = looks
    .flatMap((look) => look.contexts)
    .map(([key, text]) =>
      greenGroup([], { context: [{ key, kind: 'string', text, functions: 1, distinct: 1 }] }),
    );
  const waits = texts.map((text) => greenGroup([], { waitsFor: text }));
  const calls = [
    ...commands.map((command) => `wait4(pid 812 ${command.join(' ')})`),
    ...texts.map((text) => `wait4(pid 7 ${text})`),
  ];
  return photograph({
    trigger: { kind: 'fatal', error: texts.join('\n\n') },
    facts: facts({
      argv: commands[0] ?? [],
      execArgv: commands[1] ?? [],
      nodeOptions: (commands[2] ?? []).join(' '),
    }),
    isolates: [
      mainThread({
        name: texts[0]?.slice(0, 400) ?? 'main',
        os: osThread(1, { syscall: { number: 61, name: 'wait4', description: calls[0] ?? null } }),
        greenThreads: greenThreads([...groups, ...waits]),
      }),
    ],
    otherThreads: calls.map((description, index) =>
      otherThread(100 + index, {
        name: texts[index]?.slice(0, 400) ?? 'node',
        syscall: { number: 61, name: 'wait4', description },
      }),
    ),
    configuration: snapshot(data, environment),
    sections: [
      ...failures,
      ...texts.flatMap((reason) =>
        (['failed', 'timed-out', 'unavailable'] as const).map((status) => ({
          title: 'Without a value',
          result: { status, reason },
        })),
      ),
      // Once as the main thread delivers it, and once as if the main thread had not masked it.
      { title: 'Mine', result: { status: 'ok', value: toMaskedValue(data, masker), tookMs: 1 } },
      { title: 'Raw', result: { status: 'ok', value: data as SectionValue, tookMs: 1 } },
    ],
    processes: {
      status: 'known',
      leftOut: 0,
      incomplete: false,
      processes: commands.map((command, index) => ({
        pid: 10 + index,
        ppid: 1,
        name: texts[index]?.slice(0, 400) ?? 'node',
        state: 'S',
        uid: 0,
        user: 'root',
        syscall: null,
        command: { status: 'known', arguments: command, cut: false },
        ageMs: 1,
        cpuUserMs: 1,
        cpuSystemMs: 1,
        rssBytes: 1,
      })),
    },
  });
}

/** The views of one photograph: text, JSON, and what `gmr view` makes of JSON. */
function viewsOf(raw: ReturnType<typeof photograph>): readonly (readonly [string, string])[] {
  const json = format(raw, fileSystemHost, 'json');
  return [
    ['text', format(raw, fileSystemHost)],
    ['json', json],
    ['gmr view', renderReport(json, 'test')],
  ];
}

/** The ways in which the views may write a text. */
function forms(text: string): readonly string[] {
  return [text, JSON.stringify(text).slice(1, -1)];
}

describe('the corpus of secrets', PATIENT, () => {
  test('is large enough', () => {
    assert.ok(SECRETS.length >= 250, String(SECRETS.length));
    assert.ok(SECRETS.every(({ secret }) => secret.length >= 8));
    assert.equal(new Set(SECRETS.map(({ secret }) => secret)).size, SECRETS.length);
  });

  test('does not leak into any view, from any place of a report', () => {
    for (let from = 0; from < SECRETS.length; from += BATCH) {
      const batch = SECRETS.slice(from, from + BATCH);
      const looks = batch.map(moreLooksOf);
      for (const [view, text] of SNAPSHOTS.flatMap((how) => viewsOf(plant(looks, how)))) {
        for (const { secret, shape, origin, name } of batch) {
          const leaked = forms(secret).find((form) => text.includes(form));
          const line =
            leaked === undefined
              ? ''
              : text.slice(Math.max(0, text.indexOf(leaked) - 200), text.indexOf(leaked) + 80);
          assert.equal(leaked, undefined, `${view}: ${shape}, ${origin}, ${name}: ${line}`);
        }
      }
    }
  });

  test('is in every view when masking is off, so that the test above can fail', () => {
    const batch = SECRETS.filter(({ kind }) => kind === 'text').slice(0, 5);
    const raw = plant(batch.map(moreLooksOf));
    const unmasked = { ...raw, view: { ...raw.view, mask: false as const } };
    for (const [view, text] of viewsOf(unmasked)) {
      for (const { secret } of batch) assert.ok(text.includes(secret), view);
    }
  });

  test('does not leak through the command gmr either', async () => {
    const batch = SECRETS.filter((_, index) => index % 9 === 0);
    const json = format(plant(batch.map(moreLooksOf)), fileSystemHost, 'json');
    const { stdout, code } = await runGmr(['view', '-'], json);
    assert.equal(code, 0);
    assert.deepEqual(
      batch.filter(({ secret }) => stdout.includes(secret)),
      [],
    );
  });

  test(
    'leaks through no channel when a report cannot be formatted and plain text takes its place',
    STACK_READING,
    () => {
      const fixture = loadUnwindFixture();
      const promised = SECRETS.filter(({ kind }) => kind === 'arguments' || kind === 'text');
      const leaked = promised.filter(({ kind, value, secret }) => {
        const words = kind === 'arguments' ? (value as readonly string[]).join(' ') : String(value);
        return fixture.plainWords(`wait4(pid 812 ${words})`).includes(secret);
      });
      assert.deepEqual(
        leaked.map(({ name }) => name),
        [],
      );
    },
  );
});

describe('what only looks like a secret', PATIENT, () => {
  test('is large enough', () => assert.ok(HARMLESS.length >= 250, String(HARMLESS.length)));

  test('stays readable in the data of every view, except for at most 2 %', () => {
    const masked: string[] = [];
    for (const harmless of HARMLESS) {
      const [look] = [looksOf(harmless)];
      const raw = plant([look]);
      const shown = JSON.parse(format(raw, fileSystemHost, 'json')) as Photograph;
      const expected = JSON.stringify([
        look.data,
        look.commands,
        look.variables,
        look.contexts.map(([, text]) => text),
      ]);
      assert.ok(shown.configuration.status === 'known' && shown.processes.status === 'known');
      const [main] = shown.isolates;
      assert.ok(main?.greenThreads.status === 'known');
      const after = JSON.stringify([
        shown.configuration.objects['conf'] === undefined
          ? []
          : (shown.configuration.objects['conf'] as { readonly all: SectionValue }).all,
        shown.processes.processes.map(({ command }) => (command.status === 'known' ? command.arguments : [])),
        shown.configuration.environment.variables,
        main.greenThreads.groups.flatMap(({ context }) => context.map(({ text }) => text)),
      ]);
      if (after !== expected) masked.push(`${harmless.name}: ${after}`);
    }
    assert.ok(
      masked.length <= HARMLESS.length * 0.02,
      `${masked.length} of ${HARMLESS.length}:\n${masked.join('\n')}`,
    );
  });
});

describe(
  'a child with a password on its command line, which a thread waits for',
  { ...PATIENT, ...STACK_READING },
  () => {
    const secret = 'hunter2x';
    before(() => buildNativeAddon('gmr_fixture'));

    test('is shown without it', async (t) => {
      const service = startService(t, {
        script: 'child-waiting-service.cjs',
        env: { CHILD_ARGUMENTS: JSON.stringify([`-p${secret}`, '--host', 'db']) },
      });
      await service.ready();
      const report = await service.reportOnSignal();
      assert.match(report, /wait4\(pid \d+ mysql -c read line -p\*\*\* --host db/);
      assert.doesNotMatch(report, new RegExp(secret));
    });

    test('is shown without it when the formatter does not run, as is the reason', async (t) => {
      const bundle = `globalThis.gmrFormat = () => { throw new Error('reading "token":"${secret}"'); };`;
      const fixtures = copyPackage(t, { binary: 'linked', formatterBundle: bundle });
      const service = startService(t, {
        script: join(fixtures, 'child-waiting-service.cjs'),
        env: {
          CHILD_ARGUMENTS: JSON.stringify([`-p${secret}`, '--password', secret]),
          TEST_ADDONS: join(REPOSITORY_ROOT, 'test', 'native'),
        },
      });
      await service.ready();
      const report = await service.reportOnSignal();
      assert.match(report, /the formatter did not run \(Uncaught Error: reading \*\*\*\)/);
      assert.match(report, / in wait4\(pid \d+ mysql /);
      assert.doesNotMatch(report, new RegExp(secret));
    });
  },
);

test('a warning about a listener that failed has no secret in it', async (t) => {
  let receive: (json: string) => void = () => undefined;
  const addon = {
    setEventListener: (listener: typeof receive | null) => void (receive = listener ?? receive),
  };
  const { addReportListener, linkEvents, unlinkEvents } = requireLib(
    'autorun/reporter-events',
  ) as typeof import('../src/autorun/reporter-events');
  const warnings: Error[] = [];
  const listen = (warning: Error): unknown => warnings.push(warning);
  process.on('warning', listen);
  t.after(() => process.removeListener('warning', listen));
  linkEvents(addon as unknown as Parameters<typeof linkEvents>[0], false);
  const handle = addReportListener(() => {
    throw new Error('cannot post to https://bot:hunter2@chat.example/hook');
  });
  receive(
    JSON.stringify({ kind: 'report', reportId: 'r', files: [], error: null, lost: false, photograph: null }),
  );
  await new Promise((resolve) => setImmediate(resolve));
  handle.dispose();
  unlinkEvents();
  assert.deepEqual(
    warnings.map(({ message }) => message),
    ['gmr-native: a listener of onReport failed: Error: cannot post to https://bot:***@chat.example/hook'],
  );
});
