import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { copyPackage } from './support/package-copy';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';
import { startService } from './support/service';

const MODULES = join(REPOSITORY_ROOT, 'tools', 'runtimes', 'node_modules');

/** Programs that offer Node's API and claim one of its ABIs, but have another engine or event loop. */
const RUNTIMES = [
  { name: 'Bun', execPath: join(MODULES, '@oven', 'bun-linux-x64', 'bin', 'bun'), execArgv: [] },
  {
    name: 'Deno',
    execPath: join(MODULES, '@deno', 'linux-x64-glibc', 'deno'),
    execArgv: ['run', '--allow-all', '--quiet'],
  },
] as const;

const fixtures = copyPackage({ after }, { binary: 'none' });
const built = join(fixtures, '..', '..', 'build', 'Release', 'gmr_native.node');

describe('a runtime that is not Node', PATIENT, () => {
  for (const { name, execPath, execArgv } of RUNTIMES) {
    const skip = existsSync(execPath) ? false : 'run `npm ci --ignore-scripts --prefix tools/runtimes` first';
    if (skip !== false && process.env['GMR_RUNTIMES_REQUIRED'] !== undefined) throw new Error(skip);

    test(`${name} runs the service, with one warning, and opens no binary`, { skip }, async (t) => {
      mkdirSync(dirname(built), { recursive: true });
      // If the file were opened, the warning would say that it is not a binary.
      writeFileSync(built, 'not a binary');
      const script = join(fixtures, 'unavailable-service.cjs');
      const service = await startService(t, { script, execPath, execArgv }).ready();
      const results = JSON.parse((await service.line('api ')).slice('api '.length)) as Record<string, string>;
      assert.equal(results['generateReport'], 'GMR_ADDON_UNAVAILABLE');
      assert.equal(service.stderr.split('[GMR_ADDON_UNAVAILABLE]').length - 1, 1, service.stderr);
      assert.match(service.stderr, new RegExp(`for ${name} \\d.*, which calls itself Node`));
      assert.match(service.stderr, /to fix it, run the service with Node/);
      assert.doesNotMatch(service.stderr, /tried/);
      service.signal();
      await service.says('no report on SIGUSR2');
      assert.ok(service.alive);
    });
  }
});
