import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { scratchFolder } from './support/files';
import { FRAMEWORKS, needsFrameworks } from './support/frameworks';
import { runGmr } from './support/gmr-command';
import { fixturePath } from './support/paths';
import { HARD_LIMIT_MS, PATIENT, eventually } from './support/patience';
import { isAlive } from './support/proc';
import { startService, type Service } from './support/service';
import { shellCommand } from './support/shell';

/** Starts its arguments through a shell, as nodemon does. */
const STARTER = `
const { spawn } = require('node:child_process');
const command = process.argv.slice(process.argv.indexOf('--') + 1).map((word) => "'" + word + "'").join(' ');
const [shell, ...words] = ${JSON.stringify(shellCommand('eval "$0"; true'))};
const child = spawn(shell, [...words, command], { stdio: 'inherit' });
child.on('exit', () => process.exit());
`;

function startUnder(t: TestContext, name: string, args: readonly string[] = [], env = {}): Service {
  const folder = join(scratchFolder(t), name, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.js`), STARTER);
  symlinkSync(`${name}.js`, join(folder, name));
  // It ends with its standard input, which the test closes.
  const program = [process.execPath, fixturePath('trigger-service.cjs'), '{}'];
  return startService(t, { script: join(folder, `${name}.js`), args: [...args, '--', ...program], env });
}

const linux = process.platform === 'linux' ? false : 'nodemon is looked for on Linux only';
const PRODUCTION = { NODE_ENV: 'production' };

describe('a program in production under nodemon', { ...PATIENT, skip: linux }, () => {
  test('warns that its signal is the one that restarts', async (t) => {
    const service = await startUnder(t, 'nodemon', [], PRODUCTION).ready();
    await service.says('GMR_NODEMON');
    assert.match(service.stderr, /^gmr: GMR_NODEMON: .*--signal SIGTERM/m);
  });

  for (const [what, name, args, env] of [
    ['another signal restarts it', 'nodemon', ['--signal', 'SIGTERM'], PRODUCTION],
    ['its signal is another one', 'nodemon', [], { ...PRODUCTION, GMR_SIGNAL: 'SIGHUP' }],
    ['it takes no signal', 'nodemon', [], { ...PRODUCTION, GMR_SIGNAL: 'none' }],
    ['it is in development, where nodemon restarts it', 'nodemon', [], { NODE_ENV: '' }],
    ['it is under something else', 'nodelemon', [], PRODUCTION],
  ] as const) {
    test(`does not warn when ${what}`, async (t) => {
      const service = await startUnder(t, name, args, env).ready();
      service.write('write\n');
      // The thread that writes the report would have written the warning first.
      await service.line('wrote');
      assert.doesNotMatch(service.stderr, /GMR_NODEMON/);
    });
  }
});

/** nodemon, a program that it runs, and a file whose change makes it restart the program. */
interface Watched {
  readonly nodemon: Service;
  /** Changes the file. */
  readonly touch: () => void;
  /** Waits until the program has started this many times; returns its pid. */
  readonly started: (time: number) => Promise<number>;
}

/** The ways in which nodemon can start a program. It signals each of them differently. */
const WAYS: readonly (readonly [string, (program: string) => readonly string[]])[] = [
  ['by a fork', (program) => [program]],
  ['through a shell that becomes the program', (program) => ['--exec', `node ${program}`]],
  ['through a shell that stays', (program) => ['--exec', `node ${program}; true`]],
  ['through two shells that stay', (program) => ['--exec', `sh -c 'node ${program}; true'; true`]],
];

function startWatched(
  t: TestContext,
  way: (program: string) => readonly string[],
  { words = '', env = {} }: { words?: string; env?: Record<string, string> } = {},
): Watched {
  const folder = scratchFolder(t);
  const file = join(folder, 'watched.txt');
  writeFileSync(file, '0');
  const program = join(folder, 'program.cjs');
  writeFileSync(program, programText(words));
  let nodemon: Service | undefined;
  const pids = (): number[] =>
    [...(nodemon?.stdout ?? '').matchAll(/^up (\d+)$/gm)].map((match) => Number(match[1]));
  // The program is ended first, because nodemon does not end it when killed, and it keeps nodemon's standard output
  // open.
  t.after(() => {
    for (const pid of pids()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  nodemon = startService(t, {
    script: join(FRAMEWORKS, 'nodemon', 'bin', 'nodemon.js'),
    args: ['--watch', file, '--ext', 'txt', '--delay', '0.05', '--no-stdin', ...way(program)],
    cwd: folder,
    env: { NODE_ENV: '', ...env },
  });
  let changes = 0;
  return {
    nodemon,
    touch: () => writeFileSync(file, String((changes += 1))),
    started: async (time) => {
      await eventually(`start number ${time}`, () => pids().length >= time || undefined);
      return pids()[time - 1] ?? 0;
    },
  };
}

function programText(words: string): string {
  return `
    const say = (text) => require('node:fs').writeSync(1, text + '\\n');
    require(${JSON.stringify(fixturePath('../../lib/index.js'))}).setupAutorun();
    const words = ${JSON.stringify(words)};
    if (words.includes('listen')) {
      process.once('SIGUSR2', () => {
        say('cleaned up');
        process.kill(process.pid, 'SIGUSR2');
      });
    }
    setTimeout(() => process.exit(), ${HARD_LIMIT_MS});
    // When the reporter has answered, it has also searched for nodemon.
    require(${JSON.stringify(fixturePath('../../lib/index.js'))})
      .generateReport().then(() => {
        say('up ' + process.pid);
        if (words.includes('block')) for (;;);
      });`;
}

async function ended(pid: number): Promise<void> {
  await eventually(`process ${pid} has ended`, () => !isAlive(pid) || undefined);
}

const development = { ...PATIENT, skip: linux === false ? needsFrameworks.skip : linux };

describe('nodemon, in development,', development, () => {
  for (const [name, way] of WAYS) {
    test(`restarts a program that it starts ${name}, and no report comes`, async (t) => {
      const { nodemon, touch, started } = startWatched(t, way);
      for (let time = 1; time <= 3; time += 1) {
        const pid = await started(time);
        touch();
        await ended(pid);
      }
      await started(4);
      assert.doesNotMatch(nodemon.stderr, /Guru Meditation|GMR_/);
    });
  }

  for (const [name, way] of WAYS.slice(0, 1)) {
    test(`has the listener called that its documentation shows, of a program that it starts ${name}`, async (t) => {
      const { nodemon, touch, started } = startWatched(t, way, { words: 'listen' });
      const pid = await started(1);
      touch();
      await nodemon.line('cleaned up');
      await ended(pid);
      await started(2);
      assert.doesNotMatch(nodemon.stderr, /GMR_SIGNAL_SHARED/);
    });
  }

  test('restarts a program whose event loop is blocked', async (t) => {
    const { touch, started } = startWatched(t, (program) => [program], { words: 'block' });
    const pid = await started(1);
    touch();
    await ended(pid);
    await started(2);
  });

  test('does not prevent a report when another process sends that signal', async (t) => {
    const { nodemon, started } = startWatched(t, (program) => [program]);
    const pid = await started(1);
    process.kill(pid, 'SIGUSR2');
    assert.match(await nodemon.report(), new RegExp(`trigger: +SIGUSR2 from pid ${process.pid} `));
    assert.equal((await runGmr(['trigger', String(pid)])).code, 0);
    assert.match(await nodemon.report(), /trigger: +SIGUSR2 from gmr trigger, /);
    assert.ok(isAlive(pid));
  });
});

describe('nodemon, in production,', development, () => {
  test('prints a report with its signal, and the program goes on', async (t) => {
    const { nodemon, touch, started } = startWatched(t, (program) => [program], { env: PRODUCTION });
    const pid = await started(1);
    touch();
    assert.match(await nodemon.report(), new RegExp(`trigger: +SIGUSR2 from pid ${nodemon.pid} `));
    assert.ok(isAlive(pid));
    assert.match(nodemon.stderr, /^gmr: GMR_NODEMON: /m);
  });
});
