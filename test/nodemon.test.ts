import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { scratchFolder } from './support/files';
import { fixturePath } from './support/paths';
import { PATIENT, eventually } from './support/patience';
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

const skip = process.platform === 'linux' ? false : 'parents are looked for on Linux only';

describe('a program under nodemon', { ...PATIENT, skip }, () => {
  test('warns that its signal is the one that restarts', async (t) => {
    const service = await startUnder(t, 'nodemon').ready();
    service.write('ping\n');
    await eventually('the warning', () =>
      /GMR_NODEMON.*--signal SIGTERM/.test(service.stderr) ? true : undefined,
    );
  });

  for (const [what, name, args, env] of [
    ['another signal restarts it', 'nodemon', ['--signal', 'SIGTERM'], {}],
    ['its signal is another one', 'nodemon', [], { GMR_SIGNAL: 'SIGHUP' }],
    ['it takes no signal', 'nodemon', [], { GMR_SIGNAL: 'none' }],
    ['it is in production', 'nodemon', [], { NODE_ENV: 'production' }],
    ['it is under something else', 'nodelemon', [], {}],
  ] as const) {
    test(`does not warn when ${what}`, async (t) => {
      const service = await startUnder(t, name, args, env).ready();
      service.write('ping\n');
      await service.line('pong');
      assert.doesNotMatch(service.stderr, /GMR_NODEMON/);
    });
  }
});
